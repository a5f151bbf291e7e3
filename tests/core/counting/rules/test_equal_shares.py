"""Equal shares, by hand and by the examples of its authors."""

from fractions import Fraction

import pytest

from core.counting.election import Profile, RuleWrong
from core.counting.rules import allocate
from tests.helpers.elections import approvals, ids, instance


def test_minority_gets_its_share():
    # Three of four approve a, b and c; greedy would spend all on them.
    town, ballots = instance(100, a=30, b=30, c=30, d=25), approvals("3*abc", "d")

    allocation = allocate("equal-shares", town, ballots, completion="none")

    assert ids(allocation) == "abd"
    assert [step.share for step in allocation.steps] == [10, 10, 25]
    (missed,) = allocation.unfunded
    assert (missed.project, missed.reason, missed.needed, missed.had) == ("c", "short_purses", 30, 15)


def test_who_has_too_little_gives_all_she_has():
    # Each has 25. After a (10 each) two voters have 15 left; b costs 70 = 15 + 15 + 20 + 20.
    town, ballots = instance(100, a=20, b=70), approvals("2*ab", "2*b")

    first, second = allocate("equal-shares", town, ballots, utility="cardinality", completion="none").steps

    assert (first.project, first.share, first.broke) == ("a", 10, 0)
    assert (second.project, second.share, second.payers, second.broke) == ("b", 20, 2, 2)


def test_committee_example_of_lackner_and_skowron():
    # "Multi-Winner Voting with Approval Preferences", example 2.12: a, then d; what is left pays for no third one.
    ballots = approvals("2*cd", "2*ab", "2*ac", "2*bd")

    allocation = allocate("equal-shares", instance(3, a=1, b=1, c=1, d=1), ballots, completion="none")

    assert (ids(allocation), allocation.purse) == ("ad", Fraction(3, 8))
    assert [step.share for step in allocation.steps] == [Fraction(1, 4), Fraction(1, 4)]


def test_add1_raises_until_the_next_step_would_overspend():
    town, ballots = instance(100, a=60, b=60), approvals("3*a", "2*b")  # 20 each

    plain = allocate("equal-shares", town, ballots, completion="none")
    raised = allocate("equal-shares", town, ballots)

    assert (ids(plain), ids(raised)) == ("a", "a")
    assert (raised.purse, raised.raises) == (29, 9)  # with 30 each b could be paid as well, and 120 is too much


def test_exhaustive_stop():
    town, ballots = instance(100, a=60, b=60), approvals("3*a", "2*b")

    assert allocate("equal-shares", town, ballots, exhaustive=True).raises == 0


def test_integral_start_rounds_the_share_down():
    town, ballots = instance(101, a=60, b=60), approvals("3*a", "2*b")

    assert allocate("equal-shares", town, ballots, start="integral").purse == 29
    assert allocate("equal-shares", town, ballots).purse == Fraction(101, 5) + 9


def test_greedy_completion_spends_what_is_left():
    town, ballots = instance(100, a=50, b=60, c=40), approvals("3*a", "2*b", "c")

    allocation = allocate("equal-shares", town, ballots, completion="greedy")

    assert ids(allocation) == "ac"
    assert [step.stage for step in allocation.steps] == ["main", "completion"]


def test_comparison_step_takes_what_more_voters_prefer():
    town, ballots = instance(100, a=100, b=20), approvals("3*a", "2*ab", "b")  # greedy: a; five of six prefer it

    assert ids(allocate("equal-shares", town, ballots, completion="none")) == "b"
    assert ids(allocate("equal-shares", town, ballots, completion="none", comparison=True)) == "a"


def test_points_count_as_utility():
    ballots = Profile.of("cumulative", [{"a": 1, "b": 3}, {"a": 3, "b": 1}, {"b": 4}])

    allocation = allocate("equal-shares", instance(60, a=30, b=30), ballots, utility="points", completion="none")

    assert allocation.funded[0].id == "b"


def test_unknown_completion_is_refused():
    with pytest.raises(RuleWrong):
        allocate("equal-shares", instance(1, a=1), approvals("a"), completion="magic")
