"""Start: what must hold before a server may promise anything to a voter."""

from sqlalchemy import text
from sqlmodel import Session

from core.errors import KeyMissing, SettingWrong
from core.settings import settings
from core.trust import board, keys, preparing, slots
from db import engine

_OPEN = text(
    "SELECT id, slug FROM round WHERE closed_at IS NULL AND voided_at IS NULL AND NOT imported"
    " AND count_public IS NOT NULL"
)


def refuse_unsafe(session: Session) -> None:
    """Refuse a key folder that others can read, a database that forgets, and one that is behind the board.

    Raises SettingWrong, LogRolledBack or LogBroken.
    """
    keys.check_folder()
    if not engine.is_durable(session):
        address = engine.normal(settings().database_url).render_as_string(hide_password=True)
        raise SettingWrong(name="GLAS_DATABASE_URL", value=address, problem="not_durable")
    board.refuse_stale(session)


def resting(session: Session) -> tuple[str, ...]:
    """Return the slugs of the open rounds that take no ballot, because a key of theirs is missing."""
    return tuple(row.slug for row in session.connection().execute(_OPEN).all() if rests(session, row.id))


def rests(session: Session, round_id: int) -> bool:
    """Return whether a round takes no ballot, because a key without which it cannot go on is missing."""
    connection = session.connection()
    try:
        slots.refuse_without_link(connection, round_id)
        preparing.refuse_without_keys(connection, round_id)
    except KeyMissing:
        return True
    return False
