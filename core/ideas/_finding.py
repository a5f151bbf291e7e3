"""An idea as a value: what one visitor sees of it, with its latest review."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from sqlmodel import Session, col, select

from core import hidden, permissions, rounds
from core.errors import IdeaWaits, NotFound
from core.hidden import OfIdeas, Reasons
from core.ideas._search import mentions
from core.permissions import Action, Actor, Role
from core.rounds import Round
from core.texts import NO_TEXT, Texts
from db import tables

Order = Literal["new", "shuffled", "cost"]


NEVER = datetime.min.replace(tzinfo=UTC)


class IdeaStatus(StrEnum):
    """Where an idea stands."""

    draft = "draft"
    waiting = "waiting"
    returned = "returned"
    accepted = "accepted"
    rejected = "rejected"
    withdrawn = "withdrawn"
    # Reviewed, and against the rules: shown to nobody but staff and its author.
    not_shown = "not_shown"


# A submitted idea appears once a reviewer has looked: some authors are minors.
PUBLIC = (IdeaStatus.accepted, IdeaStatus.rejected)

FOR_STAFF = (*PUBLIC, IdeaStatus.waiting, IdeaStatus.returned, IdeaStatus.not_shown)


@dataclass(frozen=True, slots=True)
class Review:
    """The latest verdict on an idea: accepted, returned, rejected, not shown. `reviewer_role` signs it, no name."""

    verdict: str
    cost: int | None
    reason: Texts
    at: datetime
    reviewer_role: str


@dataclass(frozen=True, slots=True)
class Idea:
    """An idea as one visitor sees it. `language`: the one it was written in.

    `cost`: the reviewed one where there is one, in minor units. `hidden`: which of its texts only staff and its author
    see, and why; "nickname" is its author's name, "reason" what its review says.
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
    hidden: Reasons = field(default_factory=dict)


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
    gone = hidden.of_ideas(session, [tables.id_of(row) for row in kept], authors)
    found = []
    for row in kept:
        verdict = latest.get(tables.id_of(row))
        idea = _idea(actor, row, names.get(row.author_id), verdict, _reasons(gone, row, verdict))
        found.append(_as_seen(actor, row, idea, own_words=verdict is None or verdict.id not in gone.reviews))
    return found


def _as_seen(actor: Actor, row: tables.Idea, idea: Idea, *, own_words: bool) -> Idea:
    """Return an idea as the actor may see it. What a review says is not its author's, and is hidden from her too."""
    if permissions.may(actor, Action.see_hidden) or (is_mine(actor, row) and own_words):
        return idea
    if is_mine(actor, row) and idea.review is not None:
        return replace(idea, review=redacted(idea).review)
    return redacted(idea)


def redacted(idea: Idea) -> Idea:
    """Return an idea as everyone sees it: in place of what is hidden stands that it is, and why."""
    if not idea.hidden:
        return idea
    why, review = idea.hidden, idea.review
    return replace(
        idea,
        title=hidden.shown(idea.title, why.get("title")),
        problem=hidden.shown(idea.problem, why.get("problem")),
        solution=hidden.shown(idea.solution, why.get("solution")),
        author=None if "nickname" in why else idea.author,
        place="" if "place" in why else idea.place,
        review=replace(review, reason=hidden.shown(review.reason, why.get("reason"))) if review else None,
    )


def _reasons(gone: OfIdeas, row: tables.Idea, verdict: tables.Review | None) -> Reasons:
    found = dict(gone.ideas.get(tables.id_of(row), {}))
    if hidden.ALL in found:
        # A name beside nothing, and what was said about it, would tell of whom and of what.
        found |= {"nickname": found[hidden.ALL], "reason": found[hidden.ALL]}
    if row.author_id is not None and row.author_id in gone.people:
        found["nickname"] = gone.people[row.author_id]
    if verdict is not None and (why := gone.reviews.get(tables.id_of(verdict))):
        found["reason"] = why
    return found


def _idea(actor: Actor, row: tables.Idea, author: str | None, verdict: tables.Review | None, why: Reasons) -> Idea:
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
        hidden=why,
    )


def _review(row: tables.Review) -> Review:
    return Review(row.verdict, row.cost, Texts(row.reason), row.created_at, Role.reviewer)


def is_mine(actor: Actor, row: tables.Idea) -> bool:
    """Return whether the actor wrote this idea."""
    return actor.person_id is not None and row.author_id == actor.person_id


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
    """Return the ideas of a round that the actor may see. "shuffled" is another order for each, always the same.

    `query`: words of its texts, its place or its area in any form, in Cyrillic or Latin letters.
    """
    round_ = rounds.get(session, actor, round_id)
    areas = _areas(session, round_) if query.strip() else {}
    seen = FOR_STAFF if permissions.may(actor, Action.see_waiting_ideas) else PUBLIC
    sees_all = permissions.may(actor, Action.see_hidden)
    rows = session.exec(
        select(tables.Idea).where(tables.Idea.round_id == round_id, col(tables.Idea.status).in_(seen))
    ).all()
    found = [
        each
        for each in values(session, actor, rows)
        if (each.mine or sees_all or hidden.ALL not in each.hidden)
        and (area is None or each.area_id == area)
        and (category is None or each.category_id == category)
        and (max_cost is None or (each.cost is not None and each.cost <= max_cost))
        and (status is None or each.status == status)
        and (not query or _mentions(each, query, areas))
    ]
    return tuple(_sorted(found, actor, order))


def idea(session: Session, actor: Actor, idea_id: int) -> Idea:
    """Return one idea. Raises NotFound, also where the actor may not see it; IdeaWaits until it has been checked."""
    row = session.get(tables.Idea, idea_id)
    if row is None:
        raise NotFound(thing="idea", key=idea_id)
    rounds.get(session, actor, row.round_id)
    seen = FOR_STAFF if permissions.may(actor, Action.see_waiting_ideas) else PUBLIC
    if row.status not in seen and not is_mine(actor, row):
        if row.status in (IdeaStatus.waiting, IdeaStatus.returned):
            raise IdeaWaits(thing="idea", key=idea_id)
        raise NotFound(thing="idea", key=idea_id)
    return idea_value(session, actor, row)


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


def idea_value(session: Session, actor: Actor, row: tables.Idea) -> Idea:
    """Return a row, what was just changed of it included, as the idea that `actor` may see."""
    session.flush()
    return values(session, actor, [row])[0]


def _mentions(found: Idea, query: str, areas: Mapping[int | None, Texts]) -> bool:
    texts = (found.title, found.problem, found.solution, areas.get(found.area_id, NO_TEXT))
    return mentions((*(part for text in texts for _language, part in text.pairs), found.place), query)


def _areas(session: Session, round_: Round) -> dict[int | None, Texts]:
    rows = session.exec(select(tables.Area).where(tables.Area.municipality_id == round_.municipality_id))
    return {row.id: Texts(row.names) for row in rows}


def _sorted(found: list[Idea], actor: Actor, order: Order) -> list[Idea]:
    if order == "cost":
        return sorted(found, key=lambda each: (each.cost is None, each.cost or 0, each.id))
    if order == "shuffled":
        return sorted(found, key=lambda each: hashlib.sha256(f"{actor.pseudonym} {each.id}".encode()).digest())
    return sorted(found, key=lambda each: (each.submitted_at or NEVER, each.id), reverse=True)
