"""Keeping: the newest signed checkpoint of every log lies beside the keys, also after a crash came in between."""

import logging

from sqlalchemy import text
from sqlmodel import Session

from core.errors import LogBroken
from core.trust import board, keys, logs
from core.trust.logs import Log

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
    if known is not None and logs.opened(log, known).size >= logs.opened(log, newest).size:
        return False
    try:
        # Each of the log's own checkpoints is held against it, and the one that is kept must be one of these.
        made = board.verify(session, round_id)
        if known is not None and known not in board.checkpoints_of(session, round_id):
            raise LogBroken(slug=log.slug)
    except LogBroken:
        if keys.remembered(round_id, "checkpoint") != known:
            # A batch came in the meantime, which this session does not see.
            return False
        raise
    logs.keep(round_id, log, made, newest)
    return True
