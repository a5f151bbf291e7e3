"""Presence: a lock of the database's own that lives exactly as long as the connection of whoever serves.

PostgreSQL gives up an advisory lock when its connection ends, also when the process is killed or the computer goes off;
for the latter it asks every few seconds whether the other side is still there. SQLite has no such lock: see
`core.trust.serving`, which holds a file beside it.
"""

import os
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from db.engine import normal

# Any number will do, as long as every process takes the same.
SERVING = 470_313
# Seconds until a connection whose other side went off without a word is given up: 5 + 3 × 5.
_IDLE, _EVERY, _TIMES = 5, 5, 3
_SERVER_SIDE = f"-c tcp_keepalives_idle={_IDLE} -c tcp_keepalives_interval={_EVERY} -c tcp_keepalives_count={_TIMES}"
_NAME = 63  # bytes of a connection's name

_TAKE = text("SELECT pg_try_advisory_lock(:id)")
_MINE = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objid = :id AND objsubid = 1"
    " AND granted AND pid = pg_backend_pid()"
)
_WHO = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
    " AND classid = 0 AND objid = :id AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Unreachable(Exception):
    """The database does not answer, so nobody can say whose the lock is."""


class Presence:
    """The lock of one PostgreSQL database, on a connection of its own that bears a name which tells who holds it."""

    def __init__(self, url: str, name: str) -> None:
        """Keep the address and the name; nothing is opened yet."""
        self._engine = create_engine(
            normal(url), poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
            connect_args={
                "application_name": name[:_NAME], "options": _SERVER_SIDE, "connect_timeout": 10, "keepalives": 1,
                "keepalives_idle": _IDLE, "keepalives_interval": _EVERY, "keepalives_count": _TIMES,
            },
        )  # fmt: skip
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lock, or see that it is still held; return whether it is ours now. Raises Unreachable."""
        try:
            if self._connection is not None and self._holds(self._connection):
                return True
        except SQLAlchemyError:
            pass
        self.leave()
        try:
            self._connection = self._engine.connect()
            if self._connection.execute(_TAKE, {"id": SERVING}).scalar():
                return True
        except SQLAlchemyError as trouble:
            self.leave()
            raise Unreachable from trouble
        return False

    def who(self) -> str | None:
        """Return the name of the connection that holds the lock, None where it cannot be told."""
        if self._connection is None:
            return None
        with suppress(SQLAlchemyError):
            found: Any = self._connection.execute(_WHO, {"id": SERVING}).scalar()
            return None if found is None else str(found)
        return None

    def leave(self) -> None:
        """Give the lock up, and the connection with it."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
                self._connection.close()
            self._connection = None

    def drop(self) -> None:
        """Let go of the connection in a child of the process that made it, without a word to PostgreSQL."""
        if self._connection is not None:
            driver: Any = self._connection.connection.driver_connection
            with suppress(OSError, SQLAlchemyError):
                os.close(driver.fileno())

    @staticmethod
    def _holds(connection: Connection) -> bool:
        return bool(connection.execute(_MINE, {"id": SERVING}).scalar())
