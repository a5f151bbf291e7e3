"""What all tables share: their names, their moments and a few kinds of columns."""

import re
import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, Integer, MetaData, Table
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Constraints have names, or a migration could not find them again.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# SQLite gives numbers by itself only to a column that is called INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC; a naive one is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment as it was written."""
        return None if value is None else aware(value)


class Words(TypeDecorator[dict[str, str]]):
    """A text that people write, by language; a type of its own, so that whoever looks for such texts finds all."""

    impl = JSON
    cache_ok = True


def aware(value: datetime) -> datetime:
    """Return `value` in UTC. SQLite forgets the time zone, so it is put back on reading."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """A row of a table that is named after its class, in small letters with underscores."""

    metadata: ClassVar[MetaData] = metadata

    @declared_attr.directive
    def __tablename__(cls) -> str:
        """Return "sign_in" for SignIn."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def table_of(model: type[SQLModel]) -> Table:
    """Return the plain table behind a model, for statements that need no objects."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


def id_of(row: Any) -> int:
    """Return the number the database gave to a row that is in it."""
    number: int | None = row.id
    if number is None:
        raise ValueError("the row is not in the database yet: flush first")
    return number


def key() -> Any:
    """Return a number that the database gives, as primary key."""
    return Field(default=None, sa_column=Column(_NUMBER, primary_key=True))


def drawn_key() -> Any:
    """Return a number drawn at random, as primary key: it tells no order, and is never given to a second row.

    A database that counts gives the number of a last row that is gone to the next one.
    """
    return Field(default_factory=_drawn, sa_column=Column(_NUMBER, primary_key=True))


def _drawn() -> int:
    # Beyond what a database counts up itself, and exact in a browser.
    return secrets.randbelow(2**53 - 2**40) + 2**40


def link(target: str, *, ondelete: str | None = None, index: bool = True, nullable: bool = False) -> Any:
    """Return a column that points to `target`, like "round.id"."""
    options: dict[str, Any] = {"default": None, "nullable": True} if nullable else {}
    return Field(foreign_key=target, index=index, ondelete=cast(Any, ondelete), sa_type=BigInteger, **options)


def amount(*, nullable: bool = False) -> Any:
    """Return a column of money in minor units: a real city's budget passes 2³¹."""
    options: dict[str, Any] = {"default": None, "nullable": True} if nullable else {}
    return Field(sa_type=BigInteger, **options)


def texts() -> Any:
    """Return a column of one text that people write: {language: words}."""
    return Field(default_factory=dict, sa_type=cast(Any, Words))


def moment(*, nullable: bool = False) -> Any:
    """Return a column of moments."""
    options: dict[str, Any] = {"default": None, "nullable": True} if nullable else {}
    return Field(sa_type=cast(Any, Moment), **options)
