"""Migrating: bring a database to the schema that this code knows."""

import logging
import os
import sqlite3
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from db.engine import engine

# Any number will do, as long as every process takes the same.
_ONE_AT_A_TIME = 470_309

_log = logging.getLogger(__name__)


class NewerSchema(Exception):
    """The database holds a revision that this code does not know."""

    def __init__(self, found: str, known: str) -> None:
        """Keep the revision found and the newest one known."""
        super().__init__(f"{found} is not known here; the newest is {known}")
        self.found, self.known = found, known


def upgrade() -> Path | None:
    """Migrate the database in use, all or nothing; return the copy made of an older SQLite file, if any.

    Raises NewerSchema before anything is touched.
    """
    base = engine()
    found = current(base)
    scripts = _scripts()
    known = scripts.get_current_head() or ""
    if found == known:
        return None
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerSchema(found, known)
    copy = _back_up(base, found) if found else None
    _migrate(base)
    return copy


def to(wanted: str) -> None:
    """Make all tables of the database in use as they were at this revision. Raises NewerSchema for an unknown one."""
    scripts = _scripts()
    if wanted not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerSchema(wanted, scripts.get_current_head() or "")
    _migrate(engine(), wanted)


def newest() -> str:
    """Return the newest revision that this code knows."""
    return _scripts().get_current_head() or ""


def current(base: Engine) -> str | None:
    """Return the revision that a database is at, None if it is empty."""
    with base.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def forget_copies(before: datetime | None = None) -> bool:
    """Remove the copies that were made of the database in use, those of `before` or all; return whether they are gone.

    Also those that a crash has left half done. Other files that lie beside the database are let alone.
    """
    trouble = False
    for copy in _copies(engine()):
        try:
            if before is None or copy.stat().st_mtime < before.timestamp():
                copy.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            _log.error("A copy of the database could not be removed: %s", error)
            trouble = True
    return not trouble


@cache
def config() -> Config:
    """Return what Alembic has to know."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    return made


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def _migrate(base: Engine, wanted: str = "head") -> None:
    with base.connect() as connection:
        # A table that is rebuilt is dropped first, and its rows' children would go with it.
        _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                if base.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _ONE_AT_A_TIME})
                _run(connection, wanted)
        finally:
            _foreign_keys(connection, on=True)


def _run(connection: Connection, wanted: str) -> None:
    settings = Config()
    settings.set_main_option("script_location", config().get_main_option("script_location") or "")
    settings.attributes["connection"] = connection
    command.upgrade(settings, wanted)
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise RuntimeError(f"a migration left a row that points to nothing: {tuple(lost)}")


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    # Inside a transaction SQLite ignores this switch, so it goes past SQLAlchemy, which would begin one.
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")
        cursor.close()


def _back_up(base: Engine, found: str) -> Path | None:
    """Copy a SQLite file beside itself, whole or not at all, and return the copy's path."""
    if base.dialect.name != "sqlite" or not base.url.database:
        return None
    file = Path(base.url.database)
    copy, draft = _names(file, found)
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(draft)) as target:
        source.backup(target)
    draft.replace(copy)
    return copy


def _names(file: Path, revision: str) -> tuple[Path, Path]:
    """Return what a copy of a database at this revision is called, and what it is called while it is being made."""
    return file.with_name(f"{file.name}.{revision}.backup"), file.with_name(f".{file.name}.{revision}.draft")


def _copies(base: Engine) -> list[Path]:
    if base.dialect.name != "sqlite" or not base.url.database:
        return []
    file = Path(base.url.database)
    return [name for script in _scripts().walk_revisions() for name in _names(file, script.revision) if name.exists()]
