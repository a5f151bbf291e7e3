"""Margins: how many of which age and from which area voted – counted once, and only where nobody can be told apart.

Counted at the close and stored as numbers, because the way from a person to her slot is destroyed later, and a ballot
carries nothing of who cast it. Ages and areas stand in two lists and never crossed: a table of both would have cells
of one person. Every number below ten is hidden, and where the public total would give it away by subtraction, so are
others (secondary suppression). Once and not live, or two looks would differ by one voter. Units: people.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from core import codes, municipalities
from core.rounds import Round
from core.trust import keys, slots

LEAST = 10
# Ages on the round's stated date; the first and the last are open.
GROUPS = ((0, 13), (14, 17), (18, 21), (22, 25), (26, 29), (30, 999))

_PEOPLE = text(
    "SELECT person.id, person.birth_year, area.code FROM person LEFT JOIN area ON area.id = person.area_id"
    " WHERE person.municipality_id = :id"
)
_VOTED = text("SELECT lookup FROM slot WHERE round_id = :id AND NOT withdrawn")


def margins(session: Session, round_: Round) -> dict[str, Any]:
    """Return {"ballots", "ages": [[group, number], …], "areas": [[code, number], …], "names"} of those who have voted.

    None for a number that is not told; "" for people whose age or area is not known. `names`: {code: {language: name}}
    of the areas as they are called now, for they may be renamed. Without the round's link only the total is there.
    """
    connection = session.connection()
    found = connection.execute(_VOTED, {"id": round_.id}).scalars().all()
    if not keys.has_link_key(round_.id):
        return {"ballots": len(found), "ages": [], "areas": []}
    voted = {bytes(lookup) for lookup in found if lookup is not None}
    # A group that nobody is of stands there too, or its absence would tell a number that is too small.
    ages: Counter[str] = Counter(dict.fromkeys(groups(round_), 0))
    names = {area.code: area.names.words for area in municipalities.municipality(session, round_.municipality_id).areas}
    areas: Counter[str] = Counter(dict.fromkeys(names, 0))
    for person_id, birth_year, area in connection.execute(_PEOPLE, {"id": round_.municipality_id}):
        if slots.lookup(round_.id, person_id) in voted:
            ages[group(birth_year, round_)] += 1
            areas[area or ""] += 1
    for cells in (ages, areas):
        # Whoever has erased her account has voted, but nothing is known of her.
        cells[""] += len(voted) - sum(cells.values())
    return {"ballots": len(voted), "ages": _told(ages), "areas": _told(areas), "names": names}


def keep_codes(session: Session, round_id: int) -> None:
    """Keep how many codes of each batch were used, hidden like margins; at the close, for the codes go later."""
    found = {str(batch_id): number for batch_id, number in codes.used(session, round_id).items()}
    codes.keep_used(session, round_id, {int(batch_id): number for batch_id, number in suppressed(found).items()})


def groups(round_: Round) -> tuple[str, ...]:
    """Return the age groups that may vote in a round."""
    least, most = _limits(round_)
    return tuple(f"{max(first, least)}-{min(last, most)}" for first, last in GROUPS if first <= most and last >= least)


def group(birth_year: int | None, round_: Round) -> str:
    """Return the age group of someone born in this year, like "18-21"; "" for an age that may not vote."""
    least, most = _limits(round_)
    age = -1 if birth_year is None else round_.age_on.year - birth_year
    if not least <= age <= most:
        return ""
    first, last = next(each for each in GROUPS if each[0] <= age <= each[1])
    return f"{max(first, least)}-{min(last, most)}"


def _limits(round_: Round) -> tuple[int, int]:
    """Return the least and the greatest age that may vote."""
    least = GROUPS[0][0] if round_.age_min is None else round_.age_min
    return least, GROUPS[-1][1] if round_.age_max is None else round_.age_max


def suppressed(cells: Mapping[str, int]) -> dict[str, int | None]:
    """Return the cells without those that are too small, and without so many others that these cannot be computed.

    The total is public: what is hidden must be at least two cells and together at least ten people.
    """
    hidden = {name for name, number in cells.items() if number < LEAST}
    shown = sorted((name for name in cells if name not in hidden), key=lambda name: (cells[name], name))
    while hidden and shown and (len(hidden) < 2 or sum(cells[name] for name in hidden) < LEAST):
        hidden.add(shown.pop(0))
    return {name: None if name in hidden else number for name, number in cells.items()}


def _told(cells: Counter[str]) -> list[list[str | int | None]]:
    if not cells[""]:
        del cells[""]
    return [[name, number] for name, number in sorted(suppressed(cells).items())]
