"""Dates to fill in: what nobody touched stays as it was, to the second."""

from datetime import UTC, datetime

import pytest

from pages.parts import date_input, dates, i18n
from pages.parts.date_input import Field

ZONE = "Europe/Sofia"
GIVEN = datetime(2026, 11, 25, 13, 10, 26, tzinfo=UTC)


@pytest.mark.parametrize("end", [True, False])
def test_an_untouched_moment_keeps_its_seconds(end: bool):
    field = Field("voting", GIVEN, timed=True, end=end)
    assert date_input._read(field, date_input._written(field, ZONE), ZONE) == GIVEN


def test_a_moment_that_was_typed_is_the_typed_one():
    field = Field("voting", GIVEN, timed=True)
    assert date_input._read(field, "2026-11-25T15:11", ZONE) == datetime(2026, 11, 25, 13, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("bg", "2026-10-25T03:30", "В този ден 03:30 ч. се случва два пъти, защото часовникът се мести назад."),
        ("en", "2026-10-25T03:30", "On this day 03:30 comes twice, for the clock goes back."),
        ("bg", "2026-03-29T03:30", "В този ден няма 03:30 ч., защото часовникът се мести напред."),
        ("en", "2026-03-29T03:30", "On this day there is no 03:30, for the clock goes forward."),
        ("bg", "0001-01-01T10:00", "Провери годината: тя трябва да е от 1990 до 2100."),
        ("en", "9999-12-31T23:59", "Check the year: it must be from 1990 to 2100."),
        ("en", "2026-02-30T10:00", "There is no such date."),
        ("en", "2026-10-25T02:59", ""),
        ("en", "2026-10-25T04:00", ""),
        ("en", "2026-03-29T04:00", ""),
        ("en", "", ""),
    ],
)
@pytest.mark.parametrize("end", [True, False])
def test_a_time_that_is_not_there_or_comes_twice_is_refused(end: bool, language: str, typed: str, said: str):
    i18n.use(language)
    field = Field("voting", GIVEN, timed=True, end=end)
    told = date_input._problem(field, typed, ZONE).replace("\xa0", " ")
    assert told.startswith(said) and bool(told) == bool(said)
    assert (date_input._read(field, typed, ZONE) is None) == (bool(said) or not typed)


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_a_day_of_another_millennium_is_refused(typed: str):
    for field, zone in ((Field("ideas", GIVEN, end=True), ZONE), (Field("day", GIVEN.date()), "")):
        assert date_input._problem(field, typed, zone) and date_input._read(field, typed, zone) is None


@pytest.mark.parametrize(
    ("language", "visitors", "said"),
    [
        ("bg", "America/New_York", "29 ноември, 20:00 ч. (час в София)"),
        ("en", "America/New_York", "29 November, 20:00 (Sofia time)"),
        ("bg", "Europe/Athens", "29 ноември, 20:00 ч."),
        ("bg", "Europe/Sofia", "29 ноември, 20:00 ч."),
        ("bg", "Mars/Base", "29 ноември, 20:00 ч."),
        ("bg", "../../etc/passwd", "29 ноември, 20:00 ч."),
        ("bg", "", "29 ноември, 20:00 ч."),
    ],
)
def test_whose_clock_closes_the_vote_is_told_to_who_has_another(language: str, visitors: str, said: str):
    i18n.use(language)
    dates.use_zone(ZONE, visitors)
    try:
        assert (
            dates.until(datetime(2026, 11, 29, 18, tzinfo=UTC))
            .replace("\xa0", " ")
            .replace("November 29", "29 November")
            == said
        )
    finally:
        dates.use_zone(ZONE)
