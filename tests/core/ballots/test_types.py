"""Every type of ballot is complete: its form, its worth, its words in both languages, its ways in the browser."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import pytest

from core import tally
from core.ballots import forms
from core.ballots.types import CASTABLE, TYPES, BallotRules, type_of
from core.counting import rules
from core.counting.election import Instance, Kind, Project, profile_of
from core.counting.support import natural, totals
from core.counting.withdrawn import standing
from core.errors import BallotInvalid
from core.rounds import drafts
from core.store import reading
from core.tally import loading
from pages.parts import i18n
from pages.voting import ballot_types, component
from tests.helpers import boxes, worlds
from tests.helpers.paths import ROOT

COSTS, BUDGET = {"a": 30, "b": 50, "c": 40}, 90
COMPONENT = ROOT / "assets" / "components" / "ballot"


@dataclass(frozen=True)
class Example:
    """A ballot of a type: how it is handed in, written and worth, and which ones are refused and why."""

    written: str
    worth: Mapping[str, int]
    choices: Sequence[str] = ()
    refused: Mapping[str, Sequence[str]] = dict  # type: ignore[assignment]
    limits: tuple[int | None, int | None] = (None, None)


EXAMPLES = {
    "approval": Example('["a","c"]', {"a": 1, "c": 1}, ["c", "a"], {"many": ["a", "b", "c"], "few": ["a"]}, (2, 2)),
    "knapsack": Example('["b","c"]', {"b": 1, "c": 1}, ["c", "b"], {"over": ["a", "b", "c"], "few": []}),
    "ranking": Example('["c","a"]', {"c": 2, "a": 1}, ["c", "a"], {"many": ["c", "a", "b"], "few": ["a"]}, (2, 2)),
    "points": Example('{"a":3,"b":1}', {"a": 3, "b": 1}),
}


def test_every_type_has_its_example_here():
    assert EXAMPLES.keys() == TYPES.keys()


@pytest.mark.parametrize("type_", CASTABLE)
def test_choices_are_written_in_one_form_and_wrong_ones_are_refused(type_: str):
    example, allowed = EXAMPLES[type_], BallotRules(type_, *EXAMPLES[type_].limits)

    assert forms.to_text(forms.check(example.choices, allowed, COSTS, BUDGET)) == example.written
    for problem, choices in {"unknown": ["x"], "repeated": ["a", "a"], **example.refused}.items():
        with pytest.raises(BallotInvalid) as refusal:
            forms.check(choices, allowed, COSTS, BUDGET)
        assert refusal.value.problem == problem


@pytest.mark.parametrize("places", [1, 2, 3, 9])
@pytest.mark.parametrize("gone", ["", "a", "bc"])
def test_places_bring_the_same_in_the_live_tally_and_in_the_count(places: int, gone: str):
    projects = tuple(Project(code, cost, withdrawn=code in gone) for code, cost in COSTS.items())
    written = ['["a","b","c"]', '["b"]', '["c","a"]']
    left, ballots = standing(Instance(projects, BUDGET), profile_of("ordinal", dict.fromkeys(written, 1)))
    worth = TYPES["ranking"].worth_without(gone, places)

    told = Counter[str]()
    for text in written:
        told.update(dict(worth(text)))

    assert [told[code] for code in left.ids] == totals(left, ballots, "borda", places)


@pytest.mark.parametrize("type_", TYPES)
def test_a_ballot_is_worth_the_same_in_the_live_tally_and_in_the_count(type_: str):
    example, traits = EXAMPLES[type_], TYPES[type_]
    instance = Instance(tuple(Project(code, cost) for code, cost in COSTS.items()), BUDGET)
    profile = profile_of(traits.kind, {example.written: 3})

    assert dict(traits.worth(example.written)) == example.worth
    counted = totals(instance, profile, natural(profile))
    assert counted == [3 * example.worth.get(code, 0) for code in COSTS]
    assert traits.counts_votes == (natural(profile) == "votes")
    assert traits.rules
    for rule in traits.rules:
        assert rules.rule_name(rule) == rule
        assert rules.allocate(rule, instance, profile).funded


def test_every_kind_of_the_count_comes_in_as_one_type():
    assert {kind: type_of(kind) for kind in get_args(Kind)} == {
        "approval": "approval",
        "ordinal": "ranking",
        "cumulative": "points",
        "scoring": "points",
    }


@pytest.mark.parametrize("type_", CASTABLE)
def test_a_round_of_each_type_goes_from_draft_to_result(town: worlds.Town, type_: str):
    (rule, *_others), least_first = TYPES[type_].rules, sorted(worlds.COSTS)[:1]
    drafts.check(worlds.draft(town.at, ballot=BallotRules(type_), rule=rule))
    round_ = boxes.round_in_voting(town, ballot=BallotRules(type_), rule=rule)
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, least_first, round_=round_)
    assert loading.kind_of(round_) == TYPES[type_].kind
    at = boxes.end_voting(round_.id)
    boxes.close(town, round_.id, at)
    with reading() as session:
        assert dict(tally.live(session, boxes.fresh(round_.id), at).supports)["p01"] == 3
    boxes.draw(town, round_.id, at)
    boxes.open_all(town, round_.id, at)
    boxes.keep_turnout(town, round_.id, at)

    found = boxes.count(town, round_.id, at)

    assert (found.rule, found.ballots, [one.id for one in found.allocation.funded]) == (rule, 3, ["p01"])


def test_every_type_has_its_words_in_both_languages():
    assert ballot_types.WORDS.keys() == TYPES.keys()
    for type_, make in ballot_types.WORDS.items():
        said = {}
        for language in i18n.known():
            with i18n.speaking(language):
                said[language] = _texts(make(BallotRules(type_, 1, 3), "90 €"))
        assert said["bg"].keys() == said["en"].keys()
        assert {name for name, text in said["bg"].items() if text == said["en"][name]} == set(), type_
        assert ("offer.effect" in said["en"]) == ("dock" in said["en"]) == (type_ in CASTABLE)


def _texts(words: ballot_types.Words) -> dict[str, str]:
    """Return all texts of a type by name, those that are empty left out."""
    plain = {name: getattr(words, name) for name in ("name", "task", "title", "lead", "chosen", "dock", "unit")}
    parts = {"step": words.step, "offer": words.offer}
    nested = {
        f"{part}.{name}": getattr(value, name)
        for part, value in parts.items()
        for name in ("title", "name", "text", "effect")
        if hasattr(value, name)
    }
    return {name: text for name, text in (plain | nested).items() if text}


def test_organisers_choose_between_all_that_can_be_cast_and_rules_that_suit():
    assert tuple(one.value for one in ballot_types.offers()) == CASTABLE == ("approval", "knapsack", "ranking")


@pytest.mark.parametrize("type_", CASTABLE)
def test_every_type_has_its_ways_in_the_browser(type_: str):
    script = component._script()

    assert (COMPONENT / f"ballot.type.{type_}.js").read_text("utf-8") in script
    assert f"TYPES.{type_} = " in script


def test_nobody_else_asks_for_a_type_by_its_name():
    # Those that are also kinds of the count, or measures of its rules, cannot be told from these.
    names = {"knapsack", "ranking"}
    at_home = {"core/ballots/types.py", "core/demo/rounds.py", "pages/voting/ballot_types.py"}
    python = [*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    found = {
        path.relative_to(ROOT).as_posix()
        for path in python
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    }
    found |= {
        path.relative_to(ROOT).as_posix()
        for path in COMPONENT.glob("ballot*.js")
        if not path.name.startswith("ballot.type.")
        for name in TYPES
        if json.dumps(name) in path.read_text("utf-8")
    }

    assert found - at_home == set()
