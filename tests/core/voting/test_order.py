"""The order of projects: chance for each voter and each day, and the same again when somebody comes back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import store
from core.ideas import projects
from core.permissions import guest
from core.voting import order


@pytest.fixture
def listed(town):
    with store.reading() as session:
        return projects.projects(session, town.resident, town.round.id)


def codes(found):
    return [each.code for each in found]


def test_a_mark_tells_voters_apart_and_nothing_of_them(town):
    marks = {order.mark(town.round, one) for one in (town.resident, town.neighbour, town.organiser)}
    assert len(marks) == 3 and all(len(mark) == 16 and int(mark, 16) for mark in marks)
    assert order.mark(town.round, town.resident) == order.mark(town.round, town.resident)
    assert order.mark(replace(town.round, id=99), town.resident) not in marks
    assert order.mark(town.round, guest(1)) == order.mark(town.round, guest(2)) == "guest"


def test_a_voter_sees_her_own_order_whatever_order_projects_come_in(town, listed):
    mine = codes(order.of_voter(listed, town.round, town.resident))
    assert mine == codes(order.of_voter(reversed(listed), town.round, town.resident))
    assert sorted(mine) == sorted(codes(listed))
    anyone = guest(town.municipality.id)
    assert len({tuple(codes(order.of_voter(listed, town.round, anyone, f"{seed}"))) for seed in range(40)}) > 1


def test_the_order_of_a_day_is_everybodys_and_changes_with_the_day(town, listed):
    days = [codes(order.of_day(listed, town.at + timedelta(days=day))) for day in range(10)]
    assert codes(order.of_day(reversed(listed), town.at)) == days[0]
    assert len({tuple(day) for day in days}) > 1
    assert all(sorted(day) == sorted(codes(listed)) for day in days)
