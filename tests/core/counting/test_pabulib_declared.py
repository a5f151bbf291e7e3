"""What a file declares of its count reads back to the same rule and settings, and others can read it."""

from fractions import Fraction

import pytest

from core.counting import pabulib
from core.counting.election import Instance, Profile, Project
from core.counting.pabulib.declared import declare, declared, pabulib_name
from core.counting.pabulib.writing import write_counted, write_election
from core.counting.rules import RULES, allocate
from core.counting.rules.equal_shares import PRESETS
from core.errors import FileWrong

HEAD = {
    "description": "d", "country": "Bulgaria", "unit": "Kyustendil", "instance": "2026", "currency": "EUR",
    "date_begin": "01.05.2026", "date_end": "14.05.2026",
}  # fmt: skip
INSTANCE = Instance((Project("a", 6000, "A"), Project("b", 5000, "B"), Project("c", 4100, "C")), 10000, 100)
BALLOTS = {
    "approval": [["a", "b"]] * 6 + [["c"]] * 5 + [["b"]],
    "ordinal": [["a", "b"]] * 6 + [["c"]] * 5 + [["b"]],
    "cumulative": [{"a": 2, "b": 1}] * 6 + [{"c": 3}] * 5,
    "scoring": [{"a": 2, "b": 1}] * 6 + [{"c": 3}] * 5,
}
COUNTS = [(rule, kind, {}) for rule, known in RULES.items() for kind in known.suits] + [
    ("greedy", "approval", {"threshold": 4}),
    ("greedy-threshold", "approval", {"threshold": "25%"}),
    ("greedy", "approval", {"by": "votes", "ties": "number"}),
    ("equal-shares", "approval", PRESETS["compute-tool"]),
    ("equal-shares", "approval", {"completion": "none", "comparison": True}),
    ("equal-shares", "ordinal", {"utility": "borda", "step": Fraction(1, 2)}),
    ("greedy", "approval", {"parts": "area", "budgets": {"Център; изток": 100}}),
    ("greedy-borda", "ordinal", {"places": 5}),
    ("greedy", "ordinal", {"places": "projects"}),
]


def counted(rule, kind, settings):
    profile = Profile.of(kind, BALLOTS[kind], INSTANCE.ids)
    allocation = allocate(rule, INSTANCE, profile, **settings)
    return profile, allocation, write_counted(INSTANCE, profile, HEAD, allocation)


@pytest.mark.parametrize(("rule", "kind", "settings"), COUNTS, ids=str)
def test_a_file_declares_the_count_that_it_tells_of(rule, kind, settings):
    _profile, allocation, text = counted(rule, kind, settings)

    file = pabulib.read(text)

    assert file.declared == (allocation.rule, dict(allocation.settings))
    again = allocate(file.rule, file.instance, file.profile, **file.declared[1])
    assert (again.steps, again.settings) == (allocation.steps, allocation.settings)
    assert set(file.winners) == {project.id for project in allocation.funded} and not file.notes


@pytest.mark.parametrize(("rule", "kind", "settings"), COUNTS, ids=str)
def test_the_programs_of_others_still_read_it(rule, kind, settings):
    checker = pytest.importorskip("pabulib.checker", reason="pabulib-checker is not installed")
    theirs = pytest.importorskip("pabutools.election.pabulib", reason="pabutools is not installed")
    profile, _allocation, text = counted(rule, kind, settings)

    found = checker.Checker().process_files([text])
    their_instance, their_profile = theirs.parse_pabulib_from_string(text)

    errors = [value["results"]["errors"] for key, value in found.items() if key not in ("metadata", "summary")]
    assert errors == [{}]
    assert (len(their_instance), len(their_profile)) == (3, profile.ballots)


@pytest.mark.parametrize(
    ("rule", "settings", "name"),
    [
        ("greedy", {}, "greedy"),
        ("greedy", {"threshold": 4}, "greedy-threshold"),
        ("greedy-threshold", {}, "greedy-threshold"),
        ("greedy-threshold", {"threshold": "25%"}, "unknown"),
        ("greedy-no-skip", {"threshold": 4}, "greedy-no-skip"),
        ("greedy-custom", {}, "greedy-custom"),
        ("greedy-exclusive", {}, "greedy-exclusive"),
        ("greedy-borda", {}, "greedy"),
        ("greedy-borda", {"places": 5}, "unknown"),
        ("greedy-points", {}, "greedy"),
        ("equal-shares", {}, "equalshares/add1"),
        ("equal-shares", {"comparison": True}, "equalshares/add1-comparison"),
        ("equal-shares", {"completion": "none"}, "equalshares"),
        ("equal-shares", {"completion": "none", "comparison": True}, "equalshares-comparison"),
        ("equal-shares", {"utility": "cardinality"}, "unknown"),
        ("equal-shares", dict(PRESETS["compute-tool"]), "unknown"),
        ("greedy", {"parts": "area", "budgets": {}}, "unknown"),
        ("phragmen", {}, "unknown"),
    ],
)
def test_pabulibs_name_stands_only_where_it_says_what_was_counted(rule, settings, name):
    complete = {key: value for key, value in RULES[rule].defaults.items() if key != "explain"}

    assert pabulib_name(rule, {**complete, **settings}) == name


