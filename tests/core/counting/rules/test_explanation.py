"""What an allocation says about itself: how near projects came, what ballots paid, what it means for voters."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.counting.election import Instance, Profile, Project, RuleWrong
from core.counting.measures import compare, measures
from core.counting.payments import payments
from core.counting.robustness import robustness, wilson
from core.counting.rules import allocate
from tests.helpers.elections import approvals, ids, instance

# Three of four approve a, b and c, one approves d; everyone has 25.
TOWN, BALLOTS = instance(100, a=30, b=30, c=30, d=25), approvals("3*abc", "d")


def test_effective_support_is_the_best_share_that_could_be_raised():
    (missed,) = allocate("equal-shares", TOWN, BALLOTS, completion="none").unfunded

    # After a and b three voters have 5 each. d was paid at 25 a head: at that price they raise 15 of 30. But when a was
    # paid (10 a head) they raised 30 of 30: c was equal to it and lost the tie.
    assert (missed.project, missed.nearness, missed.needed, missed.had) == ("c", 1, 30, 15)


def test_votes_needed_at_the_price_that_was_paid():
    # Equal shares with 10 each: a (5 votes) costs 8 a head. At that price b would have needed 40 / (1/5 * 40) = 5.
    found = allocate("equal-shares", instance(80, a=40, b=40), approvals("5*a", "3*b"), completion="none")

    (missed,) = found.unfunded
    assert ids(found) == "a"
    assert (missed.votes_needed, missed.votes_had, missed.needed, missed.had) == (4, 3, 40, 30)
    assert missed.nearness == Fraction(3, 4)  # in the end: all they had, 30 of 40


def test_unfunded_reasons_of_phragmen():
    found = allocate("phragmen", instance(50, a=40, b=30, c=60), approvals("4*a", "2*b", "c"))

    assert ids(found) == "a"
    assert [(one.project, one.reason) for one in found.unfunded] == [("b", "overspend"), ("c", "over_budget")]


def test_example_of_phragmen_for_committees():
    # M. Lackner, P. Skowron, "Multi-Winner Voting with Approval Preferences", example 2.12; ties by the lot.
    town = instance(3, lot="bcda", a=1, b=1, c=1, d=1)

    found = allocate("phragmen", town, approvals("2*cd", "2*ab", "2*ac", "2*bd"), ties="lot")

    assert ids(found) == "bcd"
    assert [step.price for step in found.steps] == [Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)]


def test_payments_of_ballots_add_up_to_the_costs():
    allocation = allocate("equal-shares", TOWN, BALLOTS, completion="none")

    paid = {payment.project: payment.paid for payment in payments(allocation, "approval", "abc")}

    assert paid == {"a": 10, "b": 10}
    assert [payment.paid for payment in payments(allocation, "approval", "d")] == [25]


def test_who_is_broke_pays_what_is_left():
    allocation = allocate(
        "equal-shares", instance(100, a=20, b=70), approvals("2*ab", "2*b"), utility="cardinality", completion="none"
    )

    assert [payment.paid for payment in payments(allocation, "approval", "ab")] == [10, 15]
    assert [payment.paid for payment in payments(allocation, "approval", "b")] == [20]


def test_measures():
    town = Instance(
        (
            Project("a", 30, categories=("green", "sport"), area="East"),
            Project("b", 10, categories=("green",), area="West"),
        ),
        30,
    )

    found = measures(town, approvals("2*a", "b", ""), allocate("greedy", town, approvals("2*a", "b", "")))

    assert (found.served, found.projects, found.money) == (Fraction(1, 2), Fraction(1, 2), 15)
    assert [(share.name, share.spent, share.support) for share in found.categories] == [
        ("green", Fraction(1, 2), Fraction(2, 3)),
        ("sport", Fraction(1, 2), Fraction(1, 3)),
    ]
    assert [(share.name, share.spent) for share in found.areas] == [("East", 1), ("West", 0)]


def test_comparison_of_rules_on_the_same_ballots():
    greedy, shares = compare(TOWN, BALLOTS, [("greedy", {}), ("equal-shares", {"completion": "none"})])

    assert (ids(greedy.allocation), ids(shares.allocation)) == ("abc", "abd")
    assert (greedy.measures.served, shares.measures.served) == (Fraction(3, 4), 1)


def test_budgets_of_areas_around_any_rule():
    projects = [replace(project, area="East" if project.id in "ab" else "West") for project in TOWN.projects]
    town = replace(TOWN, projects=tuple(projects))

    found = allocate("greedy", town, BALLOTS, parts="area", budgets={"East": 30, "West": 25})

    assert ids(found) == "ad"
    assert dict(found.settings)["budgets"] == {"East": 30, "West": 25}
    with pytest.raises(RuleWrong):
        allocate("greedy", town, BALLOTS, parts="area", budgets={"East": 101})


def test_robustness_finds_the_number_of_ballots_that_matters():
    town = instance(10, a=10, b=10, c=10, d=10, e=10)
    close, clear = approvals("21*a", "20*b", "20*c", "20*d", "20*e"), approvals("90*a", "10*b")

    found = robustness(town, close, "greedy", {}, seed=7)

    assert found == robustness(town, close, "greedy", {}, seed=7)
    assert found.ballots in (8, 16)
    assert found.trials[-1].low < found.trials[-1].changed < found.trials[-1].high
    assert robustness(town, clear, "greedy", {}, seed=7).ballots is None


def test_interval_by_wilson():
    low, high = wilson(100, 200)

    assert (round(low, 4), round(high, 4)) == (0.4314, 0.5686)


def test_ranked_points_and_payments():
    ballots = Profile.of("ordinal", ["ab", "ab", "ba"])
    found = allocate("equal-shares", instance(30, a=15, b=15), ballots, utility="borda", completion="none")

    total = sum(
        (payment.paid or 0) * weight
        for choices, weight in ballots
        for payment in payments(found, "ordinal", choices)
        if payment.project == "a"
    )
    assert total == 15
