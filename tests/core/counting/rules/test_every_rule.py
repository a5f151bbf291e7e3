"""What holds for every rule, on every kind of ballot."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from core.counting import pabulib, withdrawn
from core.counting.allocation import Unfunded, allocation_from_json, allocation_to_json
from core.counting.election import Instance, Profile, Project, RuleWrong
from core.counting.pabulib.writing import write_counted
from core.counting.robustness import robustness
from core.counting.rules import RULES, allocate, rule_name, suitable
from core.counting.rules.equal_shares import PRESETS
from tests.helpers.paths import ROOT
from tests.helpers.seeds import seeds

KINDS = ("approval", "ordinal", "cumulative")


def election(seed, kind):
    draw = random.Random(f"{seed}{kind}")
    names = "abcdefgh"[: draw.randint(1, 8)]
    conflicts = {name: frozenset(draw.sample(names, draw.randint(0, 1))) - {name} for name in names}
    projects = [Project(name, draw.choice((10, 20, 25, 33, 40, 77)), conflicts=conflicts[name]) for name in names]
    ballots = [draw.sample(names, draw.randint(0, len(names))) for _ in range(draw.randint(1, 12))]
    if kind == "cumulative":
        ballots = [{name: draw.randint(0, 4) for name in ballot} for ballot in ballots]
    return Instance(tuple(projects), draw.choice((50, 100, 150))), ballots


def cases(test):
    """Have a test meet every rule and every kind of ballot, with a dozen elections of each."""
    return pytest.mark.parametrize("kind", KINDS)(pytest.mark.parametrize("rule", RULES)(seeds(12)(test)))


@cases
def test_within_budget_and_each_project_once(rule, kind, seed):
    instance, ballots = election(seed, kind)

    allocation = allocate(rule, instance, Profile.of(kind, ballots))

    assert allocation.cost == sum(project.cost for project in allocation.funded) <= instance.budget
    told = [step.project for step in allocation.steps] + [unfunded.project for unfunded in allocation.unfunded]
    assert sorted(told) == sorted(instance.ids)


@cases
def test_order_of_ballots_does_not_matter(rule, kind, seed):
    instance, ballots = election(seed, kind)
    shuffled = random.Random(1).sample(ballots, len(ballots))

    assert allocate(rule, instance, Profile.of(kind, ballots)) == allocate(rule, instance, Profile.of(kind, shuffled))


@cases
def test_unapproved_project_is_never_funded(rule, kind, seed):
    instance, ballots = election(seed, kind)
    named = {name for ballot in ballots for name in ballot if kind != "cumulative" or ballot[name] > 0}

    funded = allocate(rule, instance, Profile.of(kind, ballots)).funded

    assert {project.id for project in funded} <= named


@cases
def test_allocation_survives_json(rule, kind, seed):
    instance, ballots = election(seed, kind)
    allocation = allocate(rule, instance, Profile.of(kind, ballots))

    assert allocation_from_json(allocation_to_json(allocation)) == allocation


SETTINGS = {
    "greedy": [{"by": "votes"}, {"threshold": "10%"}, {"threshold": Fraction(1, 2), "ties": "number"}],
    "greedy-threshold": [{"threshold": 3}],
    "equal-shares": [
        *PRESETS.values(),
        {"utility": "auto", "completion": "greedy", "completion_ties": ["lot"]},
        {"step": Fraction(1, 3), "comparison": True, "ties": ("votes", "lot")},
    ],
}


@cases
def test_an_allocation_says_how_to_get_it_again(rule, kind, seed):
    instance, ballots = election(seed, kind)
    profile = Profile.of(kind, ballots)

    for settings in ({}, *SETTINGS.get(rule, ())):
        found = allocate(rule, instance, profile, **settings)
        assert allocate(found.rule, instance, profile, **dict(found.settings)) == found


@pytest.mark.parametrize("scored", [False, True])
@pytest.mark.parametrize("kind", [*KINDS, "scoring"])
@pytest.mark.parametrize("rule", RULES)
def test_a_result_can_be_tried_with_some_ballots_more_or_fewer(rule, kind, scored):
    """Whatever the rule writes of itself it takes back, with other ballots too, and in parts."""
    instance, ballots = election(3, "cumulative" if kind == "scoring" else kind)
    projects = [replace(project, score=Fraction(7, 2) if scored else None) for project in instance.projects]
    instance, profile = replace(instance, projects=tuple(projects)), Profile.of(kind, ballots, instance.ids)

    for further in ({}, *SETTINGS.get(rule, ()), {"parts": "area", "budgets": {"East": 20}}):
        found = allocate(rule, instance, profile, **further)
        told = json.loads(json.dumps(dict(found.settings)))
        assert allocate(found.rule, instance, profile, **told) == found
        assert robustness(instance, profile, found.rule, told, samples=3).trials


@pytest.mark.parametrize("rule", RULES)
def test_so_does_an_allocation_in_parts(rule):
    """The east alone has published scores, and in the west alone more voters prefer greedy."""
    east = (Project("a", 10, area="East", score=Fraction(1)), Project("b", 10, area="East", score=Fraction(2)))
    west = (Project("c", 12, area="West"), Project("d", 20, area="West"))
    profile = Profile.of("approval", [["a", "b", "c"], ["a", "d"], ["a", "d"], ["d"]])
    settings = {"comparison": True} if rule == "equal-shares" else {}

    for projects in (east + west, west + east, ()):
        instance = Instance(projects, 31)
        found = allocate(rule, instance, profile, parts="area", budgets={"East": 10, "West": 20}, **settings)
        assert found.rule == rule and dict(found.settings)["budgets"] == {"East": 10, "West": 20}
        assert allocate(found.rule, instance, profile, **dict(found.settings)) == found


def test_in_parts_support_means_the_same_everywhere():
    east, west = Project("a", 10, area="East", score=Fraction(1)), Project("b", 10, area="West")
    other = Project("c", 10, area="East", score=Fraction(2))
    profile = Profile.of("cumulative", [{"a": 1, "b": 1}, {"a": 1}])

    found = allocate(
        "greedy", Instance((east, other, west), 20), profile, parts="area", budgets={"East": 10, "West": 10}
    )

    assert [project.id for project in found.funded] == ["a", "b"]  # by points, although all of the east has scores


def wrong_settings():
    values = ("", "x", "1/0", "1e999999999", "1" * 30, -1, 5, 0.5, True, None, [], [[1]], {"a": "b"}, ("a", 1))
    for rule, known in RULES.items():
        for setting in (*known.defaults, "parts", "budgets"):
            yield from ((rule, setting, value) for value in values)


def test_whatever_a_setting_holds_it_counts_or_is_refused():
    instance, profile = Instance((Project("a", 1), Project("b", 1)), 1), Profile.of("approval", [["a"], ["b"]])
    counted = set()

    for rule, setting, value in wrong_settings():
        try:
            allocate(rule, instance, profile, **{setting: value})
        except RuleWrong as refusal:
            assert refusal.setting in (setting, "parts" if setting == "budgets" else "ties")
        else:
            counted.add((setting, str(value)))

    assert not {each for each in counted if each[0] in ("by", "utility", "completion", "start")}
    assert {value for setting, value in counted if setting == "threshold"} == {"-1", "5"}
    assert {value for setting, value in counted if setting == "step"} == {"5"}


def test_every_kind_of_ballot_has_rules_that_suit_it():
    assert {"greedy", "greedy-borda", "equal-shares"} <= set(suitable("ordinal"))
    assert not {"greedy-points", "phragmen"} & set(suitable("ordinal"))
    assert {"greedy", "equal-shares", "phragmen"} <= set(suitable("approval"))
    assert "greedy-points" in suitable("cumulative") and suitable("scoring") == suitable("cumulative")
    assert not {"greedy-borda", "greedy-points"} & set(suitable("approval"))


@pytest.mark.parametrize("rule", RULES)
def test_no_ballots_no_funding(rule):
    instance = Instance((Project("a", 10), Project("b", 20)), 100)

    allocation = allocate(rule, instance, Profile.of("approval", []))

    assert (allocation.funded, allocation.cost) == ((), 0)
    assert {unfunded.reason for unfunded in allocation.unfunded} == {"no_votes"}


def test_names_from_files_and_people():
    assert rule_name("equalshares") == rule_name("Equal Shares") == "equal-shares"
    assert rule_name("greedy-no-skip") == rule_name("no skip") == "greedy-no-skip"
    with pytest.raises(RuleWrong):
        rule_name("dictator")


def test_unknown_setting_is_refused():
    with pytest.raises(RuleWrong) as refusal:
        allocate("greedy", Instance((), 1), Profile.of("approval", []), colour="blue")
    assert refusal.value.setting == "colour"


def test_fractions_survive_json():
    project = Project("a", 1, score=Fraction(5, 2), conflicts=frozenset("b"), categories=("x", "y"))
    allocation = allocate("greedy", Instance((project,), 1), Profile.of("approval", [["a"]]))

    assert allocation_from_json(allocation_to_json(allocation)) == allocation


WORDS = """
from core.counting.allocation import allocation_to_json
from core.counting.election import Instance, Profile, Project
from core.counting.robustness import robustness
from core.counting.rules import RULES, allocate
projects = tuple(Project(f"p{n}", 10 + n % 3, conflicts=frozenset({f"p{n - 1}"})) for n in range(9))
ballots = [[f"p{(n * k) % 9}" for k in range(1, 4)] for n in range(20)]
for rule in RULES:
    print(allocation_to_json(allocate(rule, Instance(projects, 50), Profile.of("approval", ballots))))
