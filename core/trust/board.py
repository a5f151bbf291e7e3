"""The board: a log of commitments that only grows, in batches that hide who came when, signed after each.

A ballot's leaf waits until twice the tally's step wait, or until the close – first in the sealed box of `waiting`, then
in a row –; then all that wait are sorted by commitment and appended, and a checkpoint is signed. A log that took each
leaf at once would show the order of voting to everyone; so the receipt is a promise until then, and a receipt whose
leaf is missing after the close is a proof.

A Merkle tree (RFC 9162, section 2.1) with checkpoints in the form of C2SP `tlog-checkpoint`, signed by Ed25519: what
others' tools read, and what an outsider checks with a script. It lies in the same database as the votes, so that a
leaf and its ballot are there together or not at all; a library with a connection of its own could not promise that.
The last checkpoint is also kept beside the keys: a database that was put back to an older state is noticed at start.
No homomorphic count and no mixnet: equal shares and `.pb` files need whole ballots.
"""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, event, text
from sqlmodel import Session, col, select

from core.errors import GlasError, Invalid, LogBroken, NotFound
from core.trust import _logs, checkpoints, journals, keys, waiting
from core.trust._logs import Log
from core.trust.checkpoints import Checkpoint
from core.trust.commitments import leaf_bytes
from db import engine, leftovers, tables

_WAITING = text("SELECT count(*) FROM pending_leaf WHERE round_id = :id")
_PENDING = text("SELECT commitment, kind, number FROM pending_leaf WHERE round_id = :id")
_DONE = text("DELETE FROM pending_leaf WHERE commitment = :commitment")
_APPEND = text(
    "INSERT INTO leaf (round_id, position, commitment, kind) VALUES (:round_id, :position, :commitment, :kind)"
)
_SIGNED = text("INSERT INTO checkpoint (round_id, size, note) VALUES (:round_id, :size, :note)")
_POSITION = text("SELECT position FROM leaf WHERE round_id = :id AND commitment = :commitment")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf as everyone may see it. `live`: whether it counted, None until the ballots are opened."""

    position: int
    commitment: bytes
    kind: str
    live: bool | None


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The proof that the log of `size` leaves with this root holds a leaf at `position`."""

    position: int
    size: int
    root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Consistency:
    """The proof that the log of `first` leaves is the beginning of that of `second`."""

    first: int
    second: int
    proof: tuple[bytes, ...]


# Writing: in the transaction of the vote or of the close


def batch_if_due(session: Session, round_id: int, step: int) -> None:
    """Append what waits outside of the box if it is twice the tally's step, unless somebody else is about it."""
    if session.connection().execute(_WAITING, {"id": round_id}).scalar_one() >= 2 * step:
        batch(session, round_id, wait=False)


def batch(session: Session, round_id: int, *, wait: bool = True, final: bool = False) -> Checkpoint | None:
    """Append all leaves that wait and sign a checkpoint; return it, or None where nothing was to be done.

    `final` signs even if nothing waits. Raises LogBroken if the log is not the one that was signed last.
    """
    if not engine.hold_log(session, round_id, wait=wait):
        return None
    connection = session.connection()
    waiting.empty(connection, round_id)
    found = connection.execute(_PENDING, {"id": round_id}).all()
    if not found and not final:
        return None
    with _logs.reading(connection, round_id) as (log, signed):
        if not found and signed:
            return signed
        start = log.tree.size
        if start != (signed.size if signed else 0):
            raise LogBroken(slug=log.slug)
        rows = sorted(found, key=lambda row: bytes(row.commitment))
        for row in rows:
            log.tree.append(leaf_bytes(row.kind, bytes(row.commitment)))
        made = Checkpoint(log.origin, log.tree.size, log.tree.root())
        # Until this is committed the memory holds what was before.
        log.tree.cut(start)
    note = checkpoints.sign(made, keys.log_key())
    _write(connection, round_id, rows, start)
    connection.execute(_SIGNED, {"round_id": round_id, "size": made.size, "note": note})
    journals.sign(session, round_id, made)
    event.listen(session, "after_commit", lambda _session: _remember(round_id, log, made, note), once=True)
    return made


