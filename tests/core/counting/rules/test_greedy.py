"""Greedy and its relatives, by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from core.counting.election import Instance, Profile, Project, RuleWrong, TieRefused
from core.counting.rules import allocate, suitable
from tests.helpers.elections import approvals, ids, instance, rankings


def test_most_votes_first_and_what_does_not_fit_is_skipped():
    town = instance(100, a=60, b=50, c=40)

    allocation = allocate("greedy", town, approvals("3*a", "2*b", "c"))

    assert ids(allocation) == "ac"
    (skipped,) = allocation.unfunded
    assert (skipped.reason, skipped.needed, skipped.had) == ("no_room", 50, 40)
    assert (skipped.votes_needed, skipped.votes_had, skipped.nearness) == (3, 2, Fraction(2, 3))


def test_no_skip_stops_at_the_first_that_does_not_fit():
    allocation = allocate("greedy-no-skip", instance(100, a=60, b=50, c=40), approvals("3*a", "2*b", "c"))

    assert ids(allocation) == "a"
    assert [(one.reason, one.against) for one in allocation.unfunded] == [("no_room", ()), ("stopped", ("b",))]


def test_withdrawn_project_does_not_stop_the_count():
    town = instance(100, a=60, b=999999999, c=40)
    town = replace(town, projects=(town.projects[0], replace(town.projects[1], withdrawn=True), town.projects[2]))

    assert ids(allocate("greedy-no-skip", town, approvals("3*a", "2*b", "c"))) == "ac"


def test_threshold_as_number_and_as_share():
    town, ballots = instance(100, a=10, b=10), approvals("3*a", "b")

    assert ids(allocate("greedy-threshold", town, ballots, threshold=2)) == "a"
    assert ids(allocate("greedy-threshold", town, ballots, threshold="25%")) == "ab"
    (below,) = allocate("greedy-threshold", town, ballots, threshold="50%").unfunded
    assert (below.reason, below.needed, below.had, below.nearness) == ("threshold", 2, 1, Fraction(1, 2))


def test_of_conflicting_projects_only_the_best():
    projects = (Project("a", 10), Project("b", 10, conflicts=frozenset("a")), Project("c", 10))

    allocation = allocate("greedy-exclusive", Instance(projects, 100), approvals("3*a", "2*b", "c"))

    assert ids(allocation) == "ac"
    assert (allocation.unfunded[0].reason, allocation.unfunded[0].against) == ("conflict", ("a",))


TIES = ["cost", "votes", "lot"]
SCORED = Instance((Project("a", 10, score=Fraction(1)), Project("b", 10, score=Fraction(2))), 10)


@pytest.mark.parametrize("rule", [name for name in suitable("approval") if name.startswith("greedy")])
def test_approvals_are_counted_whatever_score_is_published(rule):
    found = allocate(rule, SCORED, approvals("2*a", "b"))

    assert (ids(found), dict(found.settings)["by"]) == ("a", "votes")
    assert ids(allocate(rule, SCORED, approvals("2*a", "b"), by="score")) == "b"


@pytest.mark.parametrize(
    "profile",
    [rankings("2*ab", "b"), *(Profile.of(kind, [{"a": 2}, {"b": 1}]) for kind in ("cumulative", "scoring"))],
)
def test_published_score_goes_before_points(profile):
    found = allocate("greedy", SCORED, profile)

    assert (ids(found), dict(found.settings)["by"]) == ("b", "score")
    assert ids(allocate("greedy", SCORED, profile, by="auto", threshold=0)) == "b"


def test_borda_gives_the_last_one_point():
    town = instance(10, a=10, b=10, c=10)

    allocation = allocate("borda", town, rankings("2*ab", "bca"))  # a 2+2+1, b 1+1+3, c 2: a tie, decided by the lot

    assert (ids(allocation), allocation.steps[0].support, allocation.ties[0].by) == ("a", 5, "lot")


def test_a_place_brings_the_same_points_whatever_else_is_ranked():
    town, ballots = instance(10, a=10, b=10, c=10), rankings("2*a", "bca")  # 2*3+1, 3, 2

    found = allocate("borda", town, ballots, places=3)

    assert (ids(found), found.steps[0].support, found.ties) == ("a", 7, ())
    assert dict(found.settings)["places"] == 3
    assert allocate("borda", town, ballots, places="projects").steps == found.steps
    # Without a number a ballot of one gives 1 point, as it always did, and says nothing of places.
    former = allocate("borda", town, ballots)
    assert (former.steps[0].support, dict(former.settings)) == (3, {"by": "borda", "threshold": 0, "ties": TIES})


@pytest.mark.parametrize(("rule", "by"), [("greedy", "votes"), ("greedy-points", "points"), ("greedy", "score")])
def test_places_are_for_places_alone(rule, by):
    with pytest.raises(RuleWrong) as refusal:
        allocate(rule, SCORED, rankings("ab"), by=by, places=2)

    assert (refusal.value.setting, refusal.value.value) == ("places", 2)


def test_points_of_cumulative_ballots():
    town = instance(10, a=10, b=10)

    assert ids(allocate("greedy", town, Profile.of("cumulative", [{"a": 2, "b": 3}, {"a": 2, "b": 0}]))) == "a"


def test_tie_goes_to_the_cheaper_then_to_the_lot():
    cheaper = allocate("greedy", instance(50, a=40, b=30), approvals("a", "b"))
    drawn = allocate("greedy", instance(50, lot="ba", a=30, b=30), approvals("a", "b"))

    assert (ids(cheaper), cheaper.ties[0].by) == ("b", "cost")
    assert (ids(drawn), drawn.ties[0].by) == ("b", "lot")


def test_tie_without_consequence_is_no_tie():
    assert allocate("greedy", instance(60, a=30, b=30), approvals("a", "b"), ties="refuse").ties == ()


def test_refused_tie_names_the_projects():
    with pytest.raises(TieRefused) as refusal:
        allocate("greedy", instance(50, a=30, b=30), approvals("a", "b"), ties=("cost", "refuse"))
    assert set(refusal.value.projects) == {"a", "b"}
