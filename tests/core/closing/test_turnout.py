"""Published turnout by age and area: no cell below ten, none that can be computed, nothing kept but counts."""

import random

import pytest

from core.closing import LEAST, group, suppressed
from core.store import transaction
from tests.helpers import boxes, worlds


def test_no_cell_is_small_and_none_can_be_computed_from_the_total():
    draw = random.Random(4)
    for _ in range(2_000):
        cells = {str(name): draw.choice((0, 1, 3, 9, 10, 11, 40)) for name in range(draw.randint(1, 6))}
        told = suppressed(cells)
        hidden = [cells[name] for name, number in told.items() if number is None]
        assert all(number is None or number == cells[name] >= LEAST for name, number in told.items())
        if hidden and len(hidden) < len(cells):
            assert len(hidden) > 1 and sum(hidden) >= LEAST


def test_control_hiding_small_cells_only_lets_one_be_computed():
    cells = {"a": 3, "b": 20, "c": 30}
    naive = {name: number if number >= LEAST else None for name, number in cells.items()}
    assert sum(cells.values()) - sum(number for number in naive.values() if number) == cells["a"]
    assert suppressed(cells) == {"a": None, "b": None, "c": 30}


@pytest.mark.parametrize(("born", "name"), [(2011, "15-17"), (2008, "18-21"), (1997, "29-29"), (None, "")])
def test_ages_are_grouped_within_the_rounds_limits(town, born, name):
    expected = {"29-29": "26-29"}.get(name, name)
    assert group(born, town.round) == expected


@pytest.mark.parametrize("born", [1995, 2012, 2030, 1890])
def test_an_age_that_may_not_vote_makes_no_group_of_its_own(town, born):
    # 1995 is 31 in a round up to 29: that was "30-29" once.
    assert group(born, town.round) == ""


def test_margins_are_those_of_the_ballots_in_the_box(town):
    young = boxes.people(town, 12)
    with transaction() as session:
        older = [
            worlds.person(
                session, town.municipality, f"older-{number}", frozenset(), town.at, birth_year=1998, area_id=None
            )
            for number in range(11)
        ]
    for voter in (*young, *older):
        boxes.cast(town, voter, ["p01"])
    # Whoever erases her account has voted all the same.
    boxes.change("DELETE FROM person WHERE id = :id", id=young[0].person_id)
    at = boxes.end_voting(town.round.id)
    told = boxes.until_count(town, town.round.id, at).turnout
    assert told["ballots"] == 23
    assert dict(told["areas"]) == {"": 12, "center": None, "gara": None}
    assert told["names"] == {"center": {"bg": "Център", "en": "Centre"}, "gara": {"bg": "Гара", "en": "Station"}}
    assert dict(told["ages"]) == {"": None, "15-17": None, "18-21": None, "22-25": None, "26-29": 11}
