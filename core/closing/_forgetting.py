"""Finishing: what a closing and an anonymising leave to be done after their commit, until it has succeeded once.

A commit cannot destroy keys or clean files, so a crash may come in between. What has been done is marked beside the
keys only afterwards; whatever has no mark is done again.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import event, text
from sqlmodel import Session

from core import journal, rounds
from core.closing import _course
from core.closing._course import Closing, locked_round
from core.permissions import Action, Actor
from core.rounds import steps
from core.rounds.steps import Step
from core.store import Opener
from core.trust import keys
from db import leftovers, migrate, tables
from db.tables import Moment

_OVER = text(
    "SELECT id, closed_at, anonymised_at FROM round WHERE closed_at IS NOT NULL AND NOT imported ORDER BY id"
).columns(closed_at=Moment, anonymised_at=Moment)

_TABLES = ("slot", "roll", "code", "waiting_box", "pending_leaf", "receipt")

_MARK = "finished"


_log = logging.getLogger(__name__)

_FORGET = (
    text(
        "UPDATE slot SET lookup = NULL, sealed = NULL, withdrawn = FALSE, number = NULL, request_id = NULL"
        " WHERE round_id = :id"
    ),
    text("DELETE FROM roll WHERE round_id = :id"),
    text("DELETE FROM code WHERE round_id = :id"),
    text("DELETE FROM waiting_box WHERE round_id = :id"),
    text("DELETE FROM pending_leaf WHERE round_id = :id"),
)


def finish(reading: Opener) -> bool:
    """Do for every round what its closing and anonymising have left to be done; return whether nothing waits any more.

    Closed: the database gives up the order in which ballots came. Anonymous: the keys to people go, the copies made
    before migrations, and what the database's files still hold. Outside of any transaction; it may take a while.
    """
    with reading() as session:
        over = session.connection().execute(_OVER).all()
    anonymous = [row for row in over if row.anonymised_at is not None]
    # Every time, for the marks do not tell of a key that is there again.
    gone = [_forget(row.id) for row in anonymous]
    marks = {
        row.id: f"anonymous {row.anonymised_at}" if row in anonymous else f"closed {row.closed_at}" for row in over
    }
    waiting = [round_id for round_id, mark in marks.items() if keys.remembered(round_id, _MARK) != mark]
    if not waiting:
        return all(gone)
    if any(row.id in waiting for row in anonymous):
        done = migrate.forget_copies() and leftovers.scrub(*_TABLES)
    else:
        done = leftovers.compact(*_TABLES)
    return done and _mark({round_id: marks[round_id] for round_id in waiting}) and all(gone)


def _mark(done: Mapping[int, str]) -> bool:
    try:
        for round_id, mark in done.items():
            keys.remember(round_id, _MARK, mark)
    except OSError as trouble:
        _log.error("What is finished could not be marked, and is done again: %s", trouble)
        return False
    return True


def _forget(round_id: int) -> bool:
    try:
        keys.forget_people(round_id)
    except OSError as trouble:
        _log.error("A key of an anonymous round could not be destroyed: %s", trouble)
        return False
    return True


def anonymise(session: Session, organiser: Actor, round_id: int, *, at: datetime) -> Closing:
    """After the objection window, cut every way from a person to a ballot: the keys, the lookups, the roll, the codes.

    Call `finishing.finish` after the transaction. A second time only the keys are destroyed again. Raises WrongStep.
    """
    round_ = locked_round(session, organiser, round_id)
    rounds.require(organiser, Action.anonymise, round_, at)
    row = session.get_one(tables.Round, round_id)
    if row.anonymised_at is None:
        steps.require(row, Step.anonymise, at)
        for statement in _FORGET:
            session.connection().execute(statement, {"id": round_id})
        row.anonymised_at, row.version = at, row.version + 1
        session.flush()
        journal.write(session, organiser, Action.anonymise, round_id=round_id, at=at)
    # Only when it is certain that the lookups are gone, for without the key nobody could come back to this step.
    event.listen(session, "after_commit", lambda _session: keys.forget_people(round_id), once=True)
    return _course.state(session, organiser, round_id, at=at)
