"""A ballot is written one way, and a wrong one says what is wrong with it."""

from dataclasses import dataclass

import pytest

from core.ballots import forms
from core.errors import BallotInvalid

COSTS = {"a": 30, "b": 50, "c": 40, "d": 5}


@dataclass(frozen=True)
class Rules:
    type: str
    min_choices: int = 1
    max_choices: int = 3


def refused(choices: list[str], rules: Rules) -> BallotInvalid:
    with pytest.raises(BallotInvalid) as refusal:
        forms.check(choices, rules, COSTS, budget=90)
    return refusal.value


def test_approval_is_sorted():
    assert forms.check(["c", "a"], Rules("approval"), COSTS, 90) == ("a", "c")


def test_ranking_keeps_its_order():
    assert forms.check(["c", "a"], Rules("ranking"), COSTS, 90) == ("c", "a")


def test_knapsack_may_spend_the_budget_but_no_more():
    assert forms.check(["c", "b"], Rules("knapsack"), COSTS, 90) == ("b", "c")
    refusal = refused(["a", "b", "c"], Rules("knapsack"))
    assert (refusal.problem, refusal.excess) == ("over", 30)


def test_approval_does_not_look_at_costs():
    assert forms.check(["a", "b", "c"], Rules("approval"), COSTS, 90) == ("a", "b", "c")


def test_too_few_and_too_many_say_by_how_much():
    few, many = refused(["a"], Rules("approval", 3, 5)), refused(["a", "b", "c", "d"], Rules("approval"))
    assert (few.problem, few.missing) == ("few", 2)
    assert (many.problem, many.excess) == ("many", 1)


def test_an_empty_ballot_is_too_short_even_without_a_minimum():
    assert refused([], Rules("approval", 0, 5)).missing == 1


def test_unknown_and_repeated_projects_are_refused():
    assert refused(["a", "x"], Rules("approval")).problem == "unknown"
    assert refused(["a", "a"], Rules("ranking")).problem == "repeated"


def test_an_endless_ballot_is_refused_before_it_is_read():
    assert refused(["a"] * 100_000, Rules("approval")).problem == "many"


def test_a_ballot_is_written_one_way():
    assert forms.to_text(("п1", "b")) == '["п1","b"]'
    assert forms.to_text({"b": 1, "a": 2}) == '{"a":2,"b":1}'
    assert forms.from_text('["b","a"]') == ("b", "a")
    assert forms.points_from_text('{"a":2}') == {"a": 2}
