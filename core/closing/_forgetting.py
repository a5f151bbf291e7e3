"""Finishing: what a closing and an anonymising leave to be done after their commit, until it has succeeded once.

A commit cannot destroy keys or clean files, so a crash may come in between. What has been done is marked beside the
keys only afterwards; whatever has no mark is done again.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Row, event, text
from sqlmodel import Session

from core import journal, rounds
from core.closing import _course
from core.closing._course import Closing, locked_round
from core.errors import KeyMissing, WrongPhase
from core.permissions import Action, Actor
from core.rounds import steps
from core.rounds.steps import Step
from core.store import Opener
from core.trust import keys, waiting
from db import leftovers, migrate, tables
from db.tables import Moment

# A round ends by its close, or by being voided before that; or nobody closes it, and its links have had their time.
_OVER = text(
    "SELECT id, COALESCE(closed_at, voided_at, parted_at) AS over_at, parted_at, anonymised_at FROM round"
    " WHERE (closed_at IS NOT NULL OR voided_at IS NOT NULL OR parted_at IS NOT NULL) AND NOT imported ORDER BY id"
).columns(over_at=Moment, parted_at=Moment, anonymised_at=Moment)

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
    text("DELETE FROM mark WHERE round_id = :id"),
)
# The same as far as a ballot can still be opened and counted; its number and what waits for the board stay as well.
_PART = (
    text("UPDATE slot SET lookup = NULL, request_id = NULL WHERE round_id = :id"),
    text("DELETE FROM roll WHERE round_id = :id"),
    text("DELETE FROM code WHERE round_id = :id"),
)


def finish(reading: Opener) -> bool:
    """Do for every round what its closing and anonymising have left to be done; return whether nothing waits any more.

    Closed or voided: the database gives up the order in which ballots came. Anonymous, or parted: the keys to people
    go, the copies made before migrations, and what the database's files still hold. Outside of any transaction; it may
    take a while.
    """
    with reading() as session:
        over = session.connection().execute(_OVER).all()
    anonymous = [row for row in over if row.anonymised_at is not None]
    parted = [row for row in over if row.anonymised_at is None and row.parted_at is not None]
    # Every time, for the marks do not tell of a key that is there again.
    gone = [_forget(row.id, keys.forget_people) for row in anonymous]
    gone += [_forget(row.id, keys.forget_link) for row in parted]
    marks = {row.id: _end(row) for row in over}
    undone = [round_id for round_id, mark in marks.items() if keys.remembered(round_id, _MARK) != mark]
    if not undone:
        return all(gone)
    if any(row.id in undone for row in (*anonymous, *parted)):
        done = migrate.forget_copies() and leftovers.scrub(*_TABLES)
    else:
        done = leftovers.compact(*_TABLES)
    return done and _mark({round_id: marks[round_id] for round_id in undone}) and all(gone)


def _mark(done: Mapping[int, str]) -> bool:
    try:
        for round_id, mark in done.items():
            keys.remember(round_id, _MARK, mark)
    except OSError as trouble:
        _log.error("What is finished could not be marked, and is done again: %s", trouble)
        return False
    return True


def _end(row: Row[Any]) -> str:
    """Return the mark of what a round is finished with: one that ends once more is cleaned once more."""
    if row.anonymised_at is not None:
        return f"anonymous {row.anonymised_at}"
    return f"parted {row.parted_at}" if row.parted_at is not None else f"closed {row.over_at}"


def _forget(round_id: int, destroy: Callable[[int], None]) -> bool:
    try:
        destroy(round_id)
    except OSError as trouble:
        _log.error("A key of a round that is over could not be destroyed: %s", trouble)
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


def part(session: Session, operator: Actor, round_id: int, *, at: datetime) -> None:
    """Cut every way from a person to a ballot of a round that nobody closed within a year; it can still be counted.

    Call `finish` after the transaction. A second time nothing changes. Raises WrongPhase before its time.
    """
    round_ = locked_round(session, operator, round_id)
    rounds.require(operator, Action.part_round, round_, at)
    row = session.get_one(tables.Round, round_id)
    if row.parted_at is not None or row.anonymised_at is not None:
        return
    if round_.imported or row.result_published_at is not None or at < steps.parts_at(row):
        raise WrongPhase(action=Action.part_round, phase=round_.phase(at))
    with suppress(KeyMissing):
        # Without its key nobody finds a person by what is in the box either; it can still be opened when it is back.
        waiting.empty(session.connection(), round_id)
    for statement in _PART:
        session.connection().execute(statement, {"id": round_id})
    row.parted_at, row.version = at, row.version + 1
    session.flush()
    journal.write(session, operator, Action.part_round, round_id=round_id, at=at)
    event.listen(session, "after_commit", lambda _session: keys.forget_link(round_id), once=True)
