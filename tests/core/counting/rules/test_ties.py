"""Ties by the published order. Source of the examples: https://equalshares.net/implementation/tie-breaking."""

from dataclasses import replace

import pytest

from core.counting.election import Instance, Profile, RuleWrong, TieRefused
from core.counting.rules import allocate
from core.counting.ties import TieBreaker
from tests.helpers.elections import approvals, ids, instance


def shares(town, ballots, **settings):
    return allocate("equal-shares", town, ballots, completion="none", **settings)


def breaker(votes, order=("cost", "votes", "lot"), **costs):
    """Return the breaker for projects of these costs and initial vote counts, as on the page."""
    ballots = approvals(*(f"{count}*{name}" for name, count in zip(costs, votes, strict=True)))
    return TieBreaker.of(instance(10_000, **costs), ballots, order)


def test_example_1_of_equalshares_net():
    ties = breaker((500, 300, 150), a=600, b=700, c=100)  # a and b have the same effective vote count, c has less

    assert (ties.first([0, 1]), ties.met[0].by) == (0, "cost")


def test_example_2_of_equalshares_net():
    ties = breaker((500, 300, 150), a=600, b=600, c=600)

    assert (ties.first([2, 1, 0]), ties.met[0].by) == (0, "votes")


def test_example_3_of_equalshares_net():
    ties = breaker((500, 500), a=600, b=600)
    refusing = breaker((500, 500), ("cost", "votes", "refuse"), a=600, b=600)

    assert (ties.first([0, 1]), ties.met[0].by) == (0, "lot")
    with pytest.raises(TieRefused):
        refusing.first([0, 1])


def test_same_effective_support_the_cheaper_one_first():
    found = shares(instance(60, a=30, b=20), approvals("3*a", "3*b", "3*ab"))

    assert (ids(found)[0], found.ties[0].by) == ("b", "cost")


def test_same_price_and_cost_the_one_with_more_votes_first():
    # Everyone has 12. c takes 12 from one of b's three voters, so a and b both cost 10 a head: 20 / 2.
    town, ballots = instance(60, c=12, a=20, b=20), approvals("2*a", "2*b", "bc")

    found = shares(town, ballots, utility="cardinality", ties=("votes", "lot"))

    assert ids(found)[0] == "b"


def test_same_cost_and_votes_the_lot():
    ballots = approvals("2*a", "2*b")

    first, second = (shares(instance(20, lot=lot, a=10, b=10), ballots) for lot in ("ab", "ba"))

    assert (ids(first), ids(second)) == ("ab", "ba")
    assert [tie.by for tie in (*first.ties, *second.ties)] == ["lot", "lot"]


def test_unresolved_tie_is_said_instead_of_chosen_silently():
    with pytest.raises(TieRefused) as refusal:
        shares(instance(20, a=10, b=10), approvals("2*a", "2*b"), ties=("cost", "votes", "refuse"))
    assert refusal.value.projects == ("a", "b")


def test_order_of_projects_in_the_instance_decides_nothing_but_the_lot():
    ballots = approvals("2*a", "2*b", "c")

    one = shares(instance(20, lot="bac", a=10, b=10, c=4), ballots)
    other = shares(instance(20, lot="bac", c=4, b=10, a=10), ballots)

    assert ids(one) == ids(other)


def test_three_equal_projects_are_one_tie_after_another():
    found = shares(instance(30, a=10, b=10, c=10), approvals("a", "b", "c"))

    assert [tie.projects for tie in found.ties] == [("a", "b", "c"), ("b", "c")]


def test_unknown_key_is_refused():
    with pytest.raises(RuleWrong):
        shares(instance(20, a=10), approvals("a"), ties=("alphabet",))


def test_ids_as_numbers_for_the_completion_of_the_web_tool():
    town, ballots = instance(100, p36=50, p5=50), Profile.of("approval", [["36"], ["5"], []])
    town = Instance(tuple(replace(project, id=project.id[1:]) for project in town.projects), 60)

    by_number = shares_and_greedy(town, ballots, completion_ties="number")
    by_lot = shares_and_greedy(town, ballots, completion_ties="lot")

    assert ([p.id for p in by_number.funded], [p.id for p in by_lot.funded]) == (["5"], ["36"])


def told(found):
    return [(tie.projects, tie.chosen, tie.by, tie.moot) for tie in found.ties]


@pytest.mark.parametrize(
    ("rule", "costs", "budget", "expected"),
    [
        # Both are funded: nothing but the order hangs on it.
        ("greedy", {"a": 40, "b": 30}, 100, [(("b", "a"), "b", "cost", True)]),
        # Not both: money hangs on it.
        ("greedy", {"a": 40, "b": 30}, 50, [(("b", "a"), "b", "cost", False)]),
        # The whole budget would not pay for the other.
        ("greedy", {"a": 40, "b": 30}, 35, []),
        # Here the dearer one would have stopped the count, had it gone first.
        ("greedy-no-skip", {"a": 40, "b": 30}, 35, [(("b", "a"), "b", "cost", False)]),
        ("greedy-no-skip", {"a": 60, "b": 50}, 35, [(("b", "a"), "b", "cost", True)]),
        ("greedy", {"a": 30, "b": 30}, 100, [(("a", "b"), "a", "lot", True)]),
        ("equal-shares", {"a": 40, "b": 30}, 100, [(("b", "a"), "b", "cost", False)]),
        ("phragmen", {"a": 30, "b": 30}, 100, [(("a", "b"), "a", "lot", False)]),
    ],
)
def test_wherever_equals_were_ordered_it_is_told(rule, costs, budget, expected):
    assert told(allocate(rule, instance(budget, lot="ab", **costs), approvals("81*a", "81*b"))) == expected


def test_where_only_one_of_equals_fits_no_order_decided():
    found = allocate("greedy", instance(60, c=30, a=40, b=20), approvals("82*c", "81*a", "81*b"))

    assert (ids(found), told(found)) == ("cb", [(("b", "a"), "b", "room", False)])


def test_the_lot_may_have_the_opposite_order_and_three_equals_come_in_the_true_one():
    found = allocate("greedy", instance(100, lot="abc", a=50, b=20, c=30), approvals("2*a", "2*b", "2*c"))

    assert (ids(found), told(found)) == ("bca", [(("b", "c", "a"), "b", "cost", True)])


def test_an_order_on_which_nothing_hangs_needs_nobody_to_decide():
    town, ballots = instance(100, a=30, b=30), approvals("2*a", "2*b")

    assert told(allocate("greedy", town, ballots, ties=("cost", "votes", "refuse"))) == []
    with pytest.raises(TieRefused):
        allocate("greedy", replace(town, budget=50), ballots, ties=("cost", "votes", "refuse"))


def shares_and_greedy(town, ballots, **settings):
    return allocate("equal-shares", town, ballots, completion="greedy", **settings)
