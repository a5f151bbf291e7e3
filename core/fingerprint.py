"""The fingerprint of a count: a hash of everything that goes into it, the same wherever it is counted."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from core.election import Instance, Profile


def canonical_input(instance: Instance, profile: Profile, rule: str, settings: Mapping[str, Any]) -> bytes:
    """Return everything a count depends on as one text."""
    projects = [
        [each.id, each.cost, str(each.score), sorted(each.conflicts), each.withdrawn] for each in instance.projects
    ]
    ballots = sorted(([list(choices), weight] for choices, weight in profile), key=json.dumps)
    whole = {
        "rule": rule, "settings": dict(settings), "budget": instance.budget, "unit": instance.unit,
        "projects": projects, "lot": instance.lot, "kind": profile.kind, "ballots": ballots,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(instance: Instance, profile: Profile, rule: str, settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the input, in hexadecimal digits."""
    return hashlib.sha256(canonical_input(instance, profile, rule, settings)).hexdigest()
