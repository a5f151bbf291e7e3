"""Whether the official result of a file comes out of its own ballots by its own rule, or why nobody can tell.

What a file does not hold cannot be held against it: ballots of a part only, a result that nobody has marked yet, a rule
of which we have not all. Then there is no verdict, whatever the count gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from core.counting.allocation import Allocation
from core.counting.pabulib import PabulibFile
from core.counting.pabulib.declared import COMMENT, COUNT
from core.counting.rules import allocate
from core.counting.support import natural, totals, votes

# How these divide the money is part of the rule, and we do not do it as they ask.
DIVIDING = ("leftover_budget", "budget_per_")
FEW = 100  # one in so many votes may be missing from the ballots where the result comes out all the same


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the official result came out. Without a `match` it cannot be judged, and `why` says what for:

    silent (nothing about it in the file) · unmarked (a column, but no project is marked) · fields (`facts["fields"]`
    ask for what we do not do) · part (`said` votes, `found` on the ballots) · score (by the published points it comes
    out, by those on the ballots not).
    """

    match: bool | None
    why: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def verdict(file: PabulibFile, found: Allocation) -> Verdict:
    """Return the verdict on what was counted from this file by the rule that it declares."""
    same = {project.id for project in found.funded} == set(file.winners)
    if not file.selected:
        return Verdict(None, "silent")
    if fields := _asked(file):
        return Verdict(None, "fields", {"fields": fields})
    said, here = _votes(file)
    missing = said - here
    if missing * FEW > said or (missing and not same):
        return Verdict(None, "part", {"said": said, "found": here})
    if not any(file.selected.values()) and not same:
        return Verdict(None, "unmarked")
    if same and not _borne_out(file, found):
        return Verdict(None, "score")
    return Verdict(same)


def _asked(file: PabulibFile) -> tuple[str, ...]:
    """Return the fields that ask for a count which we do not have; none where our own comment says how it was done."""
    if COUNT.search(file.meta.get(COMMENT, "")):
        return ()
    asked = [key for key, value in file.meta.items() if key.startswith(DIVIDING) and value]
    worth = file.meta.get("default_score", "").strip().replace(",", ".")
    return (*asked, *(["default_score"] if worth.strip("0.") else []))


def _votes(file: PabulibFile) -> tuple[int, int]:
    """Return how many votes – or ballots, where more of them are missing – the file speaks of and how many it holds."""
    # Votes that one project has too many are no other's: nothing is missing where all together are there.
    found = dict(zip(file.instance.ids, votes(file.instance, file.profile), strict=True))
    said = sum(file.votes.values())
    here = min(said, sum(found.get(project, 0) for project in file.votes))
    told = file.meta.get("num_votes", "").strip()
    number = int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else 0
    pairs = (said, here), (number, min(number, file.profile.ballots))
    return max(pairs, key=lambda pair: Fraction(pair[0] - pair[1], pair[0] or 1))


def _borne_out(file: PabulibFile, found: Allocation) -> bool:
    """Return whether the ballots give what was funded where published points decided."""
    settings, by = dict(found.settings), natural(file.profile)
    if settings.get("by") != "score":
        return True
    given = totals(file.instance, file.profile, by)
    if given == [project.score for project in file.instance.projects]:
        return True
    again = allocate(found.rule, file.instance, file.profile, **{**settings, "by": by})
    return {project.id for project in again.funded} == {project.id for project in found.funded}
