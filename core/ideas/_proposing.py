"""Ideas: what residents submit, from a draft to a verdict."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core import letters, municipalities, rounds
from core.errors import IdeasFull, Invalid, NotAllowed, NotFound
from core.ideas import _finding
from core.ideas._finding import Idea, IdeaStatus, idea_value, is_mine
from core.municipalities import Municipality
from core.permissions import Action, Actor
from core.rounds import Round
from core.texts import Texts, told
from db import tables

# More than any budget, and less than a column holds.
MOST = 10**15

# Field: shortest, longest.
LENGTHS = {"title": (5, 80), "problem": (20, 1_000), "solution": (20, 1_000), "place": (0, 120)}
WORDS = ("title", "problem", "solution")


def draft(session: Session, actor: Actor, round_id: int) -> Idea | None:
    """Return the draft that the actor left in this round, None if there is none."""
    row = _draft_row(session, actor, round_id)
    return None if row is None else idea_value(session, actor, row)


def save_draft(session: Session, actor: Actor, round_id: int, *, at: datetime, **fields: Any) -> Idea:
    """Keep what the actor has written so far – title, problem, solution, place, area_id, category_id, cost.

    `language`: the one it is written in; else the town's own.
    """
    round_ = rounds.get(session, actor, round_id)
    rounds.require(actor, Action.propose_idea, round_, at)
    row = _draft_row(session, actor, round_id)
    if row is None:
        row = tables.Idea(
            round_id=round_id, author_id=actor.person_id, created_at=at, updated_at=at, demo=round_.demo,
            language=municipalities.municipality(session, round_.municipality_id).language,
        )  # fmt: skip
        session.add(row)
    _put(session, row, round_, fields, at)
    return idea_value(session, actor, row)


def sent(session: Session, actor: Actor, round_id: int) -> int:
    """Return how many ideas the actor has sent to this round and not withdrawn."""
    mine = tables.Idea.round_id == round_id, tables.Idea.author_id == actor.person_id
    gone = col(tables.Idea.status).in_((IdeaStatus.draft, IdeaStatus.withdrawn))
    return 0 if actor.person_id is None else session.exec(select(func.count()).where(*mine, ~gone)).one()


def submit(session: Session, actor: Actor, round_id: int, at: datetime) -> Idea:
    """Hand the actor's draft to the reviewers and return it.

    Raises Invalid for the first field that is not ready, IdeasFull where she has sent as many as the round takes.
    """
    round_ = rounds.get(session, actor, round_id)
    rounds.require(actor, Action.propose_idea, round_, at)
    # Two at once of one person: the second one waits and is counted with the first.
    session.exec(select(tables.Person.id).where(tables.Person.id == actor.person_id).with_for_update())
    row = _draft_row(session, actor, round_id)
    if row is None:
        raise NotFound(thing="draft")
    if sent(session, actor, round_id) >= round_.ideas_each:
        raise IdeasFull(limit=round_.ideas_each)
    _hand_in(session, row, round_, at)
    session.flush()
    return idea_value(session, actor, row)


def revise(session: Session, actor: Actor, idea_id: int, *, at: datetime, **fields: Any) -> Idea:
    """Change an idea of one's own that waits or was returned, and hand it in again; return it."""
    row, round_ = _own(session, actor, idea_id, Action.edit_idea, at)
    if row.status not in (IdeaStatus.waiting, IdeaStatus.returned):
        raise Invalid("status", "decided", status=row.status)
    _put(session, row, round_, fields, at)
    _hand_in(session, row, round_, at)
    session.flush()
    return idea_value(session, actor, row)


def withdraw(session: Session, actor: Actor, idea_id: int, at: datetime) -> Idea:
    """Take an idea of one's own back, unless it stands on the ballot; return it."""
    row, _round = _own(session, actor, idea_id, Action.withdraw_idea, at)
    if _finding.on_ballot(session, idea_id):
        raise Invalid("status", "on_ballot")
    row.status, row.updated_at = IdeaStatus.withdrawn, at
    session.flush()
    return idea_value(session, actor, row)


def faults(given: Mapping[str, Any], round_: Round, town: Municipality) -> tuple[Invalid, ...]:
    """Return all that keeps an idea from being handed in. Topic and area are needed where the town offers any.

    `given`: title, problem, solution and place as text, category_id, area_id, and cost in minor units or None.
    """
    found = []
    for name, (least, most) in LENGTHS.items():
        length, seen = len(given[name]), letters.visible(given[name])
        if least and not seen:
            found.append(Invalid(name, "required"))
        elif seen < least:
            found.append(Invalid(name, "too_short", limit=least))
        elif length > most:
            found.append(Invalid(name, "too_long", limit=most))
    offered = {"category_id": town.offered_categories, "area_id": town.offered_areas}
    found += [Invalid(name, "required") for name, some in offered.items() if some and given[name] is None]
    return (*found, *cost_faults(given["cost"], round_))


