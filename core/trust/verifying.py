"""Keeping: the newest signed checkpoint of every log lies beside the keys, also after a crash came in between."""

import logging

from sqlalchemy import text
from sqlmodel import Session, col, select

from core.errors import LogBroken, LogRolledBack, NotFound
from core.trust import _logs, board, keys
from core.trust._logs import Log
from core.trust.checkpoints import Checkpoint
from core.trust.commitments import KINDS, leaf_bytes
from core.trust.merkle import Tree
from db import tables

# The logs of a demo are not kept.
_LOGS = text("SELECT id, slug, origin, demo FROM round WHERE origin IS NOT NULL AND NOT demo ORDER BY id")


_log = logging.getLogger(__name__)


def catch_up(session: Session) -> tuple[str, ...]:
    """Keep the newest checkpoints of logs of which an older one is kept, or none; return the slugs of these rounds.

    Only where the whole log agrees with both. An older one never takes the place of a newer one: whether a database
    that is behind may be used is for `board.refuse_stale` to say.
    """
    done = []
    for row in session.connection().execute(_LOGS).all():
        try:
            if _catch_up(session, row.id, Log(row.slug, row.origin, row.demo)):
                done.append(row.slug)
        except LogBroken:
            _log.error("The checkpoint of %s is not kept: its log is not the one that was signed.", row.slug)
    return tuple(done)


def _catch_up(session: Session, round_id: int, log: Log) -> bool:
    newest, known = board.latest(session, round_id), keys.remembered(round_id, "checkpoint")
    if newest is None or newest == known:
        return False
    if known is not None and _logs.opened(log, known).size >= _logs.opened(log, newest).size:
        return False
    try:
        # Each of the log's own checkpoints is held against it, and the one that is kept must be one of these.
        made = verify(session, round_id)
        if known is not None and known not in board.checkpoints_of(session, round_id):
            raise LogBroken(slug=log.slug)
    except LogBroken:
        if keys.remembered(round_id, "checkpoint") != known:
            # A batch came in the meantime, which this session does not see.
            return False
        raise
    _logs.keep(round_id, log, made, newest)
    return True


# Checking: at start, and before the ballots are opened


def refuse_stale(session: Session) -> None:
    """Refuse a database that is older than, or other than, what this server last signed.

    Raises LogRolledBack or LogBroken.
    """
    folder = keys.checkpoint_file(0).parent.parent
    for path in sorted(folder.glob("*/checkpoint")):
        row = session.get(tables.Round, int(path.parent.name))
        if row is None or row.origin is None:
            size = int(path.read_text().split("\n")[1])
            raise LogRolledBack(slug=row.slug if row else path.parent.name, found=0, expected=size)
        log = Log(row.slug, row.origin, row.demo)
        signed = _logs.opened(log, path.read_text())
        tree = _from_scratch(session, tables.id_of(row))
        if tree.size < signed.size:
            raise LogRolledBack(slug=row.slug, found=tree.size, expected=signed.size)
        if tree.root(signed.size) != signed.root:
            raise LogBroken(slug=row.slug)


def verify(session: Session, round_id: int) -> Checkpoint:
    """Compute the whole log anew, hold every checkpoint against it, and return the last. Raises LogBroken, NotFound."""
    row = session.get(tables.Round, round_id)
    if row is None or row.origin is None:
        raise NotFound(thing="log", key=round_id)
    log, tree, last = Log(row.slug, row.origin, row.demo), _from_scratch(session, round_id), None
    for note in board.checkpoints_of(session, round_id):
        last = _logs.opened(log, note)
        if last.size > tree.size or tree.root(last.size) != last.root:
            raise LogBroken(slug=row.slug)
    known = keys.remembered(round_id, "checkpoint")
    if last is None or last.size != tree.size or (known and _logs.opened(log, known).size > last.size):
        raise LogBroken(slug=row.slug)
    return last


def broken(session: Session) -> tuple[str, ...]:
    """Return the rounds whose board is not the one that was signed, by their slugs."""
    found = []
    for row in session.exec(select(tables.Round).where(col(tables.Round.origin).is_not(None))):
        try:
            if board.latest(session, tables.id_of(row)) is not None:
                verify(session, tables.id_of(row))
        except LogBroken:
            found.append(row.slug)
    return tuple(found)


def _from_scratch(session: Session, round_id: int) -> Tree:
    tree, row = Tree(), session.get_one(tables.Round, round_id)
    for leaf in board.leaves(session, round_id):
        if leaf.position != tree.size or leaf.kind not in KINDS:
            raise LogBroken(slug=row.slug)
        tree.append(leaf_bytes(leaf.kind, leaf.commitment))
    return tree
