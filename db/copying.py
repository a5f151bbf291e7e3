"""Copying: every table's rows in and out, by kinds of columns that both databases have."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.types import TypeEngine

from db import migrate
from db.engine import engine
from db.tables import Moment

KINDS: Mapping[str, type[TypeEngine[Any]]] = {
    "moment": Moment, "date": sa.Date, "bytes": sa.LargeBinary, "json": sa.JSON, "boolean": sa.Boolean,
    "float": sa.Float, "integer": sa.BigInteger, "text": sa.String,
}  # fmt: skip


def kind(column: TypeEngine[Any]) -> str:
    """Return the name of a column's kind. Raises TypeError for one that a backup could not hold."""
    if isinstance(column, sa.types.TypeDecorator) and not isinstance(column, Moment):
        column = column.impl_instance
    for name, found in KINDS.items():
        if isinstance(column, found) or (name == "integer" and isinstance(column, sa.Integer)):
            return name
    raise TypeError(f"a backup has no word for {column!r}")


def decoded(value: Any, kind: str) -> Any:
    """Return what JSON wrote as this kind of value."""
    if value is None:
        return None
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    return bytes.fromhex(value) if kind == "bytes" else value


def revision(connection: sa.Connection) -> str:
    """Return the schema's revision."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@dataclass(frozen=True, slots=True)
class Target:
    """An empty database that is being filled, in one transaction."""

    connection: sa.Connection

    def insert(self, table: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows."""
        # Nothing at all stays nothing at all, and does not become JSON's null.
        kinds = {
            name: sa.JSON(none_as_null=True) if kind == "json" else KINDS[kind]() for name, kind in columns.items()
        }
        known = sa.table(table, *(sa.column(name, kind) for name, kind in kinds.items()))
        if rows:
            self.connection.execute(sa.insert(known), list(rows))


@contextmanager
def fill(wanted: str) -> Iterator[Target | None]:
    """Give a database to be filled at this revision, and bring it up to date afterwards; None if it holds rows.

    Raises NewerSchema for a revision that is not known here.
    """
    base = engine()
    found = migrate.current(base)
    if found not in (None, wanted) or (found is not None and _holds_rows(base)):
        yield None
        return
    migrate.to(wanted)
    with base.begin() as connection:
        yield Target(connection)
        _number_on(connection)
    migrate.upgrade()


def _holds_rows(base: sa.Engine) -> bool:
    with base.connect() as connection:
        names = [name for name in sa.inspect(connection).get_table_names() if name != "alembic_version"]
        return any(
            connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first() for name in names
        )


def _number_on(connection: sa.Connection) -> None:
    """Let PostgreSQL's numbers go on behind the rows that brought theirs; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        if any(column["name"] == "id" for column in inspector.get_columns(name)):
            sequence = connection.execute(sa.text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{name}"'})
            if owned := sequence.scalar():
                last = connection.execute(sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(name))).scalar()
                if last:
                    connection.execute(sa.text("SELECT setval(:owned, :last)"), {"owned": owned, "last": last})
