"""Start: what must hold before a server may promise anything to a voter."""

from sqlalchemy import text
from sqlmodel import Session

from core.errors import SettingWrong
from core.settings import settings
from core.trust import board, keys
from db import engine

_OPEN = text(
    "SELECT id, slug FROM round WHERE closed_at IS NULL AND voided_at IS NULL AND NOT imported"
    " AND EXISTS (SELECT 1 FROM slot WHERE slot.round_id = round.id AND lookup IS NOT NULL)"
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
    """Return the slugs of the rounds that take no ballot, because the key from people to their slots is missing."""
    rounds = session.connection().execute(_OPEN).all()
    return tuple(row.slug for row in rounds if not keys.has_link_key(row.id))
