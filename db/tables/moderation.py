"""What is hidden from the public, and accounts that two people are to erase."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, key, link, moment, texts


class Hiding(Row, table=True):
    """Words that only staff and their author see, with the public reason. One of the four links says of what.

    It goes with what it hides, and when that is shown again; the journal keeps that it was.
    """

    id: int | None = key()
    municipality_id: int = link("municipality.id", ondelete="CASCADE")
    idea_id: int | None = link("idea.id", ondelete="CASCADE", index=False, nullable=True)
    project_id: int | None = link("project.id", ondelete="CASCADE", index=False, nullable=True)
    review_id: int | None = link("review.id", ondelete="CASCADE", index=False, nullable=True)
    person_id: int | None = link("person.id", ondelete="CASCADE", index=False, nullable=True)
    # Which of its texts; "all" is the whole idea.
    part: str
    reason: dict[str, str] = texts()
    # A pseudonym.
    hidden_by: str
    hidden_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("idea_id", "part"),
        UniqueConstraint("project_id", "part"),
        UniqueConstraint("review_id", "part"),
        UniqueConstraint("person_id", "part"),
    )


class ErasureRequest(Row, table=True):
    """An account that one organiser was asked to erase, until another agrees; it goes with the account."""

    person_id: int = Field(
        foreign_key="person.id",
        primary_key=True,
        ondelete="CASCADE",
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    municipality_id: int = link("municipality.id", ondelete="CASCADE")
    # "owner" or "parent".
    on_behalf_of: str
    reason: str
    # A pseudonym.
    asked_by: str
    asked_at: datetime = moment()
