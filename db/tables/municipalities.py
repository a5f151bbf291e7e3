"""Municipalities with their areas and the categories of their ideas."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, key, link, moment, texts


class Municipality(Row, table=True):
    """A town. The imported elections live in one of their own, which is read-only."""

    id: int | None = key()
    slug: str
    names: dict[str, str] = texts()
    contact_email: str = ""
    imprint: dict[str, str] = texts()
    # What its texts are written in, in the order in which it is offered; the first is its own.
    languages: list[str] = Field(sa_type=JSON)
    timezone: str = "Europe/Sofia"
    read_only: bool = False
    demo: bool = False
    created_at: datetime = moment()

    __table_args__ = (UniqueConstraint("slug"),)


class Area(Row, table=True):
    """A quarter or village."""

    id: int | None = key()
    municipality_id: int = link("municipality.id", ondelete="CASCADE", index=False)
    code: str
    names: dict[str, str] = texts()
    position: int = 0
    lat: float | None = None
    lon: float | None = None
    # Since when it is offered for nothing new; what stands in it stays there.
    retired_at: datetime | None = moment(nullable=True)

    __table_args__ = (UniqueConstraint("municipality_id", "code"),)


class Category(Row, table=True):
    """What an idea is about."""

    id: int | None = key()
    municipality_id: int = link("municipality.id", ondelete="CASCADE", index=False)
    code: str
    names: dict[str, str] = texts()
    position: int = 0
    # Whose picture and colour it has, by the code of a ready topic; "": its own.
    icon: str = ""
    retired_at: datetime | None = moment(nullable=True)

    __table_args__ = (UniqueConstraint("municipality_id", "code"),)
