"""Dates to fill in: what nobody touched stays as it was, to the second."""

from datetime import UTC, datetime

import pytest

from pages.parts import date_input
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
