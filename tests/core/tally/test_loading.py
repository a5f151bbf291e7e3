"""A round's rows become values: projects in their order, ties as they were drawn, money in its smallest unit."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.store import reading
from core.tally.loading import load_classes, load_instance
from tests.helpers import boxes
from tests.helpers.worlds import Town


def instance(town: Town, **changes):
    with reading() as session:
        return load_instance(session, replace(town.round, **changes))


def test_projects_stand_in_their_order_with_what_rules_ask_for(town: Town):
    boxes.change("UPDATE project SET position = 9, lat = 42.28, lon = 22.69, place = 'Парк' WHERE code = 'p01'")
    boxes.change("UPDATE project SET published_score = '7/2' WHERE code = 'p02'")

    made = instance(town)

    assert [(each.id, each.cost) for each in made.projects] == [
        ("p02", 2_000_00), ("p03", 3_000_00), ("p04", 4_000_00), ("p05", 5_000_00), ("p01", 1_000_00),
    ]  # fmt: skip
    first, last = made.projects[0], made.projects[-1]
    assert (first.score, last.score) == (Fraction(7, 2), None)
    assert (last.name, last.area, last.latitude, last.longitude) == ("Проект p01", "Парк", 42.28, 22.69)
    assert made.budget == 9_000_00


def test_ties_go_by_lot_where_lots_are_drawn(town: Town):
    boxes.change("UPDATE project SET lot = 5 - position")
    assert instance(town).lot == ("p05", "p04", "p03", "p02", "p01")

    boxes.change("UPDATE project SET lot = NULL")
    assert instance(town).lot == ()


@pytest.mark.parametrize(("changes", "unit"), [({}, 100), ({"currency": "JPY"}, 1), ({"source": {"unit": 1000}}, 1000)])
def test_the_unit_is_the_currencys_or_what_the_import_says(town: Town, changes: dict, unit: int):
    assert instance(town, **changes).unit == unit


def test_a_project_that_has_no_name_is_shown_by_its_code(town: Town):
    boxes.change("""UPDATE project SET title = '{"bg": "p01"}' WHERE code = 'p01'""")

    assert instance(town).projects[0].name == ""


def test_what_an_import_says_further_of_a_project_is_there(town: Town):
    source = {"projects": {"p02": {"categories": ["sport"], "withdrawn": True, "more": [["owner", "Ана"]]}}}

    second = instance(town, source=source).projects[1]

    assert (second.categories, second.targets, second.withdrawn) == (("sport",), (), True)
    assert second.more == (("owner", "Ана"),)


def test_equal_ballots_are_one_class_and_none_is_there_before_the_opening(town: Town):
    for voter, choices in zip(boxes.people(town, 3), (["p01"], ["p02", "p01"], ["p01"]), strict=True):
        boxes.cast(town, voter, choices)
    with reading() as session:
        assert load_classes(session, town.round) == {}
    boxes.until_count(town, town.round.id, boxes.end_voting(town.round.id))

    with reading() as session:
        assert load_classes(session, town.round) == {'["p01"]': 2, '["p01","p02"]': 1}
