"""A round as a value: what it is, what an organiser drafts, and how both come from a row."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from core.ballots.types import BallotRules
from core.phases import Dates, Phase, next_change, phase_of
from core.texts import NO_TEXT, Texts
from db import tables

Visibility = Literal["live", "turnout", "sealed"]


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """What an organiser decides about a round. Money in minor units of its currency."""

    titles: Texts
    budget: int
    dates: Dates
    ballot: BallotRules
    age_on: date
    intro: Texts = NO_TEXT
    contact_email: str = ""
    currency: str = "EUR"
    timezone: str = "Europe/Sofia"
    min_cost: int | None = None
    max_cost: int | None = None
    ideas_each: int = 5
    age_min: int | None = None
    age_max: int | None = None
    rule: str = "greedy"
    rule_settings: dict[str, Any] = field(default_factory=dict)
    visibility: Visibility = "live"
    tally_step: int = 20
    code_required: bool = True
    eligible_estimate: int | None = None
    eligible_source: Texts = NO_TEXT


@dataclass(frozen=True, slots=True)
class Round:
    """One budget from the first idea to the last project. `locked` is True from the first ballot on."""

    id: int
    slug: str
    municipality_id: int
    titles: Texts
    intro: Texts
    contact_email: str
    budget: int
    currency: str
    timezone: str
    min_cost: int | None
    max_cost: int | None
    ideas_each: int
    age_min: int | None
    age_max: int | None
    age_on: date
    ballot: BallotRules
    rule: str
    rule_settings: dict[str, Any]
    visibility: Visibility
    tally_step: int
    code_required: bool
    eligible_estimate: int | None
    eligible_source: Texts
    dates: Dates
    extended_at: datetime | None
    extended_reason: str
    published_at: datetime | None
    counted_at: datetime | None
    result_published_at: datetime | None
    voided_at: datetime | None
    void_reason: str
    closed_at: datetime | None
    opened_at: datetime | None
    keep_until: datetime | None
    anonymised_at: datetime | None
    imported: bool
    source: dict[str, Any] | None
    demo: bool
    locked: bool
    version: int
    # Until when open objections hold anonymising back; since when nothing leads to people, of a round never closed.
    held_until: datetime | None = None
    parted_at: datetime | None = None

    @property
    def draft(self) -> bool:
        """Return whether only staff know of it yet."""
        return self.published_at is None

    @property
    def shows_result(self) -> bool:
        """Return whether its result is published, and it is not void."""
        return self.result_published_at is not None and self.voided_at is None

    @property
    def advisory(self) -> bool:
        """Return whether it only advises: nobody can rule out a second account where no code is asked for."""
        return not (self.code_required or self.imported)

    def phase(self, at: datetime) -> Phase:
        """Return the phase at a moment."""
        return phase_of(self.dates, at=at, **self._decided)

    def next_change(self, at: datetime) -> datetime | None:
        """Return when the phase turns by itself next; None where it waits for people or nothing follows."""
        return next_change(self.dates, at=at, **self._decided)

    def seconds_left(self, at: datetime) -> int:
        """Return the whole seconds to the next change, 0 where none comes by itself."""
        turn = self.next_change(at)
        return 0 if turn is None else int((turn - at).total_seconds())

    @property
    def voided_in(self) -> Phase | None:
        """Return how far it had come when it was declared void, None if it is not."""
        if self.voided_at is None:
            return None
        return phase_of(self.dates, at=self.voided_at, **{**self._decided, "voided_at": None})

    @property
    def _decided(self) -> dict[str, datetime | None]:
        """Return what people have decided, for a phase hangs on that besides the dates."""
        return {
            "published_at": self.published_at,
            "result_published_at": self.result_published_at,
            "voided_at": self.voided_at,
        }

    def as_draft(self) -> RoundDraft:
        """Return what an organiser would hand in to leave the round as it is."""
        return RoundDraft(**{name: getattr(self, name) for name in RoundDraft.__dataclass_fields__})


def round_of(row: tables.Round, *, locked: bool) -> Round:
    """Return a row's value."""
    return Round(
        id=tables.id_of(row),
        ballot=BallotRules(row.ballot_type, row.min_choices, row.max_choices),
        visibility=row.visibility,  # type: ignore[arg-type]
        dates=Dates(
            row.ideas_from,
            row.ideas_until,
            row.voting_from,
            row.voting_until,
            row.results_on,
            row.implementation_from,
        ),
        locked=locked or row.imported,
        titles=Texts(row.titles),
        intro=Texts(row.intro),
        eligible_source=Texts(row.eligible_source),
        **{name: getattr(row, name) for name in _SAME},
    )


def put(draft: RoundDraft, row: tables.Round) -> None:
    """Write a draft's fields to a row."""
    for name in _DRAFTED:
        setattr(row, name, getattr(draft, name))
    for name in Dates.__dataclass_fields__:
        setattr(row, name, getattr(draft.dates, name))
    for name in _TEXTS:
        setattr(row, name, getattr(draft, name).words)
    row.ballot_type = draft.ballot.type
    row.min_choices, row.max_choices = draft.ballot.min_choices, draft.ballot.max_choices


# What a row and its value call by the same name.
_TEXTS = ("titles", "intro", "eligible_source")
_NOT_SAME = {"id", "visibility", *_TEXTS}
_SAME = tuple(
    name for name in Round.__dataclass_fields__ if name in tables.Round.model_fields and name not in _NOT_SAME
)
_DRAFTED = tuple(
    name for name in RoundDraft.__dataclass_fields__ if name in tables.Round.model_fields and name not in _TEXTS
)
