"""The store: how the edges open a session on the database that the settings name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from core.errors import SchemaNewer, SettingWrong
from core.settings import settings
from db import engine, migrate
from db.engine import reading, transaction
from db.leftovers import empty_journal

__all__ = ["empty_journal", "reading", "transaction", "upgrade"]


Opener = Callable[[], AbstractContextManager[Session]]


engine.found_at(lambda: settings().database_url)


def upgrade() -> Path | None:
    """Bring the database to the newest schema; return the copy made of an older SQLite file, if any.

    Raises SchemaNewer, or SettingWrong where there is no such database.
    """
    try:
        return migrate.upgrade()
    except OperationalError as trouble:
        address = engine.normal(settings().database_url).render_as_string(hide_password=True)
        raise SettingWrong(name="GLAS_DATABASE_URL", value=address, problem="unreachable") from trouble
    except migrate.NewerSchema as newer:
        raise SchemaNewer(found=newer.found, known=newer.known) from newer
