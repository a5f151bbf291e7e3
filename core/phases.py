"""Phases: where a round stands, from its dates alone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    """A part of a round's life. Periods include their start and exclude their end."""

    preparation = "preparation"
    ideas = "ideas"
    review = "review"
    voting = "voting"
    counting = "counting"
    results = "results"
    implementation = "implementation"


@dataclass(frozen=True, slots=True)
class Dates:
    """The moments a round turns on. A round without ideas of its own has no `ideas_…`."""

    ideas_from: datetime | None
    ideas_until: datetime | None
    voting_from: datetime
    voting_until: datetime
    results_on: datetime
    implementation_from: datetime | None = None


def phase_of(
    dates: Dates,
    *,
    at: datetime,
    published_at: datetime | None,
    result_published_at: datetime | None = None,
    voided_at: datetime | None = None,
) -> Phase:
    """Return the phase at a moment. A draft is in preparation whatever its dates say; a voided round is over."""
    if published_at is None or at < published_at:
        return Phase.preparation
    if voided_at is not None and at >= voided_at:
        return Phase.results
    if result_published_at is not None and at >= result_published_at:
        begun = dates.implementation_from is not None and at >= dates.implementation_from
        return Phase.implementation if begun else Phase.results
    if at >= dates.voting_until:
        return Phase.counting
    if at >= dates.voting_from:
        return Phase.voting
    if dates.ideas_until is not None and at >= dates.ideas_until:
        return Phase.review
    if dates.ideas_from is not None and at >= dates.ideas_from:
        return Phase.ideas
    return Phase.preparation


def next_change(
    dates: Dates,
    *,
    at: datetime,
    published_at: datetime | None,
    result_published_at: datetime | None = None,
    voided_at: datetime | None = None,
) -> datetime | None:
    """Return when the phase turns by itself next; None where it waits for people or nothing follows."""
    if published_at is None or voided_at is not None:
        return None
    before = (dates.ideas_from, dates.ideas_until, dates.voting_from, dates.voting_until)
    coming = before if result_published_at is None else (dates.implementation_from,)
    return next((turn for turn in coming if turn is not None and turn > at), None)
