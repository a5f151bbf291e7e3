"""Ideas, their reviews and the projects that they become."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, amount, key, link, moment, texts


class Idea(Row, table=True):
    """What a resident submits. Without an author once her account is erased."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE")
    author_id: int | None = link("person.id", ondelete="SET NULL", nullable=True)
    # The one it was written in; others may have been added.
    language: str
    title: dict[str, str] = texts()
    problem: dict[str, str] = texts()
    solution: dict[str, str] = texts()
    place: str = ""
    area_id: int | None = link("area.id", ondelete="SET NULL", nullable=True)
    category_id: int | None = link("category.id", ondelete="SET NULL", nullable=True)
    cost: int | None = amount(nullable=True)
    status: str = "draft"
    created_at: datetime = moment()
    updated_at: datetime = moment()
    submitted_at: datetime | None = moment(nullable=True)
    demo: bool = False


class Review(Row, table=True):
    """A verdict on an idea, with the reason its author and everyone may read."""

    id: int | None = key()
    idea_id: int = link("idea.id", ondelete="CASCADE")
    reviewer_id: int | None = link("person.id", ondelete="SET NULL", nullable=True)
    verdict: str
    cost: int | None = amount(nullable=True)
    reason: dict[str, str] = texts()
    created_at: datetime = moment()


class Project(Row, table=True):
    """What stands on the ballot. `code` is its name in ballots, `lot` its place in the order drawn for ties."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    code: str
    idea_id: int | None = link("idea.id", ondelete="SET NULL", nullable=True)
    title: dict[str, str] = texts()
    text: dict[str, str] = texts()
    cost: int = amount()
    area_id: int | None = link("area.id", ondelete="SET NULL", nullable=True)
    category_id: int | None = link("category.id", ondelete="SET NULL", nullable=True)
    place: str = ""
    lat: float | None = None
    lon: float | None = None
    position: int = 0
    lot: int | None = None
    published_score: str | None = None
    selected: int | None = None
    conflicts: list[Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    # Since when two people have taken it out of the vote, after the first ballot, and their public reason.
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_reason: str = ""

    __table_args__ = (UniqueConstraint("round_id", "code"),)
