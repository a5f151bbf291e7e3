"""A round that anyone could join only advises, and every page and paper of it says so; one with codes decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages.front import hero
from pages.parts import i18n
from tests.helpers import boxes, voted
from tests.helpers.worlds import Town
from tests.pages.conftest import Opener, html

SAID = {
    "bg": "Гласуването е съвещателно: всеки може да се включи, затова резултатът е съвет към общината и не я "
    "задължава.",
    "en": "This vote is advisory: anyone can join, so it advises the municipality and does not bind it.",
}
DECIDES = {
    "bg": ("Решаваш ти.", "Това избрахме заедно.", "Ще бъдат направени", "Вече решено"),
    "en": ("You decide.", "This is what we chose.", "These will be done", "Already decided"),
}
PAGES = ("results/results_page.py", "council/brief_page.py", "council/protocol_page.py")


def asks_codes(asked: bool) -> None:
    boxes.change("UPDATE round SET code_required = :asked", asked=asked)


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("advises", [True, False])
def test_while_people_vote(town: Town, open_app: Opener, language: str, advises: bool):
    asks_codes(not advises)
    for page in ("front/home_page.py", "voting/vote_page.py", "results/results_page.py"):
        shown = html(open_app(page, town.resident, language)).replace("\u00a0", " ")
        assert (SAID[language] in shown) == advises, page
        if page.startswith("front"):
            assert (DECIDES[language][0] in shown) == (not advises)


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("advises", [True, False])
def test_home_of_a_result(town: Town, language: str, advises: bool):
    done = replace(town.round, result_published_at=town.at, code_required=not advises)
    with i18n.speaking(language):
        told = hero.hero(done, hero.Facts(projects=5, funded=2, spent=3_000_00), at=town.at)
    assert (SAID[language] in str(told["lead"])) == advises
    assert told["call"] == {
        ("bg", True): "Това съветваме.", ("en", True): "This is what we advise.",
        ("bg", False): "Това избрахме заедно.", ("en", False): "This is what we chose.",
    }[language, advises]  # fmt: skip


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("advises", [True, False])
def test_when_it_is_counted(town: Town, open_app: Opener, language: str, advises: bool):
    for voter in voted.voters(town, 3):
        voted.cast(town, voter, ["p01"], 0)
    voted.close(town)
    asks_codes(not advises)

    for page in PAGES:
        who = town.council if page.startswith("council/brief") else None
        shown = html(open_app(page, who, language, round="2026")).replace("\u00a0", " ")
        assert (SAID[language] in shown) == advises, page
        if advises:
            assert not [one for one in DECIDES[language] if one in shown], page