def test_no_score_is_told_where_pabulibs_is_another():
    text = counted("greedy-borda", "ordinal", {"places": 5})[2]
    file = pabulib.read(text)

    assert {each.score for each in file.instance.projects} == {None}
    assert pabulib.write(file) == text


def test_the_draw_that_decided_is_told_too():
    instance = Instance(tuple(Project(name, 10) for name in "abc"), 10, lot=("c", "b", "a"))
    profile = Profile.of("approval", ["ab", "bc", "ca"], instance.ids)

    file = pabulib.read(write_counted(instance, profile, HEAD, allocate("greedy", instance, profile)))

    assert file.instance.lot == ("c", "b", "a") and file.winners == ("c",)
    again = allocate("greedy", file.instance, file.profile, **file.declared[1])
    assert [project.id for project in again.funded] == ["c"]


def test_a_threshold_stands_where_pabulib_has_it():
    told = declare("greedy-threshold", {"by": "votes", "threshold": 4, "ties": ["lot"]}, {})

    ours = '{"rule": "greedy-threshold", "settings": {"by": "votes", "threshold": 4, "ties": ["lot"]}}'
    assert told == {
        "rule": "greedy-threshold",
        "min_project_score_threshold": "4",
        "comment": f"#1: glas/count1 {ours}",
    }
    assert "min_project_score_threshold" not in declare("greedy", {"by": "votes", "threshold": 0, "ties": ["lot"]}, {})


def test_the_comments_of_a_city_stay_and_ours_stands_once():
    before = {"comment": "#1: Two draws. #2: Counted by hand."}

    once = declare("phragmen", {"ties": ["lot"]}, before)
    again = declare("greedy", {"parts": "area", "budgets": {"#3: east": 5}}, once)

    assert once["comment"].startswith("#1: Two draws. #2: Counted by hand. #3: glas/count1 {")
    assert again["comment"].count("glas/count1") == 1 and again["comment"].startswith("#1: Two draws. #2: Counted by")
    assert declared(again) == ("greedy", {"parts": "area", "budgets": {"#3: east": 5}})


def test_the_threshold_of_an_imported_file_gives_way_to_that_of_the_count():
    profile, allocation, _text = counted("greedy", "approval", {})

    text = write_counted(INSTANCE, profile, {**HEAD, "min_project_score_threshold": "70"}, allocation)

    assert "min_project_score_threshold" not in pabulib.read(text).meta


@pytest.mark.parametrize(
    ("name", "rule", "settings"),
    [
        ("greedy", "greedy", {"ties": ["lot"]}),
        ("greedy-threshold", "greedy-threshold", {"ties": ["lot"]}),
        ("equalshares", "equal-shares", {"completion": "none"}),
        ("equalshares-comparison", "equal-shares", {"completion": "none", "comparison": True}),
        ("equalshares/add1", "equal-shares", {}),
        ("equalshares/add1-comparison", "equal-shares", {"comparison": True}),
        # As Glas wrote them before it had keys of its own.
        ("greedy-borda", "greedy-borda", {}),
        ("greedy-points", "greedy-points", {}),
        ("phragmen", "phragmen", {}),
        ("unknown", None, {}),
    ],
)
def test_names_in_files_of_others_and_of_an_earlier_glas(name, rule, settings):
    assert declared({"rule": name}) == (rule, settings)


@pytest.mark.parametrize(
    "told",
    [
        '{"rule": "dictator", "settings": {}}', '{"rule": "greedy", "settings": [1]}', '{"rule": "greedy"}', "{", "[]",
        '{"rule": [], "settings": {}}', "[" * 90_000,
    ],
)  # fmt: skip
def test_a_comment_of_ours_that_cannot_be_read_is_refused(told):
    profile = Profile.of("approval", BALLOTS["approval"], INSTANCE.ids)
    text = write_election(INSTANCE, profile, {**HEAD, "rule": "greedy", "comment": f"#1: glas/count1 {told}"})

    with pytest.raises(FileWrong) as refusal:
        _ = pabulib.read(text).declared
    assert (refusal.value.reason, refusal.value.column) == ("count", "comment")
