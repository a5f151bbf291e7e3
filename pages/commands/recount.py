"""`glas recount`: check a bundle and count it again – without the database, in plain words."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core.audit.files import Check
from core.audit.recount import recount
from pages.parts.i18n import _, n_
from pages.trust import recount_words

PASSED, FAILED = 0, 1


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "recount",
        help=_("check a bundle and count it again, without a database"),
        description=_(
            "Checks the bundle of a closed round: signatures, board, ballots, draw, result; with openings "
            "also that each "
            "ballot belongs to the board. Needs nothing but the bundle. Ends with code 0 if every check passed, else 1."
        ),
    )
    command.add_argument("bundle", metavar=_("BUNDLE"), type=Path, help=_("a folder or a .zip"))
    command.add_argument("--key", metavar=_("KEY"), help=_("the board's public key, as the protocol prints it"))
    command.add_argument("--json", action="store_true", help=_("print one JSON object"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print every check; return 1 if any of them failed."""
    chosen.bundle.stat()  # a file that is not there is no bundle that fails: the terminal says so
    checks = recount(chosen.bundle, key=chosen.key)
    print(as_json(checks) if chosen.json else as_text(checks, compared=bool(chosen.key)))
    return PASSED if all(check.passed for check in checks) else FAILED


def as_json(checks: tuple[Check, ...]) -> str:
    """Return the checks with their facts and sentences."""
    told = [
        {"name": each.name, "passed": each.passed, "sentence": recount_words.sentence(each), "facts": dict(each.facts)}
        for each in checks
    ]
    passed = all(check.passed for check in checks)
    return json.dumps({"passed": passed, "checks": told}, ensure_ascii=False, indent=1)


def as_text(checks: tuple[Check, ...], *, compared: bool) -> str:
    """Return a line a check, and the verdict; what it is worth unless the key was `compared` with a published one."""
    lines = [f"{'✓' if check.passed else '✗'} {recount_words.sentence(check)}" for check in checks]
    failed = sum(not check.passed for check in checks)
    verdict = (
        n_(
            "{count} check failed. Do not trust this bundle.",
            "{count} checks failed. Do not trust this bundle.",
            failed,
        )
        if failed
        else _("Every check passed.")
        if compared
        else _(
            "Every check passed, by the key that came with the bundle. Whoever made the bundle could have made that, "
            "too: compare it with the board's key as it was published, or give it with --key."
        )
    )
    return "\n".join([*lines, "", verdict])
