"""The engine: how sessions are opened on SQLite and PostgreSQL, and what both promise."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlmodel import Session

from db import files

BUSY_MS = 10_000
# How JSON writes a zero character: the backslash before it belongs to no other.
_ZERO = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")
# Any number will do, as long as every process takes the same.
_LOGS, _JOURNALS = 470_310, 470_312


def _as_json(value: Any) -> str:
    """Return JSON without zero characters, with letters as they are: who looks for somebody's words finds them."""
    text = json.dumps(value, ensure_ascii=False)
    return _ZERO.sub(r"\1", text) if "\\u0000" in text else text


# What fails is logged, and what it was about must not be: a ballot, a name, a digest.
_SAME: dict[str, Any] = {
    "pool_size": 10, "max_overflow": 20, "hide_parameters": True, "json_serializer": _as_json,
}  # fmt: skip
_source: Callable[[], str] | None = None
_in_use: list[str] = []


def found_at(source: Callable[[], str]) -> None:
    """Have `source` tell the database's address when it is first needed."""
    global _source
    _source = source


@contextmanager
def use(url: str) -> Iterator[Engine]:
    """Work with another database inside the block; for tests, and for tools that are given an address."""
    _in_use.append(url)
    try:
        yield open_engine(url)
    finally:
        _in_use.remove(url)


def engine() -> Engine:
    """Return the engine of the database in use; there is one per address."""
    if _in_use:
        return open_engine(_in_use[-1])
    if _source is None:
        raise RuntimeError("no database has been named: import core.store, or use db.engine.use(url)")
    return open_engine(_source())


@cache
def open_engine(url: str) -> Engine:
    """Return the engine for an address like sqlite:///glas.db or postgresql://host/name."""
    address = normal(url)
    if address.get_backend_name() != "sqlite":
        made = create_engine(address, pool_pre_ping=True, **_SAME)
        event.listen(made, "connect", _set_up_postgresql)
        event.listen(made, "handle_error", _say_less)
        return made
    if address.database:
        Path(address.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = create_engine(address, **_SAME)
    event.listen(made, "connect", _set_up_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def normal(url: str) -> URL:
    """Return the address with the driver that Glas uses for PostgreSQL."""
    address = make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    return address


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a session that may write; the end of the block commits, an error undoes everything."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session that sees one state of the database and cannot change it."""
    with Session(_reader(engine()), expire_on_commit=False) as session:
        yield session


def database_now(session: Session) -> datetime:
    """Return this moment by the database's clock, to the millisecond or better."""
    if is_sqlite(session):
        # Whole milliseconds are what SQLite's clock gives.
        found = session.connection().exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')").scalar_one()
        return datetime.fromisoformat(found).replace(tzinfo=UTC)
    # Not now(): that is when the transaction began, which may be before the lock was had.
    moment: datetime = session.connection().exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return moment.astimezone(UTC)


def lock_round(session: Session, round_id: int, *, exclusive: bool = False) -> None:
    """Hold the round until the end of the transaction: shared by votes, exclusive for closing and editing."""
    # On SQLite a writing transaction is alone from its first statement on.
    if is_sqlite(session):
        session.connection()
        return
    strength = "FOR UPDATE" if exclusive else "FOR SHARE"
    session.connection().execute(text(f"SELECT id FROM round WHERE id = :id {strength}"), {"id": round_id})


def hold_log(session: Session, round_id: int, *, wait: bool) -> bool:
    """Be the only one who batches a round's log until the transaction ends; False if another one is, unless `wait`.

    Whoever also locks the round exclusively does this first, or the two could wait for each other.
    """
    if is_sqlite(session):
        session.connection()
        return True
    name = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    held = session.connection().execute(text(f"SELECT {name}({_LOGS}, :id)"), {"id": round_id}).scalar()
    return wait or bool(held)


def hold_journal(session: Session, municipality_id: int) -> None:
    """Be the only one who adds lines to a municipality's journal until the transaction ends."""
    if is_sqlite(session):
        session.connection()
        return
    hold = text(f"SELECT pg_advisory_xact_lock({_JOURNALS}, :id)")
    session.connection().execute(hold, {"id": municipality_id % 2**31})


def is_durable(session: Session) -> bool:
    """Return whether what is committed survives a power cut; a PostgreSQL without fsync promises nothing."""
    asked, wanted = ("PRAGMA synchronous", 2) if is_sqlite(session) else ("SHOW fsync", "on")
    return bool(session.connection().exec_driver_sql(asked).scalar_one() == wanted)


def unsafe_place(session: Session) -> str | None:
    """Return why a SQLite file cannot be served from where it lies, None if it can, or on PostgreSQL.

    network: on a folder that computers share; no_wal: SQLite was asked to write its log ahead (WAL), and answered that
    it does not, as where memory cannot be shared; then a reader would block votes, and a crash could take them along.
    """
    if not is_sqlite(session):
        return None
    connection = session.connection()
    rows = connection.exec_driver_sql("PRAGMA database_list").all()
    file = next((row[2] for row in rows if row[1] == "main"), "")
    if file and files.is_shared(files.kind_of(Path(file).resolve())):
        return "network"
    # What was asked for in _set_up_sqlite is no more than a wish; this is what it came to.
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    return None if mode == "wal" else "no_wal"


def is_sqlite(session: Session) -> bool:
    """Return whether the session works on SQLite, where a writing transaction is alone."""
    return session.get_bind().dialect.name == "sqlite"


@cache
def _reader(writer: Engine) -> Engine:
    if writer.dialect.name == "sqlite":
        return writer.execution_options(glas_reading=True)
    return writer.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # Python's own BEGIN comes late and deferred; ours is sent in _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # An acknowledged ballot must survive a power cut.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is replaced or removed is overwritten: a free page must not keep the order of ballots, or an old one.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    # What is set inside a transaction goes when that is undone.
    connection.autocommit = True
    # An acknowledged ballot must survive a power cut, whatever the server's own configuration says.
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.autocommit = False
    # The edges clean what comes from outside. Should one be forgotten, a text loses a character nobody saw, and the
    # page does not break: SQLite would have taken it.
    for dumper in _zeroless():
        connection.adapters.register_dumper(str, dumper)


@cache
def _zeroless() -> tuple[type[Any], ...]:
    """Return what hands texts over to PostgreSQL without zero characters; the last is asked first."""
    # Only who has a PostgreSQL loads its driver.
    from psycopg.types.string import StrBinaryDumper, StrDumper, StrDumperUnknown

    def zeroless(dumper: type[Any]) -> type[Any]:
        def dump(self: Any, text: str) -> Any:
            return dumper.dump(self, text.replace("\0", "") if "\0" in text else text)

        return type(dumper.__name__, (dumper,), {"dump": dump})

    return tuple(map(zeroless, (StrBinaryDumper, StrDumper, StrDumperUnknown)))


def _say_less(context: ExceptionContext) -> None:
    """Take out of an error what PostgreSQL quotes of the row that it refuses."""
    cause, outer = context.original_exception, context.sqlalchemy_exception
    first = getattr(getattr(cause, "diag", None), "message_primary", None)
    if first:
        cause.args = (first,)
        if outer is not None:
            outer.args = (f"({type(cause).__module__}.{type(cause).__name__}) {first}",)


def _begin_sqlite(connection: Connection) -> None:
    only_reads = connection.get_execution_options().get("glas_reading", False)
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA query_only = {'ON' if only_reads else 'OFF'}")
    # A deferred transaction that turns to writing can fail at once where an immediate one waits its turn.
    cursor.execute("BEGIN" if only_reads else "BEGIN IMMEDIATE")
    cursor.close()
