"""What a recount found of what was withdrawn since people vote, projects and ballots, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pages.parts.i18n import _, n_

Facts = Mapping[str, Any]


def _projects(facts: Facts) -> str:
    return "; ".join(
        n_("{code} ({count} vote; {reason})", "{code} ({count} votes; {reason})", votes, code=code, reason=reason)
        for code, votes, reason in facts["projects"]
    )


PASSED: Mapping[str, Callable[[Facts], str]] = {
    "withdrawn": lambda f: _(
        "Withdrawn since people vote: {projects}. The election file leaves it out, and gives the same winners as the "
        "ballots as they were cast: {funded}.",
        projects=_projects(f),
        funded=", ".join(f["funded"]) or "–",
    ),
}
SUBJECTS: Mapping[str, Callable[[], str]] = {"withdrawn": lambda: _("that what was withdrawn is passed over")}
CLAIMS: Mapping[str, Callable[[], str]] = {
    "withdrawn": lambda: _("What was withdrawn is not passed over as it must be."),
}
REASONS: Mapping[str, Callable[[Facts], str]] = {
    # Of ballots that their voters took back.
    "not_withdrawn": lambda f: n_(
        "{count} withdrawal is not on the board.", "{count} withdrawals are not on the board.", f["count"]
    ),
    "votes": lambda f: _("It has other votes on the ballots: {found}.", found=", ".join(f["found"])),
}
