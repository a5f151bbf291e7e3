"""Every rule stands in words: its name, how it works, its settings – in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from core.ballots.types import BallotRules
from core.counting import measures
from core.counting.election import Instance, Kind, Profile, Project
from core.counting.rules import RULES, allocate, suitable
from core.counting.rules.equal_shares import COMPLETIONS
from pages.front import rules
from pages.parts import i18n
from pages.results import insight_words, waiting
from pages.rounds import choices, overview, rule_words
from tests.helpers import worlds

INSTANCE = Instance((Project("a", 1), Project("b", 1)), 1)
LATIN = re.compile("[A-Za-z]{3,}")
NAMES = {
    "greedy": "По най-много гласове",
    "greedy-borda": "По най-много точки за място",
    "equal-shares": "Метод на равните дялове",
    "phragmen": "Последователен метод на Фрагмен",
}


@pytest.mark.parametrize("language", i18n.known())
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_name_and_lines_of_its_own(rule: str, language: str):
    with i18n.speaking(language):
        name, lines = rule_words.name(rule), rule_words.lines(rule)
        stopgap = rule_words.lines("dictator")

    assert name != rule and lines != stopgap and len(lines) >= 2
    assert all(line.endswith(".") for line in lines)
    assert bool(LATIN.search(" ".join([name, *lines]))) == (language == "en")


def test_no_two_rules_are_worded_alike():
    with i18n.speaking("en"):
        assert len({rule_words.name(rule) for rule in RULES}) == len(RULES)
        assert rule_words.name("unknown") == rule_words.name("") == "Rule not stated"
        assert rule_words.name("greedy", {"by": "borda"}) == "Most points for places first"


def test_a_name_is_spelled_in_many_ways_and_means_one_rule():
    for rule, known in RULES.items():
        for spelled in (rule, rule.replace("-", "_"), *known.aliases):
            assert rule_words.lines(spelled) == rule_words.lines(rule)
    assert rule_words.is_equal_shares("equalshares") and not rule_words.is_equal_shares("greedy")


@pytest.mark.parametrize("rule", RULES)
def test_what_a_rule_is_called_in_bulgarian(rule: str):
    with i18n.speaking("bg"):
        assert rule_words.name(rule) == NAMES.get(rule, rule_words.name(rule))


@pytest.mark.parametrize("rule", RULES)
def test_a_threshold_is_told_of_every_rule_that_has_one(rule: str):
    with i18n.speaking("en"):
        told = "Only projects that reach the threshold take part in the count."
        assert (told in rule_words.lines(rule, {"threshold": 5})) == ("threshold" in RULES[rule].defaults)


@pytest.mark.parametrize("language", i18n.known())
@pytest.mark.parametrize("rule", RULES)
def test_all_settings_of_every_rule_are_told_in_words(rule: str, language: str):
    for kind in RULES[rule].suits:
        ballots = [["a"], ["b", "a"]] if kind in ("approval", "ordinal") else [{"a": 1}, {"a": 1, "b": 2}]
        settings = dict(allocate(rule, INSTANCE, Profile.of(kind, ballots)).settings)
        with i18n.speaking(language):
            told = [rule_words.words({name: value}) for name, value in settings.items()]

        assert not [line for line in told if "_" in line or line.split(": ")[0] in settings]
        assert bool(LATIN.search(" ".join(told))) == (language == "en")


@pytest.mark.parametrize(
    ("ballot", "kind"), [("approval", "approval"), ("knapsack", "approval"), ("ranking", "ordinal")]
)
def test_organisers_choose_among_rules_that_suit_the_ballot(ballot: str, kind: Kind):
    offered = [choice.value for choice in choices.rules(ballot)]

    assert offered and set(offered) <= set(suitable(kind))
    assert all(choice.text and choice.effect and choice.name for choice in choices.rules(ballot))


@pytest.mark.parametrize(
    ("settings", "language", "told"),
    [
        ({}, "en", "The last place on a ballot brings 1 point, each place before it one point more. So a ballot with "
         "one project gives it 1 point, and one with three gives its first project 3 points."),
        ({"places": 3}, "en", "The first place on a ballot brings 3 points, each further place one point less. A place "
         "always brings the same points, however many projects are ranked. What is not ranked gets none."),
        ({"places": "projects"}, "bg", "Първото място носи толкова точки, колкото са проектите, всяко следващо – с "
         "една по-малко. Едно място винаги носи еднакво точки, колкото и проекта да са подредени. Което не е "
         "подредено, не получава точки."),
    ],
)  # fmt: skip
def test_what_a_place_brings_is_told_as_it_is_counted(settings: dict[str, object], language: str, told: str):
    with i18n.speaking(language):
        assert " ".join(rule_words.lines("greedy-borda", settings)).startswith(told)


LOT = "If they are still equal, a public draw decides: dice or a beacon, after the ballot box is closed."


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("greedy", "With equal support, the cheaper project goes first."),
        ("greedy-borda", "With equal support, the cheaper project goes first."),
        ("equalshares", "If two projects are equally good a buy for their supporters, the cheaper one goes first."),
        ("phragmen", "If two projects leave their supporters with equally much to carry, the cheaper one goes first."),
    ],
)
def test_what_decides_between_equals_is_said_of_each_rule(rule: str, first: str):
    with i18n.speaking("en"):
        assert rule_words.ties({}, rule) == [first, "If the cost is equal too, more votes decide.", LOT]


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("refuse", ["If projects are equal, the count stops and people decide."]),
        ("lot", ["If projects are equal, a public draw decides: dice or a beacon, after the ballot box is closed."]),
        # Nothing is left to decide after the lot, and an order that leaves ties open ends with it.
        (["votes", "lot", "cost"], ["Of equal projects the one with more votes goes first.", LOT]),
        (["number"], ["Of equal projects the one with the lower number goes first.", LOT]),
        (
            ["votes", "cost", "number", "refuse"],
            [
                "Of equal projects the one with more votes goes first.",
                "If they are still equal, the cheaper one goes first.",
                "If they are still equal, the one with the lower number goes first.",
                "If they are still equal, the count stops and people decide.",
            ],
        ),
    ],
)
def test_another_order_is_told_as_it_decides(order: str | list[str], told: list[str]):
    with i18n.speaking("en"):
        assert rule_words.ties({"ties": order}, "greedy") == told


def test_what_is_not_set_is_what_the_rule_does_by_itself(monkeypatch: pytest.MonkeyPatch):
    def by_lot(instance: Instance, profile: Profile, *, ties: str = "lot") -> None: ...

    monkeypatch.setitem(RULES, "greedy", replace(RULES["greedy"], count=by_lot))
    with i18n.speaking("bg"):
        assert rule_words.ties({}, "greedy") == [
            "Ако проекти са равни, решава публичен жребий: зарове или публичен източник, след затварянето на урната."
        ]


@pytest.mark.parametrize("rule", ["", "unknown", "dictator"])
def test_of_a_rule_that_nobody_knows_nothing_is_claimed(rule: str):
    with i18n.speaking("en"):
        told = ["This rule is explained in the round's own documents."]
        assert rule_words.ties({}, rule) == rule_words.ties({"ties": ["dice", "lot"]}, "greedy") == told


def test_a_count_by_places_has_one_name_before_and_after_it(town: worlds.Town):
    imported = replace(town.round, rule="greedy", rule_settings={}, ballot=BallotRules("ranking"), imported=True)
    with i18n.speaking("bg"):
        told = {
            rule_words.name("greedy-borda"),
            rule_words.name("greedy", {"by": "borda"}),
            rule_words.name(imported.rule, rule_words.settings_of(imported)),
            *(fact["text"] for fact in waiting._facts(imported, town.at)),
            rules.parts(imported)[2].lines[0].rstrip("."),
            overview.view([imported], town.at)["rows"][0]["text"].split(" · ")[2],
        }
    assert told == {"По най-много точки за място"}


def test_equal_shares_are_told_apart_in_a_comparison():
    profile = Profile.of("approval", [["a"], ["b", "a"]])
    made = [allocate("equal-shares", INSTANCE, profile, completion="none")]
    made += [allocate(rule, INSTANCE, profile, **settings) for rule, settings in measures.others(made[0], profile)]
    with i18n.speaking("bg"):
        told = [insight_words.label(one) for one in made]
    assert told == [
        "Метод на равните дялове, без увеличаване",
        "По най-много гласове",
        "Метод на равните дялове, с увеличаване",
        "Метод на равните дялове, както брои публичният инструмент",
        "Последователен метод на Фрагмен",
    ]


@pytest.mark.parametrize("utility", ["cost", "cardinality", "borda"])
@pytest.mark.parametrize("completion", COMPLETIONS)
def test_every_kind_of_equal_shares_has_a_name(completion: str, utility: str):
    profile = Profile.of("ordinal", [["a"], ["b", "a"]])
    with i18n.speaking("bg"):
        every = {
            insight_words.label(allocate("equal-shares", INSTANCE, profile, completion=one, utility=worth))
            for one in COMPLETIONS
            for worth in ("cost", "cardinality", "borda")
        }
        told = insight_words.label(allocate("equal-shares", INSTANCE, profile, completion=completion, utility=utility))
    assert len(every) == 12 and told in every and "{" not in told


def test_settings_read_as_one_sentence_each():
    with i18n.speaking("bg"):
        told = rule_words.words({"by": "votes", "threshold": 0})
    assert told == "подкрепата се мери по: гласове; най-малко нужна подкрепа: 0"