def _write(connection: Connection, round_id: int, rows: Sequence[Row[Any]], start: int) -> None:
    if not rows:
        return
    leaves = [
        {"round_id": round_id, "position": position, "commitment": row.commitment, "kind": row.kind}
        for position, row in enumerate(rows, start=start)
    ]
    connection.execute(_APPEND, leaves)
    connection.execute(_DONE, [{"commitment": row.commitment} for row in rows])
    shuffled = secrets.SystemRandom().sample(list(rows), len(rows))
    leftovers.rewrite(
        connection, tables.table_of(tables.Slot), round_id, "commitment", [r.commitment for r in shuffled]
    )
    leftovers.rewrite(connection, tables.table_of(tables.Receipt), round_id, "number", [r.number for r in shuffled])


def _remember(round_id: int, log: Log, made: Checkpoint, note: str) -> None:
    """Keep the checkpoint out of a restored database's reach, and empty SQLite's journal of the order of votes."""
    try:
        if not log.demo:
            _logs.keep(round_id, log, made, note)
    except (GlasError, OSError):
        # The ballot is committed and its receipt must be shown; `keeping` tries again.
        _log.exception("the checkpoint of %s could not be kept beside the keys", log.slug)
    leftovers.empty_journal()


# Reading: for everyone


def verifier(session: Session, round_id: int) -> str:
    """Return the public key of a round's log as one line. Raises NotFound."""
    with _logs.reading(session.connection(), round_id) as (log, _signed):
        return checkpoints.verifier(log.origin, keys.log_key().verify_key)


def latest(session: Session, round_id: int) -> str | None:
    """Return the newest signed checkpoint."""
    found = checkpoints_of(session, round_id, newest=True)
    return found[0] if found else None


def checkpoints_of(session: Session, round_id: int, *, newest: bool = False) -> tuple[str, ...]:
    """Return all signed checkpoints, oldest first, or the newest one only."""
    asked = select(tables.Checkpoint.note).where(tables.Checkpoint.round_id == round_id)
    size = col(tables.Checkpoint.size)
    return tuple(session.exec(asked.order_by(size.desc()).limit(1) if newest else asked.order_by(size)))


def leaves(session: Session, round_id: int, start: int = 0, end: int | None = None) -> tuple[Leaf, ...]:
    """Return the leaves from `start` on, up to but without `end`."""
    asked = select(tables.Leaf).where(tables.Leaf.round_id == round_id, tables.Leaf.position >= start)
    if end is not None:
        asked = asked.where(tables.Leaf.position < end)
    found = session.exec(asked.order_by(col(tables.Leaf.position)))
    return tuple(Leaf(row.position, row.commitment, row.kind, row.live) for row in found)


def inclusion(session: Session, round_id: int, commitment: bytes, size: int | None = None) -> Inclusion:
    """Return the proof that a commitment stands on the board of `size` leaves, or of now. Raises NotFound, Invalid."""
    connection = session.connection()
    position = connection.execute(_POSITION, {"id": round_id, "commitment": commitment}).scalar()
    with _logs.reading(connection, round_id) as (log, signed):
        whole = size if size is not None else signed.size if signed else 0
        if position is None or position >= whole:
            raise NotFound(thing="leaf", key=commitment.hex())
        try:
            return Inclusion(position, whole, log.tree.root(whole), tuple(log.tree.inclusion(position, whole)))
        except IndexError as error:
            raise Invalid("size", "range", most=signed.size if signed else 0) from error


def consistency(session: Session, round_id: int, first: int, second: int | None = None) -> Consistency:
    """Return the proof that the board of `first` leaves begins that of `second`, or of now. Raises Invalid."""
    with _logs.reading(session.connection(), round_id) as (log, signed):
        most = signed.size if signed else 0
        end = most if second is None else second
        if not 0 <= first <= end <= most:
            raise Invalid("size", "range", most=most)
        return Consistency(first, end, tuple(log.tree.consistency(first, end)))
