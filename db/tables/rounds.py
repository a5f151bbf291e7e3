"""Rounds, what two people do to them, their results and their journal."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, amount, key, link, moment, texts


class Round(Row, table=True):
    """One budget from the first idea to the last project. Its phase follows from its dates."""

    id: int | None = key()
    slug: str
    municipality_id: int = link("municipality.id", ondelete="CASCADE")
    titles: dict[str, str] = texts()
    intro: dict[str, str] = texts()
    contact_email: str = ""
    budget: int = amount()
    currency: str = "EUR"
    timezone: str = "Europe/Sofia"
    min_cost: int | None = amount(nullable=True)
    max_cost: int | None = amount(nullable=True)
    # So many ideas of one person at most.
    ideas_each: int = 5
    age_min: int | None = None
    age_max: int | None = None
    age_on: date
    ballot_type: str = "approval"
    min_choices: int | None = None
    max_choices: int | None = None
    rule: str = "greedy"
    rule_settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    visibility: str = "live"
    tally_step: int = 20
    code_required: bool = True
    eligible_estimate: int | None = None
    eligible_source: dict[str, str] = texts()
    ideas_from: datetime | None = moment(nullable=True)
    ideas_until: datetime | None = moment(nullable=True)
    voting_from: datetime = moment()
    voting_until: datetime = moment()
    results_on: datetime = moment()
    implementation_from: datetime | None = moment(nullable=True)
    extended_at: datetime | None = moment(nullable=True)
    extended_reason: str = ""
    published_at: datetime | None = moment(nullable=True)
    counted_at: datetime | None = moment(nullable=True)
    result_published_at: datetime | None = moment(nullable=True)
    voided_at: datetime | None = moment(nullable=True)
    void_reason: str = ""
    # Of the vote: the public half of the count key, and the log's name, which never changes.
    count_public: bytes | None = None
    origin: str | None = None
    # Of the closing, step by step; each is empty until it is done.
    closed_at: datetime | None = moment(nullable=True)
    final_size: int | None = None
    final_root: bytes | None = None
    randomness: str | None = None
    randomness_source: str | None = None
    opened_at: datetime | None = moment(nullable=True)
    turnout: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    keep_until: datetime | None = moment(nullable=True)
    anonymised_at: datetime | None = moment(nullable=True)
    # Until when open objections hold anonymising back; and since when nothing leads to people, of a round never closed.
    held_until: datetime | None = moment(nullable=True)
    parted_at: datetime | None = moment(nullable=True)
    imported: bool = False
    # Of the imported file: its digest, which tells it again, and what its head said.
    source_digest: str | None = None
    source: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    demo: bool = False
    # Grows at every change, so that a cache knows an old value.
    version: int = 1
    created_at: datetime = moment()

    __table_args__ = (UniqueConstraint("slug"), Index(None, "source_digest"))


class SecondPerson(Row, table=True):
    """A first person's request that waits for a second one: what it would change, and the hash she agrees to.

    `ended_at`: what it covers was changed meanwhile, so nobody can agree to it any more. It stays to be told to both;
    where somebody has declined it, only to the one who asked. `declined_by`: her pseudonym, "" where nobody has.
    """

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    action: str
    # What of the round it is about, where there are several: the number of a batch of codes.
    subject: str = ""
    asked_by: str
    asked_at: datetime = moment()
    reason: str = ""
    # Each {"field", "old", "new", "of"}.
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    # SHA-256, in hexadecimal digits.
    consent: str = ""
    ended_at: datetime | None = moment(nullable=True)
    declined_by: str = ""

    __table_args__ = (UniqueConstraint("round_id", "action", "subject"),)


class Objection(Row, table=True):
    """What somebody objected to in a result, as one organiser noted it, without names, and what another answered."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE")
    # Pseudonyms.
    noted_by: str
    noted_at: datetime = moment()
    words: str
    answered_by: str | None = None
    answered_at: datetime | None = moment(nullable=True)
    answer: str = ""


class Result(Row, table=True):
    """What a count gave, with the fingerprint of its input."""

    id: int | None = key()
    round_id: int = link("round.id", ondelete="CASCADE", index=False)
    rule: str
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    allocation: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    ballots: int
    fingerprint: str
    # Of the ballots alone, as anybody computes it of the election file; none of what was counted earlier.
    checksum: str | None = None
    counted_at: datetime = moment()
    published_at: datetime | None = moment(nullable=True)

    __table_args__ = (UniqueConstraint("round_id"),)


class Journal(Row, table=True):
    """Who did what to a round. Lines are added, never changed or removed: triggers see to it.

    `number`: the line's place among those of its municipality, from 1 on; `hash`: over the one before and what the line
    keeps, 32 bytes.
    """

    id: int | None = key()
    municipality_id: int = link("municipality.id", ondelete="CASCADE")
    round_id: int | None = link("round.id", ondelete="CASCADE", nullable=True)
    at: datetime = moment()
    role: str
    pseudonym: str
    action: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    number: int
    hash: bytes

    __table_args__ = (Index("uq_journal_municipality_id_number", "municipality_id", "number", unique=True),)
