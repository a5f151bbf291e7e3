"""The ballots of a published result as a .pb file: shuffled, and with nothing about those who cast them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from core.ballot_types import TYPES
from core.election import Allocation, Instance, Profile
from core.municipalities import Municipality
from core.pabulib_write import write
from core.results import Result
from core.round_values import Round

# What Pabulib calls our rules, where the names differ.
NAMES: Mapping[str, str] = {"equal-shares": "equalshares", "greedy-borda": "greedy", "greedy-points": "greedy"}


def as_file(round_: Round, town: Municipality, result: Result, instance: Instance, profile: Profile) -> str:
    """Return the text of the file. The same result always gives the same file."""
    funded = {project.id for project in result.allocation.funded}
    return write(
        instance,
        profile,
        _meta(round_, town, result),
        selected={project.id: int(project.id in funded) for project in instance.projects},
        order=_shuffled(profile, result.fingerprint),
    )


def _shuffled(profile: Profile, seed: str) -> list[int]:
    """Return the class of each ballot in an order that the fingerprint gives: it tells nothing about casting."""
    classes = np.repeat(np.arange(profile.classes), profile.weights)
    np.random.default_rng(int(seed or "0", 16)).shuffle(classes)
    return [int(each) for each in classes]


def _meta(round_: Round, town: Municipality, result: Result) -> dict[str, str]:
    """Return what the file says of the election. What an imported file said of itself stays."""
    known = {str(key): str(value) for key, value in (round_.source or {}).get("meta", {}).items()}
    own = {
        "description": _plain(round_.titles.en or round_.titles.bg),
        "country": "Bulgaria",
        "unit": _plain(town.names.en or town.names.bg),
        "instance": round_.slug,
        "rule": NAMES.get(result.rule, result.rule),
        "date_begin": _day(round_, round_.dates.voting_from),
        "date_end": _day(round_, round_.dates.voting_until),
        "currency": round_.currency,
        "comment": _comment(result.allocation),
    }
    if TYPES[round_.ballot.type].numbered:
        lengths = {"min_length": round_.ballot.min_choices, "max_length": round_.ballot.max_choices}
        own |= {name: str(length) for name, length in lengths.items() if length}
    return own | {key: value for key, value in known.items() if value} if round_.imported else own


def _comment(allocation: Allocation) -> str:
    """Return the settings by which it was counted, for whoever counts again."""
    said = ", ".join(f"{name}={_value(value)}" for name, value in allocation.settings)
    return f"#1: Counted by {allocation.rule}: {said}. Ballots are shuffled and carry nothing about voters."


def _value(value: object) -> str:
    return "+".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _day(round_: Round, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(round_.timezone)).strftime("%d.%m.%Y")


def _plain(text: str) -> str:
    """Return the text in one line without the sign that separates cells."""
    return re.sub(r"[\s;]+", " ", text).strip()
