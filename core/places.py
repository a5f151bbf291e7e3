"""Areas and topics of a town: added, renamed, retired and offered again. None is deleted, for ideas stand in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, func, select, true

from core import journal, letters, municipalities
from core.errors import Invalid, NotFound
from core.municipalities import OTHER, TOPICS, Area, Category, Municipality
from core.permissions import Action, Actor, require
from core.texts import Texts
from db import engine, tables

Kind = Literal["area", "category"]

LONGEST = 80
MOST = 200

_TABLES: dict[Kind, type[tables.Area] | type[tables.Category]] = {"area": tables.Area, "category": tables.Category}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an area or a topic shall be. `id`: which one, None for a new one.

    `icon`: of a topic the code of another whose picture it has, of TOPICS or OTHER; "" for its own.
    """

    names: Texts
    id: int | None = None
    icon: str = ""
    retired: bool = False
    code: str = ""  # of a new one; without one it gets the next free


def known(town: Municipality, kind: Kind) -> tuple[Area, ...] | tuple[Category, ...]:
    """Return the areas or topics of a town, those that are retired too."""
    return town.areas if kind == "area" else town.categories


def faults(
    wanted: Sequence[Wanted], language: str, known: Sequence[Area] | Sequence[Category] = (),
    held: Mapping[int, Texts] = {},
) -> tuple[Invalid, ...]:  # fmt: skip
    """Return all that is wrong with what shall become of a town's areas or topics; nothing where all is right.

    `language`: the town's own; `known`: those that are there; `held`: those that keep their names. The field is `names`
    or `icon`. Among the facts: `row`, the place in `wanted`, and `language`. A name in the town's own language is
    needed, and none may look like another of its kind, retired or not.
    """
    told = {each.id for each in wanted}
    kept = {each.id: each.names for each in known if each.id in held}
    others = [each.names for each in known if each.id not in told]
    found = [fault for row, each in enumerate(wanted) for fault in _of_one(language, row, each)]
    for row, each in enumerate(wanted):
        if each.id in kept:
            differ = {*_tidied(each.names).pairs} ^ {*_tidied(kept[each.id]).pairs}
            found += [
                Invalid("names", "voting", row=row, language=speaks, round=held[each.id])
                for speaks in sorted({speaks for speaks, _name in differ})
            ]
    seen = {key for names in others for key in _looks(names)}
    for row, each in enumerate(wanted):
        for speaks, look in _looks(each.names):
            if (speaks, look) in seen:
                found.append(Invalid("names", "double", row=row, language=speaks))
            seen.add((speaks, look))
    if len(others) + len(wanted) > MOST:
        found.append(Invalid("names", "too_many", row=len(wanted) - 1, language=language, limit=MOST))
    return tuple(found)


def held(session: Session, actor: Actor, kind: Kind, *, at: datetime) -> dict[int, Texts]:
    """Return which areas or topics keep their names, by id, each with the title of the round that needs it.

    An idea or project stands in them with which people vote or have voted: names stay from the beginning of the voting
    until the result is published or the round is declared void.
    """
    require(actor, Action.edit_places)
    going = (
        col(tables.Round.municipality_id) == actor.municipality_id, col(tables.Round.published_at).is_not(None),
        col(tables.Round.voting_from) <= at, col(tables.Round.result_published_at).is_(None),
        col(tables.Round.voided_at).is_(None),
    )  # fmt: skip
    found: dict[int, Texts] = {}
    for table, public in ((tables.Idea, col(tables.Idea.submitted_at).is_not(None)), (tables.Project, true())):
        place = col(getattr(table, f"{kind}_id"))
        asked = select(place, func.max(tables.Round.id)).join(tables.Round, col(tables.Round.id) == table.round_id)
        for one, round_id in session.exec(asked.where(place.is_not(None), public, *going).group_by(place)):
            found[one] = Texts(session.get_one(tables.Round, round_id).titles)
    return found


def arrange(session: Session, actor: Actor, kind: Kind, wanted: Sequence[Wanted], *, at: datetime) -> None:
    """Make the areas or topics of the actor's town that are named as they shall be; the others stay as they are.

    What is `held` may be retired, but keeps its name. Raises the first of `faults`, and NotFound for what is of another
    town.
    """
    require(actor, Action.edit_places)
    # Whoever adds at the same moment waits, or both would take the same code.
    engine.hold_journal(session, actor.municipality_id)
    town = municipalities.municipality(session, actor.municipality_id)
    tidy = [Wanted(_tidied(each.names), each.id, each.icon, each.retired, each.code) for each in wanted]
    for fault in faults(tidy, town.language, known(town, kind), held(session, actor, kind, at=at)):
        raise fault
    told = [line for each in tidy for line in _arranged(session, town, kind, each, at)]
    if told:
        journal.write(session, actor, Action.edit_places, municipality_id=town.id, at=at, places=told)


def _of_one(own: str, row: int, one: Wanted) -> Iterator[Invalid]:
    if not one.names.exactly(own):
        yield Invalid("names", "required", row=row, language=own)
    for language, text in one.names.pairs:
        if len(text) > LONGEST:
            yield Invalid("names", "too_long", row=row, language=language, limit=LONGEST)
        elif letters.unseen(letters.without_colours(text)) or not all(map(str.isprintable, text)):
            yield Invalid("names", "format", row=row, language=language, why="unseen")
    if one.icon not in ("", OTHER, *TOPICS):
        yield Invalid("icon", "choice", row=row)


def _looks(names: Texts) -> list[tuple[str, str]]:
    return [(language, letters.look(text)) for language, text in names.pairs]


def _tidied(names: Texts) -> Texts:
    return Texts({language: " ".join(letters.trimmed(text).split()) for language, text in names.pairs})


def _arranged(
    session: Session, town: Municipality, kind: Kind, one: Wanted, at: datetime
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Write one down and yield what was done to it, fit for the journal."""
    if one.id is None:
        _add(session, town, kind, one, at)
        yield {"kind": kind, "done": "added", "names": one.names.words}
        return
    row = session.get(tables.Area, one.id) if kind == "area" else session.get(tables.Category, one.id)
    if row is None or row.municipality_id != town.id:
        raise NotFound(thing=kind, key=one.id)
    if row.names != one.names.words:
        yield {"kind": kind, "done": "renamed", "names": one.names.words, "was": row.names}
        row.names = one.names.words
    if isinstance(row, tables.Category) and row.icon != one.icon:
        yield {"kind": kind, "done": "icon", "names": one.names.words}
        row.icon = one.icon
    if (row.retired_at is not None) != one.retired:
        yield {"kind": kind, "done": "retired" if one.retired else "offered", "names": one.names.words}
        row.retired_at = at if one.retired else None
    session.flush()


def _add(session: Session, town: Municipality, kind: Kind, one: Wanted, at: datetime) -> None:
    table = _TABLES[kind]
    taken = set(session.exec(select(table.code).where(col(table.municipality_id) == town.id)))
    free = (f"p{number:02}" for number in range(1, len(taken) + 2))
    code = one.code if one.code and one.code not in taken else next(each for each in free if each not in taken)
    more: dict[str, Any] = {"icon": one.icon} if kind == "category" else {}
    session.add(table(
        municipality_id=town.id, code=code, names=one.names.words, position=len(taken),
        retired_at=at if one.retired else None, **more,
    ))  # fmt: skip
    session.flush()
