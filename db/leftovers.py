"""Leftovers: what removed and replaced rows leave behind in the database's files, and having it given up.

It is done outside of any transaction, after a commit that stands whatever becomes of it: so trouble is logged and the
answer says whether it was done, but nothing is raised.
"""

import logging
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import (
    Connection,
    LargeBinary,
    Table,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from db.engine import BUSY_MS, engine

# Nobody who votes shall wait long for a slow reader, or behind us for a table from which one reads.
READER_MS, TABLE_MS = 100, 500

_SOME = re.compile(r"\D*[1-9]")


_log = logging.getLogger(__name__)


def empty_journal() -> bool:
    """Empty SQLite's write-ahead log and return whether it is empty now: it is not while somebody reads from it.

    PostgreSQL keeps its own, and empties it for nobody.
    """
    return not _on_sqlite() or _done("empty the journal", _checkpoint)


def compact(*names: str) -> bool:
    """Have PostgreSQL write these tables anew, in new files, without what was replaced; return whether it has.

    A plain VACUUM would let the old bytes lie until others need their place. SQLite overwrites at once what is replaced
    or removed; its journal still holds it, and now and then a copy in a page that was split, for which see `owe`.
    """
    if _on_sqlite():
        return empty_journal()
    return _done("write tables anew", partial(_write_anew, names))


def scrub(*names: str) -> bool:
    """Have the database give up everything that was removed from these tables; return whether it has.

    Asks PostgreSQL to let go of its old log as well, which is refused to most; what became of that is not told.
    """
    if _on_sqlite():
        # While somebody reads, all that is written anew would only wait in the journal.
        return empty_journal() and _done("write the file anew", _vacuum) and empty_journal()
    done = compact(*names)
    if done:
        for wish in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            _done(wish, partial(_tell, wish))
    return done


def owe(connection: Connection) -> None:
    """Note in SQLite's file, with this transaction, that something was removed from it: then `settle` writes it anew.

    Where a page is split, rows move to another one and their old bytes stay in its gap. What is removed later is
    overwritten where it lies then, and nowhere else. The note is the file's own number for its user: it is written or
    not as the rows are, and outlives a crash. PostgreSQL has no such note; see `sweep`.
    """
    if connection.dialect.name == "sqlite":
        owed = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        connection.exec_driver_sql(f"PRAGMA user_version = {owed + 1}")


def settle() -> bool:
    """Write SQLite's file anew if that is owed; return whether nothing is owed now. Writers wait meanwhile."""
    if not _on_sqlite():
        return True
    owed = _owed()
    return not owed or (scrub() and _done("note what is settled", partial(_settled, owed)))


def sweep(*names: str) -> None:
    """Have the database forget the removed rows of these tables while others go on working, sooner than it would."""
    if _on_sqlite():
        empty_journal()
        return
    for name in names:
        _done("sweep a table", partial(_tell, f'VACUUM "{name}"'))


def _on_sqlite() -> bool:
    return engine().dialect.name == "sqlite"


def _done(what: str, work: Callable[[], bool]) -> bool:
    try:
        return work()
    except (SQLAlchemyError, sqlite3.Error) as trouble:
        _log.warning("Could not %s: %s", what, trouble)
        return False


# SQLite


@contextmanager
def _alone() -> Iterator[sqlite3.Cursor]:
    """Give a cursor outside of any transaction that may write, whatever its connection was used for before."""
    raw = engine().raw_connection()
    try:
        cursor: Any = raw.cursor()
        cursor.execute("PRAGMA query_only = OFF")
        yield cursor
        cursor.close()
    finally:
        raw.close()


def _checkpoint() -> bool:
    with _alone() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {READER_MS}")
        try:
            ((busy, _, _),) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return not busy


def _vacuum() -> bool:
    with _alone() as cursor:
        cursor.execute("VACUUM")
    return True


def _owed() -> int:
    with _alone() as cursor:
        ((owed,),) = cursor.execute("PRAGMA user_version").fetchall()
    return int(owed)


def _settled(owed: int) -> bool:
    """Take the note back; False if more has come to be owed since."""
    with _alone() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        ((now,),) = cursor.execute("PRAGMA user_version").fetchall()
        if now == owed:
            cursor.execute("PRAGMA user_version = 0")
        cursor.execute("COMMIT")
    return bool(now == owed)


# PostgreSQL


@contextmanager
def _telling() -> Iterator[Connection]:
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def _tell(statement: str) -> bool:
    with _telling() as connection:
        connection.exec_driver_sql(statement)
    return True


def _write_anew(names: tuple[str, ...]) -> bool:
    """Write tables anew; False if one is not ours, or somebody still sees what was replaced, so that it was kept."""
    kept: list[str] = []

    def hear(notice: Any) -> None:
        # VERBOSE says first how many dead rows could not be removed, in whatever language.
        if notice.severity_nonlocalized == "WARNING" or _SOME.match(notice.message_detail or ""):
            kept.append(notice.message_primary)

    with _telling() as connection:
        driver: Any = connection.connection.driver_connection
        driver.add_notice_handler(hear)
        connection.exec_driver_sql(f"SET lock_timeout = {TABLE_MS}")
        try:
            for name in names:
                connection.exec_driver_sql(f'VACUUM (FULL, VERBOSE) "{name}"')
        finally:
            driver.remove_notice_handler(hear)
            connection.exec_driver_sql("RESET lock_timeout")
    return not kept


def rewrite(connection: Connection, table: Table, round_id: int, name: str, values: Sequence[Any]) -> None:
    """Write the rows of a round with these values again, in this order, as if they had all come in this transaction.

    Where a row lies in the file, and which transaction it names, then no longer tells when it first came.
    """
    place = (table.c.round_id == round_id) & (table.c[name] == bindparam("value"))
    if connection.dialect.name != "sqlite":
        # What is too long for its row lies in a place of its own, under a number that counts up: it moves as well.
        moved = {each: each.op("||")(text("''::bytea")) for each in table.c if isinstance(each.type, LargeBinary)}
        same = update(table).where(place).values({table.c.round_id: table.c.round_id, **moved})
        connection.execute(same, [{"value": value} for value in values])
        return
    rows: list[Any] = []
    for start in range(0, len(values), 500):
        some = table.c[name].in_(values[start : start + 500])
        rows += connection.execute(select(table).where(table.c.round_id == round_id, some)).mappings().all()
    order = {value: number for number, value in enumerate(values)}
    rows.sort(key=lambda row: order[row[name]])
    if rows:
        connection.execute(delete(table).where(place), [{"value": row[name]} for row in rows])
        connection.execute(insert(table), [dict(row) for row in rows])


def blur(connection: Connection, table: Table, round_id: int, name: str) -> None:
    """Write the rows of a round that came alone again, together and in a drawn order, told apart by the column `name`.

    Two tables that were written in one transaction can else be put side by side. SQLite's rows name no transaction.
    """
    if connection.dialect.name == "sqlite":
        return
    alone = text(
        f'SELECT "{name}" FROM "{table.name}" WHERE round_id = :id AND xmin::text IN (SELECT xmin::text'
        f' FROM "{table.name}" WHERE round_id = :id GROUP BY xmin::text HAVING count(*) = 1)'
    )
    found = connection.execute(alone, {"id": round_id}).scalars().all()
    if found:
        rewrite(connection, table, round_id, name, secrets.SystemRandom().sample(found, len(found)))
