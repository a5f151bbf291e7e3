"""Ideas: what residents submit, from a draft to a verdict."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from sqlmodel import Session, col, select

from core import permissions, rounds
from core.errors import Invalid, NotAllowed, NotFound
from core.permissions import Action, Actor
from core.rounds import Round
from core.texts import Texts
from db import tables

Order = Literal["new", "shuffled", "cost"]

NEVER = datetime.min.replace(tzinfo=UTC)

# Field: shortest, longest.
LENGTHS = {"title": (5, 80), "problem": (20, 1_000), "solution": (20, 1_000), "place": (0, 120)}


class IdeaStatus(StrEnum):
    """Where an idea stands."""

    draft = "draft"
    waiting = "waiting"
    returned = "returned"
    accepted = "accepted"
    rejected = "rejected"
    withdrawn = "withdrawn"


# A submitted idea appears once a reviewer has looked: some authors are minors.
PUBLIC = (IdeaStatus.accepted, IdeaStatus.rejected)
FOR_STAFF = (*PUBLIC, IdeaStatus.waiting, IdeaStatus.returned)


@dataclass(frozen=True, slots=True)
class Review:
    """The latest verdict on an idea: accepted, returned or rejected. `reviewer_role` signs it, no name does."""

    verdict: str
    cost: int | None
    reason: Texts
    at: datetime
    reviewer_role: str


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea as one visitor sees it. `cost`: the reviewed one where there is one, in minor units."""

    id: int
    round_id: int
    author: str | None
    mine: bool
    title: Texts
    problem: Texts
    solution: Texts
    place: str
    area_id: int | None
    category_id: int | None
    cost: int | None
    status: IdeaStatus
    submitted_at: datetime | None
    review: Review | None


def draft(session: Session, actor: Actor, round_id: int) -> Idea | None:
    """Return the draft that the actor left in this round, None if there is none."""
    row = _draft_row(session, actor, round_id)
    return None if row is None else _value(session, actor, row)


def save_draft(session: Session, actor: Actor, round_id: int, *, at: datetime, **fields: Any) -> Idea:
    """Keep what the actor has written so far – title, problem, solution, place, area_id, category_id, cost."""
    round_ = rounds.get(session, actor, round_id)
    rounds.require(actor, Action.propose_idea, round_, at)
    row = _draft_row(session, actor, round_id)
    if row is None:
        row = tables.Idea(round_id=round_id, author_id=actor.person_id, created_at=at, updated_at=at, demo=round_.demo)
        session.add(row)
    _put(session, row, round_, fields, at)
    return _value(session, actor, row)


def submit(session: Session, actor: Actor, round_id: int, at: datetime) -> Idea:
    """Hand the actor's draft to the reviewers and return it. Raises Invalid for the first field that is not ready."""
    round_ = rounds.get(session, actor, round_id)
    rounds.require(actor, Action.propose_idea, round_, at)
    row = _draft_row(session, actor, round_id)
    if row is None:
        raise NotFound(thing="draft")
    _hand_in(row, round_, at)
    session.flush()
    return _value(session, actor, row)


def revise(session: Session, actor: Actor, idea_id: int, *, at: datetime, **fields: Any) -> Idea:
    """Change an idea of one's own that waits or was returned, and hand it in again; return it."""
    row, round_ = _own(session, actor, idea_id, Action.edit_idea, at)
    if row.status not in (IdeaStatus.waiting, IdeaStatus.returned):
        raise Invalid("status", "decided", status=row.status)
    _put(session, row, round_, fields, at)
    _hand_in(row, round_, at)
    session.flush()
    return _value(session, actor, row)


def withdraw(session: Session, actor: Actor, idea_id: int, at: datetime) -> Idea:
    """Take an idea of one's own back, unless it stands on the ballot; return it."""
    row, _round = _own(session, actor, idea_id, Action.withdraw_idea, at)
    if on_ballot(session, idea_id):
        raise Invalid("status", "on_ballot")
    row.status, row.updated_at = IdeaStatus.withdrawn, at
    session.flush()
    return _value(session, actor, row)


