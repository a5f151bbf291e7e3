"""The doctor's looks, one by one: each tells of its own thing and goes on where others cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.operations import doctor
from core.settings import settings
from core.store import reading
from tests.helpers import boxes
from tests.helpers.worlds import Town


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Give SQLite only: the looks ask both alike, and tests/commands/test_doctor.py tries both."""
    return sqlite_database


def told(look) -> list[tuple[str, str]]:
    with reading() as session:
        return [(each.name, each.problem) for each in look(session, settings(), clock.now())]


def test_each_look_tells_of_its_own_thing(town: Town):
    boxes.cast(town, town.resident, ["p01"])

    assert told(doctor.database) == [("database", "")]
    assert told(doctor.clocks) == [("clocks", "")]
    assert told(doctor.round_keys) == [("round_keys", "")]
    assert told(doctor.boards) == [("boards", "")]
    assert told(doctor.journal) == [("journal", "")]
    assert ("town", "loopback") in told(doctor.town)
    assert told(doctor.staff) == [("staff", "no_second_step")]
    assert told(doctor.backup) == [("backup", "never")]
    assert told(doctor.overdue) == [("overdue", "")]


def test_a_round_whose_links_should_have_gone_long_ago_is_named(town: Town):
    boxes.change("UPDATE round SET keep_until = :then", then=clock.now() - doctor.OVERDUE + timedelta(hours=1))
    assert told(doctor.overdue) == [("overdue", "")]
    boxes.change("UPDATE round SET keep_until = :then", then=clock.now() - doctor.OVERDUE - timedelta(hours=1))
    assert told(doctor.overdue) == [("overdue", "waits")]


def test_control_what_is_bad_is_told_by_its_own_look_only(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    boxes.lose_link(town.round.id)

    assert told(doctor.round_keys) == [("round_keys", "rests")]
    assert told(doctor.boards) == [("boards", "")]