def cost_faults(cost: int | None, round_: Round) -> tuple[Invalid, ...]:
    """Return what is wrong with the cost of an idea, guessed or reviewed: that the round takes no such, or nothing."""
    least, most = round_.min_cost or 1, round_.max_cost or round_.budget
    if cost is None or least <= cost <= most:
        return ()
    return (Invalid("cost", "range", least=least, most=most, currency=round_.currency),)


def check_place(session: Session, municipality_id: int, area_id: int | None, category_id: int | None) -> None:
    """Raise Invalid if area or category belong to another municipality."""
    for field, table, key in (("area_id", tables.Area, area_id), ("category_id", tables.Category, category_id)):
        if key is None:
            continue
        here = session.exec(select(table.id).where(table.id == key, table.municipality_id == municipality_id)).first()
        if here is None:
            raise Invalid(field, "choice")


def _retired(town: Municipality, area_id: int | None, category_id: int | None) -> dict[str, int]:
    """Return of area and topic those that nothing new stands in any more, by the name of their field."""
    area, category = town.area(area_id), town.category(category_id)
    found = {"area_id": area, "category_id": category}
    return {name: one.id for name, one in found.items() if one is not None and one.retired}


def _draft_row(session: Session, actor: Actor, round_id: int) -> tables.Idea | None:
    if actor.person_id is None:
        return None
    return session.exec(
        select(tables.Idea).where(
            tables.Idea.round_id == round_id,
            tables.Idea.author_id == actor.person_id,
            tables.Idea.status == IdeaStatus.draft,
        )
    ).first()


def _own(session: Session, actor: Actor, idea_id: int, action: Action, at: datetime) -> tuple[tables.Idea, Round]:
    row = session.get(tables.Idea, idea_id)
    if row is None:
        raise NotFound(thing="idea", key=idea_id)
    round_ = rounds.get(session, actor, row.round_id)
    rounds.require(actor, action, round_, at)
    if not is_mine(actor, row):
        raise NotAllowed(action=action, roles=tuple(sorted(actor.roles)))
    return row, round_


def _put(session: Session, row: tables.Idea, round_: Round, fields: dict[str, Any], at: datetime) -> None:
    """Write the given fields to the row; texts as Texts, or as one str in the language of the idea."""
    # Before anything is set: a query would write the row down as it is.
    check_place(session, round_.municipality_id, fields.get("area_id"), fields.get("category_id"))
    town = municipalities.municipality(session, round_.municipality_id)
    for name, given in _retired(town, fields.get("area_id"), fields.get("category_id")).items():
        if given != getattr(row, name):
            raise Invalid(name, "choice")
    if "language" in fields:
        row.language = municipalities.check_language(session, round_.municipality_id, fields.pop("language"))
    for name in WORDS:
        given = fields.pop(name, None)
        if given is not None:
            words = told(given, row.language).words
            setattr(row, name, Texts({language: _short(name, text) for language, text in words.items()}).words)
    if "place" in fields:
        row.place = _short("place", fields.pop("place") or "")
    if not 0 <= (fields.get("cost") or 0) <= MOST:
        raise Invalid("cost", "range", least=0, most=MOST)
    for name in ("area_id", "category_id", "cost"):
        if name in fields:
            setattr(row, name, fields.pop(name))
    if fields:
        raise TypeError(f"no such field of an idea: {sorted(fields)}")
    row.updated_at = at


def _short(field: str, text: str) -> str:
    text = letters.trimmed(text)
    if len(text) > LENGTHS[field][1]:
        raise Invalid(field, "too_long", limit=LENGTHS[field][1])
    return text


def _hand_in(session: Session, row: tables.Idea, round_: Round, at: datetime) -> None:
    town = municipalities.municipality(session, round_.municipality_id)
    # What was handed in before stays where it stands; a draft that has waited does not.
    if row.submitted_at is None:
        for name in _retired(town, row.area_id, row.category_id):
            raise Invalid(name, "choice")
    written = {name: Texts(getattr(row, name)).in_(row.language) for name in WORDS}
    rest = {name: getattr(row, name) for name in ("place", "category_id", "area_id", "cost")}
    for fault in faults(written | rest, round_, town):
        raise fault
    row.status, row.submitted_at, row.updated_at = IdeaStatus.waiting, at, at
