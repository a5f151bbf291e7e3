"""Limits that are open on one side or on both are said so, wherever they stand; nothing says None."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import NotEligible
from pages.council import brief
from pages.front import hero, rules
from pages.ideas import writing
from pages.parts import i18n, refusals
from tests.helpers import worlds

SENTENCES = {
    (15, 29): {
        "bg": "Ако си между 15 и 29 години и живееш, учиш или работиш в общината, избери кои проекти да бъдат "
        "направени.",
        "en": "If you are 15 to 29 years old and live, study or work in the municipality, choose what gets done.",
    },
    (15, None): {
        "bg": "Ако си на 15 или повече години и живееш, учиш или работиш в общината, избери кои проекти да бъдат "
        "направени.",
        "en": "If you are 15 or older and live, study or work in the municipality, choose what gets done.",
    },
    (None, 29): {
        "bg": "Ако си до 29 години и живееш, учиш или работиш в общината, избери кои проекти да бъдат направени.",
        "en": "If you are 29 or younger and live, study or work in the municipality, choose what gets done.",
    },
    (None, None): {
        "bg": "Ако живееш, учиш или работиш в общината, избери кои проекти да бъдат направени.",
        "en": "If you live, study or work in the municipality, choose what gets done.",
    },
}
WHO = {
    (15, 29): {"bg": "хора от 15 до 29 години", "en": "people aged 15 to 29"},
    (15, None): {"bg": "хора на 15 и повече години", "en": "people aged 15 and over"},
    (None, 29): {"bg": "хора до 29 години", "en": "people aged 29 and under"},
    (None, None): {"bg": "хора на всяка възраст", "en": "people of every age"},
}
COSTS = {
    (50_000, 200_000): ("Идеята може да струва от 500 € до 2 000 €.", "струва между 500 € и 2 000 €"),
    (50_000, None): ("Една идея струва поне 500 €.", "струва поне 500 €"),
    (None, 200_000): ("Една идея може да струва до 2 000 €.", "струва най-много 2 000 €"),
}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("ages", list(SENTENCES), ids=str)
def test_ages_are_told_as_they_are(town: worlds.Town, ages: tuple[int | None, int | None], language: str):
    least, most = ages
    voting = replace(town.round, age_min=least, age_max=most, code_required=True)
    assert voting.dates.ideas_from is not None
    who = WHO[ages][language]
    with i18n.speaking(language):
        facts = hero.Facts(projects=5)
        home = hero.hero(voting, facts, at=town.at)["lead"]
        before = hero.hero(voting, facts, at=voting.dates.ideas_from - timedelta(days=1))["lead"]
        said = [" ".join(part.lines) for part in rules.parts(voting)]
        refused = refusals.sentence(NotEligible(reason="age", age_min=least, age_max=most))
        told = brief._who(voting)

    assert home == SENTENCES[ages][language]
    assert told == (
        who if ages != (None, None) else {"bg": "всички с право на глас", "en": "everyone who was entitled"}[language]
    )
    assert who in str(before) and any(who in part for part in said)
    assert (who in refused) == (ages != (None, None))
    assert "None" not in "".join((str(home), str(before), refused, told, *said))


@pytest.mark.parametrize("costs", list(COSTS), ids=str)
def test_costs_are_told_as_they_are(town: worlds.Town, costs: tuple[int | None, int | None]):
    round_ = replace(town.round, min_cost=costs[0], max_cost=costs[1])
    with i18n.speaking("bg"):
        found = plain(" ".join(" ".join(part.lines) for part in rules.parts(round_)))
        needs = plain(" ".join(writing.conditions(round_)))
    assert COSTS[costs][0] in found and COSTS[costs][1] in needs
