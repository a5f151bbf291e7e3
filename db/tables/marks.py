"""Marks: what tells whether keys and database belong together."""

from sqlmodel import Field

from db.tables.base import Row, link


class Mark(Row, table=True):
    """The hash of a key that lies outside the database, or what the server that runs has written here. By its name."""

    name: str = Field(primary_key=True)
    round_id: int | None = link("round.id", ondelete="CASCADE", nullable=True)
    value: bytes
