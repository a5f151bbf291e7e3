"""Insights: what is compared, how many samples a result is worth, and work that nobody waits for."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from threading import Event

import pytest

from core.counting import measures, robustness
from core.counting.election import Instance, Profile, Project, RuleWrong
from core.counting.rules import RULES, allocate
from core.counting.rules.equal_shares import PRESETS
from core.results import insights
from core.results.insights import first_look
from pages.parts import i18n
from pages.results import insight_words

INSTANCE = Instance((Project("a", 60), Project("b", 40), Project("c", 50)), 100)
PROFILE = Profile.of("approval", [["a", "b"]] * 6 + [["c"]] * 5, ("a", "b", "c"))


@pytest.fixture(autouse=True)
def fresh():
    insights.forget()
    yield
    insights.forget()


def test_the_first_look_measures_and_compares_with_other_rules():
    result = allocate("greedy", INSTANCE, PROFILE)  # a and b: 6 of 11 voters have something

    found = insights.first_look(INSTANCE, PROFILE, result)

    assert found.measures.served == Fraction(6, 11)
    assert [one.rule for one in found.compared] == ["equal-shares", "equal-shares", "phragmen"]
    assert found.pending and found.robustness is None


@pytest.mark.parametrize(("rule", "settings"), [("greedy", {}), ("equal-shares", {}), ("phragmen", {})])
def test_a_rule_is_not_compared_with_itself(rule, settings):
    result = allocate(rule, INSTANCE, PROFILE, **settings)

    others = measures.others(result, PROFILE)

    assert len(others) == 3 and not any(measures.same(result, *other) for other in others)


def test_a_preset_is_the_same_rule_only_with_all_its_settings():
    tool = allocate("equal-shares", INSTANCE, PROFILE, **PRESETS["compute-tool"])

    assert measures.same(tool, "equal-shares", PRESETS["compute-tool"])
    assert not measures.same(tool, "equal-shares", PRESETS["official"])


def test_ranked_ballots_are_compared_by_their_points():
    ranked = Profile.of("ordinal", [["a", "b"], ["b", "c"]], ("a", "b", "c"))

    rules = measures.others(allocate("greedy-borda", INSTANCE, ranked), ranked)

    assert [(rule, settings.get("utility")) for rule, settings in rules] == [("equal-shares", "borda")]


def test_categories_and_areas_come_from_outside():
    named = measures.labelled(INSTANCE, {"a": (("sport",), "center")})

    assert (named.projects[0].categories, named.projects[0].area) == (("sport",), "center")
    assert named.projects[1] == INSTANCE.projects[1]


def test_it_is_computed_once_and_nobody_waits_for_it():
    result, asked, go = allocate("greedy", INSTANCE, PROFILE), [], Event()

    def load():
        asked.append(1)
        go.wait(10)
        return INSTANCE, PROFILE

    first = insights.insight("key", result, load)
    assert first.value is None
    go.set()
    first.thread.join(20)
    again = insights.insight("key", result, load)

    assert again is first and len(asked) == 1
    assert not again.value.pending and again.value.robustness.samples == 200


def test_a_failure_is_not_kept():
    result = allocate("greedy", INSTANCE, PROFILE)

    def broken():
        raise OSError

    failed = insights.insight("key", result, broken, wait=10)
    assert failed.failed and failed.value is None
    assert insights.insight("key", result, lambda: (INSTANCE, PROFILE), wait=20).value is not None


def test_only_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(insights, "MOST", 2)
    result = allocate("greedy", INSTANCE, PROFILE)
    for key in "abc":
        insights.insight(key, result, lambda: (INSTANCE, PROFILE), wait=20)

    assert list(insights._kept) == ["b", "c"]


def test_a_process_of_its_own_finds_the_same(monkeypatch):
    result = allocate("equal-shares", INSTANCE, PROFILE)
    here = insights._robust(INSTANCE, PROFILE, result)
    monkeypatch.setattr(insights, "SMALL", -1)

    assert insights._robust(INSTANCE, PROFILE, result) == here


def test_what_took_a_process_is_noted_for_the_next_start(monkeypatch, tmp_path):
    result = allocate("greedy", INSTANCE, PROFILE)
    monkeypatch.setattr(insights, "SMALL", -1)
    note = tmp_path / "insights" / "one.json"
    first = insights._robust(INSTANCE, PROFILE, result, note)
    monkeypatch.setattr(subprocess, "run", None)

    assert insights._robust(INSTANCE, PROFILE, result, note) == first
    note.write_text("{")
    assert insights._noted(note) is None


@pytest.mark.parametrize(("kind", "rule"), [("ordinal", "greedy-borda"), ("cumulative", "greedy-points")])
def test_ranked_and_pointed_rounds_have_a_robustness_too(kind, rule):
    ballots = [["a"]] * 5 + [["c"]] * 4 if kind == "ordinal" else [{"a": 2}] * 5 + [{"c": 2}] * 4
    profile = Profile.of(kind, ballots, ("a", "b", "c"))
    result = allocate(rule, INSTANCE, profile)

    found = robustness.robust(INSTANCE, profile, result)

    # One more for c or one fewer for a makes them equal, and then the cheaper c goes first: about half of all trials.
    assert (found.samples, found.trials[0].ballots, found.trials[0].changed) == (200, 1, 0.475)


def test_the_process_fails_on_what_is_no_election():
    done = subprocess.run(
        [sys.executable, "-m", "core.counting.robustness"], input=b"", capture_output=True, cwd=insights.ROOT
    )

    assert done.returncode != 0


def test_large_elections_get_fewer_samples_and_the_largest_none(monkeypatch):
    result = allocate("greedy", INSTANCE, PROFILE)
    monkeypatch.setattr(robustness, "SAMPLES", ((1, 200), (float("inf"), 20)))
    assert robustness.robust(INSTANCE, PROFILE, result).samples == 20
    monkeypatch.setattr(robustness, "MOST_WORK", 0)
    assert robustness.robust(INSTANCE, PROFILE, result) is None


def compared(profile: Profile) -> list[tuple[str, object, object]]:
    return [(rule, it.get("utility"), it.get("completion")) for rule, it in measures.candidates(profile)]


def test_what_is_compared_is_what_the_registry_says():
    assert compared(PROFILE) == [
        ("greedy", None, None), ("greedy-no-skip", None, None), ("equal-shares", "cost", "add1"),
        ("equal-shares", "cost", "add1-greedy"), ("phragmen", None, None),
    ]  # fmt: skip
    ranked = Profile.of("ordinal", [["a", "b"], ["b", "c"]], ("a", "b", "c"))
    assert ("equal-shares", "borda", "add1") in compared(ranked) and len(compared(ranked)) == 6


def test_a_rule_that_is_new_in_the_registry_is_compared_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(RULES, "newest", replace(RULES["greedy"], beside=({"threshold": 2},)))
    result = allocate("greedy", INSTANCE, PROFILE)

    assert ("newest", {"threshold": 2}) in measures.candidates(PROFILE)
    assert ("newest", {"threshold": 2}) in measures.others(result, PROFILE)
    assert "greedy-no-skip" not in dict(measures.others(result, PROFILE))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Not computed: something went wrong. The result itself does not depend on it."),
        ("bg", "Не е пресметнато: нещо се обърка. Самият резултат не зависи от това."),
    ],
)
def test_a_robustness_that_fails_is_told_as_a_failure(monkeypatch, language, told):
    def broken(*_given):
        raise RuleWrong(rule="greedy", setting="by", value="votes")

    monkeypatch.setattr(insights, "_robust", broken)
    job = insights.insight("broken", allocate("greedy", INSTANCE, PROFILE), lambda: (INSTANCE, PROFILE), wait=20)

    assert (job.value.failed, job.value.pending, job.value.robustness) == (True, False, None)
    with i18n.speaking(language):
        assert insight_words.robust(job.value, PROFILE.ballots) == [told]


def test_no_ballots_are_not_too_many_and_too_many_are_no_failure():
    none = first_look(INSTANCE, Profile.of("approval", [], ("a", "b", "c")), allocate("greedy", INSTANCE, PROFILE))
    with i18n.speaking("en"):
        assert insight_words.robust(replace(none, pending=False), 0) == ["There are no ballots to try it with."]
        assert insight_words.robust(replace(none, pending=False), 5)[0].startswith("Not computed: with so many ballots")