def ideas(
    session: Session,
    actor: Actor,
    round_id: int,
    *,
    query: str = "",
    area: int | None = None,
    category: int | None = None,
    max_cost: int | None = None,
    status: IdeaStatus | str | None = None,
    order: Order = "new",
) -> tuple[Idea, ...]:
    """Return the ideas of a round that the actor may see. "shuffled" is another order for each, always the same."""
    rounds.get(session, actor, round_id)
    seen = FOR_STAFF if permissions.may(actor, Action.see_waiting_ideas) else PUBLIC
    rows = session.exec(
        select(tables.Idea).where(tables.Idea.round_id == round_id, col(tables.Idea.status).in_(seen))
    ).all()
    found = [
        each
        for each in values(session, actor, rows)
        if (area is None or each.area_id == area)
        and (category is None or each.category_id == category)
        and (max_cost is None or (each.cost is not None and each.cost <= max_cost))
        and (status is None or each.status == status)
        and _mentions(each, query)
    ]
    return tuple(_sorted(found, actor, order))


def idea(session: Session, actor: Actor, idea_id: int) -> Idea:
    """Return one idea. Raises NotFound, also where the actor may not see it."""
    row = session.get(tables.Idea, idea_id)
    if row is None:
        raise NotFound(thing="idea", key=idea_id)
    rounds.get(session, actor, row.round_id)
    seen = FOR_STAFF if permissions.may(actor, Action.see_waiting_ideas) else PUBLIC
    if row.status not in seen and not _is_mine(actor, row):
        raise NotFound(thing="idea", key=idea_id)
    return _value(session, actor, row)


def mine(session: Session, actor: Actor) -> tuple[Idea, ...]:
    """Return the actor's own ideas of all rounds, drafts and withdrawn ones too, newest first."""
    if actor.person_id is None:
        return ()
    rows = session.exec(
        select(tables.Idea).where(tables.Idea.author_id == actor.person_id).order_by(col(tables.Idea.id).desc())
    ).all()
    return tuple(values(session, actor, rows))


def on_ballot(session: Session, idea_id: int) -> bool:
    """Return whether the idea has become a project."""
    return session.exec(select(tables.Project.id).where(tables.Project.idea_id == idea_id)).first() is not None


def check_place(session: Session, municipality_id: int, area_id: int | None, category_id: int | None) -> None:
    """Raise Invalid if area or category belong to another municipality."""
    for field, table, key in (("area_id", tables.Area, area_id), ("category_id", tables.Category, category_id)):
        if key is None:
            continue
        here = session.exec(select(table.id).where(table.id == key, table.municipality_id == municipality_id)).first()
        if here is None:
            raise Invalid(field, "choice")


def values(session: Session, actor: Actor, rows: Iterable[tables.Idea]) -> list[Idea]:
    """Return rows as this actor sees them, in two further queries for all of them together."""
    kept = list(rows)
    if not kept:
        return []
    authors = {row.author_id for row in kept if row.author_id is not None}
    people = session.exec(select(tables.Person.id, tables.Person.nickname).where(col(tables.Person.id).in_(authors)))
    names: dict[int | None, str] = {person_id: name for person_id, name in people}  # noqa: C416 – widens the key
    verdicts = session.exec(
        select(tables.Review)
        .where(col(tables.Review.idea_id).in_([row.id for row in kept]))
        .order_by(col(tables.Review.id))
    )
    latest = {verdict.idea_id: verdict for verdict in verdicts}
    return [_idea(actor, row, names.get(row.author_id), latest.get(tables.id_of(row))) for row in kept]


def _value(session: Session, actor: Actor, row: tables.Idea) -> Idea:
    session.flush()
    return values(session, actor, [row])[0]


