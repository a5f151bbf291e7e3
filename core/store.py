"""The store: how the edges open a session on the database that the settings name."""

from pathlib import Path

from core.errors import SchemaNewer
from core.settings import settings
from db import engine, migrate
from db.engine import reading, transaction

__all__ = ["reading", "transaction", "upgrade"]

engine.found_at(lambda: settings().database_url)


def upgrade() -> Path | None:
    """Bring the database to the newest schema; return the copy made of an older SQLite file, if any.

    Raises SchemaNewer.
    """
    try:
        return migrate.upgrade()
    except migrate.NewerSchema as newer:
        raise SchemaNewer(found=newer.found, known=newer.known) from newer
