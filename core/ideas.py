"""Ideas: what residents submit, from a draft to a verdict."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from sqlmodel import Session, col, select

from core import municipalities, permissions, rounds
from core.errors import Invalid, NotAllowed, NotFound
from core.idea_values import Idea, IdeaStatus, Review, is_mine, values
from core.permissions import Action, Actor
from core.rounds import Round
from core.texts import Texts, told
from db import tables

__all__ = [
    "Idea", "IdeaStatus", "Review", "check_place", "cost_faults", "draft", "faults", "idea", "ideas", "mine",
    "on_ballot", "revise", "save_draft", "submit", "values", "withdraw",
]  # fmt: skip

Order = Literal["new", "shuffled", "cost"]

# More than any budget, and less than a column holds.
MOST = 10**15

NEVER = datetime.min.replace(tzinfo=UTC)

# Field: shortest, longest.
LENGTHS = {"title": (5, 80), "problem": (20, 1_000), "solution": (20, 1_000), "place": (0, 120)}
WORDS = ("title", "problem", "solution")


# A submitted idea appears once a reviewer has looked: some authors are minors.
PUBLIC = (IdeaStatus.accepted, IdeaStatus.rejected)
FOR_STAFF = (*PUBLIC, IdeaStatus.waiting, IdeaStatus.returned)


def draft(session: Session, actor: Actor, round_id: int) -> Idea | None:
    """Return the draft that the actor left in this round, None if there is none."""
    row = _draft_row(session, actor, round_id)
    return None if row is None else _value(session, actor, row)


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
    if row.status not in seen and not is_mine(actor, row):
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


def faults(given: Mapping[str, Any], round_: Round) -> tuple[Invalid, ...]:
    """Return all that keeps an idea from being handed in.

    `given`: title, problem, solution and place as text, category_id, area_id, and cost in minor units or None.
    """
    found = []
    for name, (least, most) in LENGTHS.items():
        length = len(given[name])
        if least and not length:
            found.append(Invalid(name, "required"))
        elif length < least:
            found.append(Invalid(name, "too_short", limit=least))
        elif length > most:
            found.append(Invalid(name, "too_long", limit=most))
    found += [Invalid(name, "required") for name in ("category_id", "area_id") if given[name] is None]
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


def _value(session: Session, actor: Actor, row: tables.Idea) -> Idea:
    session.flush()
    return values(session, actor, [row])[0]


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
    text = text.strip().replace("\x00", "")
    if len(text) > LENGTHS[field][1]:
        raise Invalid(field, "too_long", limit=LENGTHS[field][1])
    return text


def _hand_in(row: tables.Idea, round_: Round, at: datetime) -> None:
    written = {name: Texts(getattr(row, name)).in_(row.language) for name in WORDS}
    rest = {name: getattr(row, name) for name in ("place", "category_id", "area_id", "cost")}
    for fault in faults(written | rest, round_):
        raise fault
    row.status, row.submitted_at, row.updated_at = IdeaStatus.waiting, at, at


def _mentions(found: Idea, query: str) -> bool:
    # SQLite folds the case of Latin letters only, so this is done here.
    wanted = query.casefold().split()
    texts = (found.title, found.problem, found.solution)
    held = " ".join(part for text in texts for _language, part in text.pairs) + " " + found.place
    folded = held.casefold()
    return all(word in folded for word in wanted)


def _sorted(found: list[Idea], actor: Actor, order: Order) -> list[Idea]:
    if order == "cost":
        return sorted(found, key=lambda each: (each.cost is None, each.cost or 0, each.id))
    if order == "shuffled":
        return sorted(found, key=lambda each: hashlib.sha256(f"{actor.pseudonym} {each.id}".encode()).digest())
    return sorted(found, key=lambda each: (each.submitted_at or NEVER, each.id), reverse=True)
