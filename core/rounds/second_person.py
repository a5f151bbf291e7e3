"""Second persons: publishing, closing, drawing, counting, voiding a round and issuing codes take two people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from core import journal
from core.errors import Invalid, SamePerson
from core.permissions import Action, Actor
from core.rounds import _finding
from core.rounds._values import Round
from db import engine, tables

ACTIONS = frozenset(
    {
        Action.publish_round,
        Action.close_vote,
        Action.draw_ties,
        Action.count,
        Action.void_round,
        Action.release_codes,
    }
)
# What the first one hands in, the second must bring along, not read: neither a wish nor the journal tells it.
UNSAID = frozenset({Action.draw_ties})


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody has asked and a second person must agree. `mine`: the reader is the one who asked.

    `reason`: what the first one said to it; of a draw only that person is told.
    `subject`: which of several it is about, like the number of a batch of codes.
    """

    action: Action
    asked_by: str
    asked_at: datetime
    reason: str
    mine: bool
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Two people have agreed; the caller now does it. `reason` is the first one's."""

    action: Action
    reason: str


def ask(
    session: Session, actor: Actor, round_id: int, action: Action, *, at: datetime, reason: str = "", subject: str = "",
    same: str = "",
) -> Pending | Done:  # fmt: skip
    """Note the first person's wish, or agree to it as the second; return how things stand.

    `same`: what the `reason` tells, where the second person must give the same one. Raises SamePerson when the one who
    asked asks again, Invalid(`same`, "differs"), and what permissions refuse.
    """
    if action not in ACTIONS:
        raise Invalid("action", "choice")
    engine.lock_round(session, round_id, exclusive=True)
    round_ = _finding.get(session, actor, round_id)
    _finding.require(actor, action, round_, at)
    waiting = _row(session, round_id, action, subject)
    if waiting is None and not _alone(round_):
        session.add(tables.SecondPerson(
            round_id=round_id, action=action, subject=subject, asked_by=actor.pseudonym, asked_at=at, reason=reason
        ))  # fmt: skip
        told: dict[str, Any] = {} if action in UNSAID else {same or "reason": reason}
        journal.write(session, actor, f"ask_{action}", round_id=round_id, at=at, **told)
        return Pending(action, actor.pseudonym, at, reason, mine=True, subject=subject)
    if waiting is not None:
        if waiting.asked_by == actor.pseudonym:
            raise SamePerson(action=action)
        if same and waiting.reason != reason:
            raise Invalid(same, "differs")
        reason = waiting.reason
        session.delete(waiting)
    first = waiting.asked_by if waiting is not None else None
    journal.write(session, actor, f"agree_{action}", round_id=round_id, at=at, first=first)
    return Done(action, reason)


def pending(session: Session, actor: Actor, round_id: int) -> tuple[Pending, ...]:
    """Return what waits for a second person, for those who may read the journal."""
    _finding.require(actor, Action.read_journal, _finding.get(session, actor, round_id), None)
    found = session.exec(select(tables.SecondPerson).where(tables.SecondPerson.round_id == round_id))
    return tuple(_pending(row, row.asked_by == actor.pseudonym) for row in found)


def take_back(
    session: Session, actor: Actor, round_id: int, action: Action, *, at: datetime, subject: str = ""
) -> None:
    """Withdraw a wish that still waits: the one who asked, or whoever could have agreed."""
    _finding.require(actor, action, _finding.get(session, actor, round_id), at)
    waiting = _row(session, round_id, action, subject)
    if waiting is not None:
        session.delete(waiting)
        journal.write(session, actor, f"take_back_{action}", round_id=round_id, at=at)


def _row(session: Session, round_id: int, action: Action, subject: str) -> tables.SecondPerson | None:
    return session.exec(
        select(tables.SecondPerson)
        .where(tables.SecondPerson.round_id == round_id)
        .where(tables.SecondPerson.action == action)
        .where(tables.SecondPerson.subject == subject)
    ).first()


def _pending(row: tables.SecondPerson, mine: bool) -> Pending:
    action = Action(row.action)
    reason = row.reason if mine or action not in UNSAID else ""
    return Pending(action, row.asked_by, row.asked_at, reason, mine, row.subject)


def _alone(round_: Round) -> bool:
    """Return whether one person is enough: an imported election was decided elsewhere."""
    return round_.imported
