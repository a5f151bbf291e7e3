"""Voiding: a ballot leaves the box because the code behind it was made void. What was in it is never looked at."""

import secrets

from sqlalchemy import text
from sqlmodel import Session

from core import voting
from core.errors import BallotStale, VotingClosed
from core.trust import board, slots
from db import engine, tables

_ROUND = text(
    "SELECT id, slug, tally_step, voting_until, closed_at, max_choices, count_public FROM round WHERE id = :id"
).columns(voting_until=tables.Moment())
_CODES = text("SELECT code FROM project WHERE round_id = :id")


def void_slot(session: Session, round_id: int, person_id: int) -> bool:
    """Empty a person's slot as if she had withdrawn her ballot; False if there is none. Raises VotingClosed.

    The board tells a voided ballot from a withdrawn one no more than it tells whose it was.
    """
    connection = session.connection()
    engine.lock_round(session, round_id)
    held = slots.find(connection, round_id, person_id, lock=True)
    if held is None or held.withdrawn:
        return False
    terms = connection.execute(_ROUND, {"id": round_id}).one()
    if terms.closed_at is not None or engine.database_now(session) >= terms.voting_until:
        raise VotingClosed(closed_at=terms.voting_until)
    codes = connection.execute(_CODES, {"id": round_id}).scalars().all()
    new = voting.enveloped(connection, terms, codes, held, "", secrets.token_hex(16))
    if not slots.write(connection, round_id, person_id, new):
        # The slot is held until the end of the transaction, so nobody else can have been faster.
        raise BallotStale(revision=held.revision + 1)
    board.append(connection, round_id, new.commitment, voting.kind_of(held, new), new.number)
    board.batch_if_due(session, round_id, terms.tally_step)
    return True
