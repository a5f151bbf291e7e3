"""Logs: the tree of every round, kept in memory and checked against what was signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Connection, text

from core.errors import LogBroken, NotFound
from core.trust import keys
from core.trust.checkpoints import Checkpoint, CheckpointWrong, open_note
from core.trust.commitments import leaf_bytes
from core.trust.merkle import Tree

_ROUND = text("SELECT slug, origin, demo FROM round WHERE id = :id")
_LATEST = text("SELECT note FROM checkpoint WHERE round_id = :id ORDER BY size DESC LIMIT 1")
_LEAVES = text(
    "SELECT position, commitment, kind FROM leaf WHERE round_id = :id AND position >= :start ORDER BY position"
)


@dataclass(slots=True)
class Log:
    """The log of one round as this process knows it."""

    slug: str
    origin: str
    demo: bool
    tree: Tree = field(default_factory=Tree)
    lock: Lock = field(default_factory=Lock)


_logs: dict[tuple[str, int, str], Log] = {}
_logs_lock = Lock()


@contextmanager
def reading(connection: Connection, round_id: int) -> Iterator[tuple[Log, Checkpoint | None]]:
    """Give the log, at least as far as this transaction sees it, and the newest checkpoint; nobody else has it then.

    Raises NotFound for a round without a log; LogBroken where leaves and checkpoint do not agree.
    """
    log = _log(connection, round_id)
    with log.lock:
        note = connection.execute(_LATEST, {"id": round_id}).scalar()
        signed = None if note is None else opened(log, note)
        if not _agrees(connection, round_id, log, signed):
            # Another database may have come in place of the one that is remembered.
            log.tree = Tree()
            if not _agrees(connection, round_id, log, signed):
                raise LogBroken(slug=log.slug)
        yield log, signed


def opened(log: Log, note: str) -> Checkpoint:
    """Return the checkpoint that this server has signed. Raises LogBroken."""
    try:
        return open_note(note, log.origin, keys.log_key().verify_key)
    except CheckpointWrong as wrong:
        raise LogBroken(slug=log.slug) from wrong


def keep(round_id: int, log: Log, made: Checkpoint, note: str) -> None:
    """Keep a checkpoint beside the keys, unless one as new is there already. Raises LogBroken, OSError."""
    with keys.alone():
        known = keys.remembered(round_id, "checkpoint")
        if known is None or opened(log, known).size < made.size:
            keys.remember(round_id, "checkpoint", note)


def forget() -> None:
    """Forget all trees; they are read again when they are needed."""
    with _logs_lock:
        _logs.clear()


def _log(connection: Connection, round_id: int) -> Log:
    found = connection.execute(_ROUND, {"id": round_id}).first()
    if found is None or found.origin is None:
        raise NotFound(thing="log", key=round_id)
    with _logs_lock:
        key = (str(connection.engine.url), round_id, found.origin)
        return _logs.setdefault(key, Log(found.slug, found.origin, bool(found.demo)))


def _agrees(connection: Connection, round_id: int, log: Log, signed: Checkpoint | None) -> bool:
    """Read what is new, and return whether the leaves are those that were signed."""
    if signed is None:
        log.tree.cut(0)
    for position, commitment, kind in connection.execute(_LEAVES, {"id": round_id, "start": log.tree.size}):
        if position != log.tree.size:
            return False
        log.tree.append(leaf_bytes(kind, bytes(commitment)))
    if signed is None:
        return log.tree.size == 0
    return log.tree.size >= signed.size and log.tree.root(signed.size) == signed.root
