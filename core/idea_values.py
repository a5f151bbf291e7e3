"""An idea as a value: what one visitor sees of it, with its latest review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from core.permissions import Actor, Role
from core.texts import Texts
from db import tables


class IdeaStatus(StrEnum):
    """Where an idea stands."""

    draft = "draft"
    waiting = "waiting"
    returned = "returned"
    accepted = "accepted"
    rejected = "rejected"
    withdrawn = "withdrawn"


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
    """An idea as one visitor sees it. `language`: the one it was written in.

    `cost`: the reviewed one where there is one, in minor units.
    """

    id: int
    round_id: int
    author: str | None
    mine: bool
    language: str
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


def _idea(actor: Actor, row: tables.Idea, author: str | None, verdict: tables.Review | None) -> Idea:
    return Idea(
        id=tables.id_of(row),
        round_id=row.round_id,
        author=author,
        mine=is_mine(actor, row),
        language=row.language,
        title=Texts(row.title),
        problem=Texts(row.problem),
        solution=Texts(row.solution),
        place=row.place,
        area_id=row.area_id,
        category_id=row.category_id,
        cost=verdict.cost if verdict is not None and verdict.cost is not None else row.cost,
        status=IdeaStatus(row.status),
        submitted_at=row.submitted_at,
        review=None if verdict is None else _review(verdict),
    )


def _review(row: tables.Review) -> Review:
    return Review(row.verdict, row.cost, Texts(row.reason), row.created_at, Role.reviewer)


def is_mine(actor: Actor, row: tables.Idea) -> bool:
    """Return whether the actor wrote this idea."""
    return actor.person_id is not None and row.author_id == actor.person_id
