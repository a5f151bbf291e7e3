"""Stopping a batch whose slips were stolen, by two people with a public reason; and what all may know of codes.

A stopped code does what one does that was re-issued: whoever used it leaves the roll, and her ballot the box. It stands
on the board as a withdrawal, and enters the live tally as any withdrawal does: with so many others that it tells of
nobody. Of codes everyone may know how many were made and released, in which batch and on which day; how many were used
only after the close, and only where that tells of nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core import journal, rounds
from core.codes import _batches, holders
from core.errors import CodeNotReleased, Locked, NotAllowed
from core.permissions import Action, Actor
from core.rounds import second_person
from core.rounds.second_person import Pending
from core.rounds.terms import Line
from db import engine, tables


@dataclass(frozen=True, slots=True)
class Made:
    """A batch as everyone may know it. `used`: after the close, and None where it would tell of somebody.

    `reissued`: one code in the place of another.
    """

    label: str
    count: int
    made_at: datetime
    released_at: datetime | None
    stopped_at: datetime | None
    used: int | None
    reissued: bool


def ask_stop(
    session: Session, organiser: Actor, round_id: int, batch_id: int, *, at: datetime, reason: str
) -> Pending:  # fmt: skip
    """Ask a second person to agree that a released batch is stopped. The reason is public.

    Raises NotFound, CodeNotReleased – such a batch is discarded –, Locked once it is stopped, Invalid of the reason.
    """
    rounds.require(organiser, Action.stop_codes, rounds.get(session, organiser, round_id), at)
    row = _batches.batch(session, round_id, batch_id)
    if row.released_at is None:
        raise CodeNotReleased
    if row.stopped_at is not None:
        raise Locked(what="codes", since=row.stopped_at)
    told = (Line("codes", row.size, 0, of=row.label),)
    said = second_person.clean_reason(reason)
    asked = second_person.ask(
        session, organiser, round_id, Action.stop_codes, at=at, reason=said, subject=str(batch_id), lines=told
    )  # fmt: skip
    if not isinstance(asked, Pending):
        raise NotAllowed(action=Action.stop_codes, roles=tuple(sorted(organiser.roles)))
    return asked


def agree_stop(
    session: Session, organiser: Actor, round_id: int, batch_id: int, *, at: datetime, consent: str
) -> int:  # fmt: skip
    """Agree that a batch is stopped, by the hash that was shown; return how many ballots have left the box.

    Raises ConsentDiffers, SamePerson, VotingClosed.
    """
    # Whoever batches holds the log before the round.
    engine.hold_log(session, round_id, wait=True)
    rounds.require(organiser, Action.stop_codes, rounds.get(session, organiser, round_id), at)
    row = _batches.batch(session, round_id, batch_id)
    done = second_person.agree(
        session, organiser, round_id, Action.stop_codes, at=at, consent=consent, subject=str(batch_id)
    )  # fmt: skip
    left = holders.void_batch(session, round_id, batch_id)
    row.stopped_at = at
    session.flush()
    facts: dict[str, Any] = {
        "label": row.label,
        "count": row.size,
        "ballots": left,
        "reason": done.reason,
        "consent": consent,
    }
    journal.write(session, organiser, Action.stop_codes, round_id=round_id, at=at, **facts)
    return left


def made(session: Session, actor: Actor, round_id: int) -> tuple[Made, ...]:
    """Return the batches of a round as everyone may know them, in the order in which they were made."""
    round_ = rounds.get(session, actor, round_id)
    found = session.exec(
        select(tables.CodeBatch).where(tables.CodeBatch.round_id == round_id).order_by(col(tables.CodeBatch.id))
    )
    return tuple(
        Made(
            row.label, row.size, row.created_at, row.released_at, row.stopped_at,
            row.used if round_.closed_at else None, row.replaces is not None,
        )
        for row in found
    )  # fmt: skip


def used(session: Session, round_id: int) -> dict[int, int]:
    """Return how many codes of each released batch were used, for whoever then hides what would tell of somebody."""
    counted = select(tables.CodeBatch.id, tables.Code.spent).join(
        tables.Code, col(tables.Code.batch_id) == tables.CodeBatch.id
    )
    mine = tables.CodeBatch.round_id == round_id, col(tables.CodeBatch.released_at).is_not(None)
    found: dict[int, int] = {}
    for batch_id, spent in session.exec(counted.where(*mine, col(tables.CodeBatch.stopped_at).is_(None))):
        found[batch_id or 0] = found.get(batch_id or 0, 0) + spent
    return found


def keep_used(session: Session, round_id: int, told: dict[int, int | None]) -> None:
    """Keep how many codes of each batch were used, as it may be told; the codes themselves go later."""
    for row in session.exec(select(tables.CodeBatch).where(tables.CodeBatch.round_id == round_id)):
        row.used = told.get(tables.id_of(row))
    session.flush()