"""


def test_hash_seeds_do_not_matter():
    printed = {
        subprocess.run(
            [sys.executable, "-c", WORDS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(printed) == 1


def without_first(kind, instance, ballots):
    """Return an election as if its first project had never stood, its name cut out of every ballot."""
    first = instance.ids[0]
    left = replace(instance, projects=instance.projects[1:], lot=instance.lot[1:])
    if kind == "cumulative":
        return left, [{name: points for name, points in ballot.items() if name != first} for ballot in ballots]
    return left, [[name for name in ballot if name != first] for ballot in ballots]


@cases
def test_what_is_withdrawn_is_passed_over_as_if_it_had_never_stood(rule, kind, seed):
    instance, ballots = election(seed, kind)
    gone = replace(instance.projects[0], withdrawn=True)
    instance = replace(instance, projects=(gone, *instance.projects[1:]), lot=instance.ids)
    profile = Profile.of(kind, ballots)
    left, cut = without_first(kind, instance, ballots)

    allocation = allocate(rule, instance, profile)

    expected = allocate(rule, left, Profile.of(kind, cut))
    named = sum((ballot[gone.id] > 0 if kind == "cumulative" else True) for ballot in ballots if gone.id in ballot)
    assert allocation.unfunded[-1] == Unfunded(gone.id, "withdrawn", votes_had=named)
    assert replace(allocation, unfunded=allocation.unfunded[:-1]) == expected
    # Its voters have voted all the same: shares of the budget and thresholds in percent stay what they were.
    assert allocation.ballots == len(ballots)


@cases
def test_a_file_without_what_is_withdrawn_gives_the_same_winners(rule, kind, seed):
    instance, ballots = election(seed, kind)
    gone = replace(instance.projects[-1], withdrawn=True)
    instance = replace(instance, projects=(*instance.projects[:-1], gone), lot=instance.ids)
    # Somebody has named nothing else, and is an empty line in the file.
    ballots = [*ballots, {gone.id: 3} if kind == "cumulative" else [gone.id]]
    counted = allocate(rule, instance, Profile.of(kind, ballots))
    left, cut = withdrawn.standing(instance, Profile.of(kind, ballots))

    file = pabulib.read(write_counted(left, cut, {}, counted).encode())

    again = allocate(rule, replace(file.instance, lot=left.lot), file.profile, **dict(counted.settings))
    assert gone.id not in file.instance.ids and file.profile.ballots == len(ballots)
    assert [one.id for one in again.funded] == [one.id for one in counted.funded]
    assert sorted(file.winners) == sorted(one.id for one in counted.funded)


def test_without_cutting_the_names_out_a_ranking_would_count_otherwise():
    town = Instance((Project("a", 60), Project("b", 60), Project("w", 60, withdrawn=True)), 60)
    ballots = [["a", "w", "b"]] * 3 + [["b", "a"]] * 4

    # a: 3 × 2 + 4 × 1 = 10, b: 3 × 1 + 4 × 2 = 11; with the places of w a would have 3 × 3 + 4 = 13.
    assert [one.id for one in allocate("greedy-borda", town, Profile.of("ordinal", ballots)).funded] == ["b"]
