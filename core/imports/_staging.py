"""Staging: an election that is being imported lies in pieces where nobody sees it, and is shown by one short change.

SQLite lets one write at a time. So that votes wait little, an import writes few rows at once and rests after each
piece for longer than it has taken: whoever waits comes in between. The round of it is void and was never published
until then, which nobody is shown, not even staff. One that is broken off takes its pieces along; what a crash has left
goes after an hour – no import takes as long –, in pieces too.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Table, TextClause, insert, text
from sqlmodel import Session, col, select

from core.store import Opener
from db import tables

MARK = "importing:"
ABANDONED = timedelta(hours=1)
PIECE = 500  # rows that are written, or removed, at once
RESTS = 3  # times as long as the piece before took

_IDS = "SELECT id FROM {table} WHERE round_id = :id LIMIT :most"
_REMOVE = {
    name: text(f"DELETE FROM {name} WHERE id IN ({_IDS.format(table=name)})") for name in ("open_ballot", "project")
}
_UNUSED = text(
    "DELETE FROM category WHERE municipality_id = :home"
    " AND id NOT IN (SELECT category_id FROM project WHERE category_id IS NOT NULL)"
)


def begin(session: Session, row: tables.Round, at: datetime) -> int:
    """Add the round of an import, hidden, and return its id."""
    token = secrets.token_hex(8)
    row.slug, row.source_digest = f"importing-{token}", f"{MARK}{token}"
    row.published_at, row.voided_at, row.created_at = None, at, at
    session.add(row)
    session.flush()
    return tables.id_of(row)


def show(session: Session, round_id: int, *, slug: str, digest: str, begins: datetime) -> None:
    """Show a round with all its pieces, in this transaction."""
    row = session.get_one(tables.Round, round_id)
    row.slug, row.source_digest, row.published_at, row.voided_at = slug, digest, begins, None
    session.flush()


def write(transaction: Opener, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows a piece at a time, each in a transaction of its own."""
    for start in range(0, len(rows), PIECE):
        alone(transaction, partial(_insert, table, rows[start : start + PIECE]))


def alone(transaction: Opener, act: Callable[[Session], Any]) -> Any:
    """Do something short in a transaction of its own and return what it gives; then rest, so that others come in."""
    began = time.perf_counter()
    with transaction() as session:
        done = act(session)
    time.sleep(min(0.5, RESTS * (time.perf_counter() - began)))
    return done


def discard(transaction: Opener, round_id: int) -> None:
    """Remove a round that is still hidden with all its pieces; one that is shown stays."""
    with transaction() as session:
        row = session.get(tables.Round, round_id)
        if row is None or not (row.source_digest or "").startswith(MARK):
            return
        home = row.municipality_id
    for statement in _REMOVE.values():
        while alone(transaction, partial(_remove, statement, round_id)):
            pass
    with transaction() as session:
        session.delete(session.get_one(tables.Round, round_id))
        session.flush()
        # Only where no other import may be about to name them.
        if not _hidden(session):
            session.connection().execute(_UNUSED, {"home": home})


def sweep(transaction: Opener, *, at: datetime) -> int:
    """Remove what imports have left that were broken off an hour ago or earlier; return how many those were."""
    with transaction() as session:
        left = _hidden(session, at - ABANDONED)
    for round_id in left:
        discard(transaction, round_id)
    return len(left)


def _insert(table: Table, rows: Sequence[Mapping[str, Any]], session: Session) -> None:
    session.connection().execute(insert(table), rows)


def _remove(statement: TextClause, round_id: int, session: Session) -> int:
    return session.connection().execute(statement, {"id": round_id, "most": PIECE}).rowcount


def _hidden(session: Session, before: datetime | None = None) -> list[int]:
    found = select(tables.Round.id).where(col(tables.Round.source_digest).startswith(MARK))
    if before is not None:
        found = found.where(col(tables.Round.created_at) <= before)
    return [number for number in session.exec(found) if number is not None]