def _idea(actor: Actor, row: tables.Idea, author: str | None, verdict: tables.Review | None) -> Idea:
    return Idea(
        id=tables.id_of(row),
        round_id=row.round_id,
        author=author,
        mine=_is_mine(actor, row),
        title=Texts(row.title, row.title_en),
        problem=Texts(row.problem, row.problem_en),
        solution=Texts(row.solution, row.solution_en),
        place=row.place,
        area_id=row.area_id,
        category_id=row.category_id,
        cost=verdict.cost if verdict is not None and verdict.cost is not None else row.cost,
        status=IdeaStatus(row.status),
        submitted_at=row.submitted_at,
        review=None if verdict is None else _review(verdict),
    )


def _review(row: tables.Review) -> Review:
    reason = Texts(row.reason, row.reason_en)
    return Review(row.verdict, row.cost, reason, row.created_at, permissions.Role.reviewer)


def _is_mine(actor: Actor, row: tables.Idea) -> bool:
    return actor.person_id is not None and row.author_id == actor.person_id


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
    if not _is_mine(actor, row):
        raise NotAllowed(action=action, roles=tuple(sorted(actor.roles)))
    return row, round_


def _put(session: Session, row: tables.Idea, round_: Round, fields: dict[str, Any], at: datetime) -> None:
    """Write the given fields to the row; texts as one str or as Texts in both languages."""
    for name in ("title", "problem", "solution"):
        given = fields.pop(name, None)
        if given is not None:
            both = given if isinstance(given, Texts) else Texts(bg=given)
            setattr(row, name, _short(name, both.bg))
            setattr(row, f"{name}_en", _short(name, both.en))
    if "place" in fields:
        row.place = _short("place", fields.pop("place") or "")
    for name in ("area_id", "category_id", "cost"):
        if name in fields:
            setattr(row, name, fields.pop(name))
    if fields:
        raise TypeError(f"no such field of an idea: {sorted(fields)}")
    check_place(session, round_.municipality_id, row.area_id, row.category_id)
    row.updated_at = at


def _short(field: str, text: str) -> str:
    text = text.strip().replace("\x00", "")
    if len(text) > LENGTHS[field][1]:
        raise Invalid(field, "too_long", limit=LENGTHS[field][1])
    return text


def _hand_in(row: tables.Idea, round_: Round, at: datetime) -> None:
    for name in ("title", "problem", "solution"):
        text = getattr(row, name) or getattr(row, f"{name}_en")
        if not text:
            raise Invalid(name, "required")
        if len(text) < LENGTHS[name][0]:
            raise Invalid(name, "too_short", limit=LENGTHS[name][0])
    for name in ("category_id", "area_id"):
        if getattr(row, name) is None:
            raise Invalid(name, "required")
    least, most = round_.min_cost or 1, round_.max_cost or round_.budget
    if row.cost is not None and not least <= row.cost <= most:
        raise Invalid("cost", "range", least=least, most=most)
    row.status, row.submitted_at, row.updated_at = IdeaStatus.waiting, at, at


def _mentions(found: Idea, query: str) -> bool:
    # SQLite folds the case of Latin letters only, so this is done here.
    wanted = query.casefold().split()
    texts = (found.title, found.problem, found.solution)
    held = " ".join(part for text in texts for part in (text.bg, text.en)) + " " + found.place
    folded = held.casefold()
    return all(word in folded for word in wanted)


def _sorted(found: list[Idea], actor: Actor, order: Order) -> list[Idea]:
    if order == "cost":
        return sorted(found, key=lambda each: (each.cost is None, each.cost or 0, each.id))
    if order == "shuffled":
        return sorted(found, key=lambda each: hashlib.sha256(f"{actor.pseudonym} {each.id}".encode()).digest())
    return sorted(found, key=lambda each: (each.submitted_at or NEVER, each.id), reverse=True)
