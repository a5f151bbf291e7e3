"""None, one and few: nobody voted, nothing was funded, seven ballots, one day – each has a sentence that is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.counting.robustness import Robustness, Trial
from core.results.insights import Insight
from pages.front import hero
from pages.parts import i18n
from pages.results import insight_words
from pages.tally import figures
from tests.helpers import boxes, voted
from tests.helpers.worlds import Town
from tests.pages.conftest import Opener, html

VERY = {"bg": "много устойчив", "en": "very stable"}


@pytest.mark.parametrize(
    ("language", "ballots", "headline", "lead"),
    [
        ("bg", 0, "Никой не е гласувал.", "Не е подадена нито една бюлетина, затова няма избран проект."),
        ("en", 0, "Nobody voted.", "No ballot was cast, so no project was funded."),
        ("bg", 9, "Няма избран проект.", "Виж как преброихме и защо всеки проект е останал извън избраните."),
        ("en", 9, "No project was funded.", "See how we counted, and why each project was left out."),
    ],
)
def test_home_of_a_result_without_projects(town: Town, language: str, ballots: int, headline: str, lead: str):
    done = replace(town.round, result_published_at=town.at)
    with i18n.speaking(language):
        told = hero.hero(done, hero.Facts(5, funded=0, spent=0, ballots=ballots), at=town.at)
    assert (told["headline"], told["call"], told["lead"]) == (headline, "", lead)


@pytest.mark.parametrize("language", ["bg", "en"])
def test_results_and_brief_of_a_round_in_which_nobody_voted(town: Town, open_app: Opener, language: str):
    boxes.change("UPDATE round SET rule = 'equal-shares'")
    voted.close(town)

    results = html(open_app("results/results_page.py", None, language, round="2026"))
    brief = html(open_app("council/brief_page.py", town.council, language, round="2026"))

    assert {"bg": "Никой не е гласувал", "en": "Nobody voted"}[language] in results
    assert {"bg": "никой не е гласувал (", "en": "nobody voted ("}[language] in brief
    for page in (results, brief):
        assert not [one for one in ("so many ballots", "толкова много", "stable", "устойчив", "0 projects", "0 проекта")
                    if one in page]  # fmt: skip


def told(language: str, ballots: int, changed: float) -> list[str]:
    found = Robustness(None, (Trial(1, changed / 2, 0.0, 0.1), Trial(4, changed, 0.1, 0.3)), 200, 1)
    insight = Insight.__new__(Insight)
    object.__setattr__(insight, "robustness", found)
    object.__setattr__(insight, "pending", False)
    object.__setattr__(insight, "failed", False)
    with i18n.speaking(language):
        return insight_words.robust(insight, ballots)


@pytest.mark.parametrize("language", ["bg", "en"])
def test_a_result_is_called_very_stable_only_where_it_is(language: str):
    seven = told(language, 7, 0.24)
    assert seven[0] == {
        "bg": "Само с 7 бюлетини никой не може да каже колко устойчив е резултатът: и една повече може да го промени.",
        "en": "With 7 ballots alone nobody can say how firm the result is: a single one more could change it.",
    }[language]  # fmt: skip
    assert VERY[language] not in " ".join(seven + told(language, 300, 0.24))
    assert VERY[language] in told(language, 300, 0.02)[0]


@pytest.mark.parametrize(
    ("language", "said"), [("bg", "Гласове по дни: 5 на 3 май"), ("en", "Votes by day: 5 on 3 May")]
)
def test_the_chart_of_one_day_is_told_as_one_day(language: str, said: str):
    with i18n.speaking(language):
        assert figures._chart([(date(2026, 5, 3), 5)]) == said
