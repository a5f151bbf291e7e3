"""Phases follow from dates; periods include their start and exclude their end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.phases import Dates, Phase, next_change, phase_of

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
START = datetime(2026, 3, 1, tzinfo=UTC)
DATES = Dates(START, START + 10 * DAY, START + 20 * DAY, START + 30 * DAY, START + 40 * DAY, START + 50 * DAY)
PUBLISHED = START - DAY


def phase(at: datetime, dates: Dates = DATES, **more) -> Phase:
    return phase_of(dates, **{"at": at, "published_at": PUBLISHED, **more})


@pytest.mark.parametrize(
    ("turn", "before", "after"),
    [
        (DATES.ideas_from, Phase.preparation, Phase.ideas),
        (DATES.ideas_until, Phase.ideas, Phase.review),
        (DATES.voting_from, Phase.review, Phase.voting),
        (DATES.voting_until, Phase.voting, Phase.counting),
    ],
)
def test_a_phase_begins_at_its_date_to_the_tick(turn: datetime, before: Phase, after: Phase):
    assert (phase(turn - TICK), phase(turn)) == (before, after)


def test_counting_lasts_until_the_result_is_published_whatever_was_planned():
    assert phase(DATES.results_on + 100 * DAY) is Phase.counting


def test_results_begin_when_they_are_published():
    said = DATES.voting_until + DAY

    assert phase(said - TICK, result_published_at=said) is Phase.counting
    assert phase(said, result_published_at=said) is Phase.results


def test_implementation_begins_at_its_date_but_never_before_the_result():
    assert phase(DATES.implementation_from) is Phase.counting
    assert phase(DATES.implementation_from, result_published_at=DATES.results_on) is Phase.implementation


def test_a_draft_is_in_preparation_whatever_its_dates():
    assert phase(DATES.voting_from, published_at=None) is Phase.preparation


def test_a_round_without_ideas_goes_from_preparation_to_voting():
    dates = replace(DATES, ideas_from=None, ideas_until=None)

    assert phase(DATES.voting_from - TICK, dates) is Phase.preparation
    assert phase(DATES.voting_from, dates) is Phase.voting


def test_a_voided_round_is_over():
    assert phase(DATES.voting_from, voided_at=DATES.voting_from) is Phase.results


def test_the_next_change_is_the_next_date():
    assert next_change(DATES, at=DATES.ideas_from, published_at=PUBLISHED) == DATES.ideas_until
    assert next_change(DATES, at=DATES.voting_from, published_at=PUBLISHED) == DATES.voting_until
    assert next_change(DATES, at=DATES.voting_from, published_at=PUBLISHED, voided_at=DATES.voting_from) is None
    # A result comes when people publish it, whatever day was planned.
    assert next_change(DATES, at=DATES.voting_until, published_at=PUBLISHED) is None
    told = {"published_at": PUBLISHED, "result_published_at": DATES.results_on}
    assert next_change(DATES, at=DATES.results_on, **told) == DATES.implementation_from
    assert next_change(DATES, at=DATES.ideas_from, published_at=None) is None


def test_the_seconds_to_the_next_change_are_none_where_people_decide(town):
    until = town.round.dates.voting_until
    assert town.round.seconds_left(until - timedelta(seconds=90, milliseconds=900)) == 90
    assert town.round.seconds_left(until) == 0
