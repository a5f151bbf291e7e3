"""Three small results explained in words: every sentence that is shown here was worked out by hand in the comments."""

from __future__ import annotations

import html as entities
import re
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from core.counting.allocation import Allocation, Unfunded
from core.counting.election import Instance, Profile, Project
from core.counting.rules import allocate, suitable
from core.counting.rules.equal_shares import PRESETS
from core.ideas.projects import Listed
from core.results import Result
from core.results.insights import first_look
from core.texts import Texts
from pages.parts import i18n, templates
from pages.results import insight_words, reasons
from pages.results import result as result_view
from pages.results.telling import Telling
from pages.rounds import rule_words
from tests.helpers import worlds

EURO = 100  # minor units


def shown(
    town: worlds.Town,
    language: str,
    projects: dict[str, tuple[int, str]],
    ballots: list[str],
    rule: str,
    **settings: Any,
) -> str:
    """Return what the results page says of this election, without tags. `projects`: cost in euro and conflicts."""
    instance = Instance(
        tuple(Project(code, cost * EURO, conflicts=frozenset(other)) for code, (cost, other) in projects.items()),
        100 * EURO,
        unit=EURO,
    )
    profile = Profile.of("approval", ballots, tuple(projects))
    allocation = allocate(rule, instance, profile, **settings)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    result = Result(allocation, rule, dict(allocation.settings), len(ballots), "00", None, moment, moment)
    round_ = replace(town.round, budget=100 * EURO, rule=rule)
    votes = {code: sum(code in ballot for ballot in ballots) for code in projects}
    listed = [listing(code, cost) for code, (cost, _) in projects.items()]
    with i18n.speaking(language):
        page = templates.render(
            "results/result.html", **result_view.view(round_, result, listed, votes, town.municipality)
        )
        insight = first_look(instance, profile, allocation)
        served = insight_words.served(result_view.telling_of(round_, result, listed), insight.measures)
    text = entities.unescape(re.sub(r"<[^>]+>", " ", page)) + " ".join(served)
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def listing(code: str, cost: int) -> Listed:
    names: dict[str, Any] = {"area_id": None, "category_id": None, "place": "", "lat": None, "lon": None}
    return Listed(code=code, title=Texts(bg=NAMES[code][0], en=NAMES[code][1]), text=Texts(), cost=cost * EURO,
                  idea_id=None, **names)  # fmt: skip


NAMES = {
    "p": ("Парк", "Park"), "v": ("Велостойки", "Bike racks"), "b": ("Библиотека", "Library"), "k": ("Кино", "Cinema"),
    "s": ("Скейт", "Skate"), "l": ("Лампи", "Lamps"), "d": ("Дървета", "Trees"), "z": ("Будка", "Kiosk"),
}  # fmt: skip


# 1. Equal shares with Add1. 100 € and 10 ballots: 10 € each.
#    Park 40 € has 6 votes, bike racks 30 € five of these same six, the library 36 € the four others.
#    With 10 €: the park is the best buy (6 votes): 40 ÷ 6 = 6.67 each, its voters keep 3.33. The library: 36 ÷ 4 = 9.
#    Five voters of the racks have 5 × 3.33 = 16.67 < 30. Spent: 40 + 36 = 76.
#    Add1: with 11 € they have 5 × 4.33 = 21.67, with 12 € 5 × 5.33 = 26.67: both times still short of 30.
#    With 13 € they have 5 × 6.33 = 31.67: the racks would be bought, 76 + 30 = 106 > 100. So 12 € decide.
#    Racks: at the price of the library – a quarter of the cost each – 30 ÷ 4 = 7.50, so 4 votes were needed; its five
#    had 26.67, as much as 26.67 ÷ 7.50 = 3.6, that is 3 whole votes; 26.67 ÷ 30 = 88.9 %.
SHARES = {"p": (40, ""), "v": (30, ""), "b": (36, "")}
SHARES_BALLOTS = ["pv"] * 5 + ["p"] + ["b"] * 4


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "€100 ÷ 10 ballots = €10 for each.",
                "So that less money stays unused, the share was raised to €12.",
                "€40 ÷ 6 people = €6.67 from each.",
                "Park €40 from 6 people who pay €6.67 each. Left in the budget: €60",
                "Library €36 from 4 people who pay €9 each. Left in the budget: €24",
                "It costs €30, but €24 of the budget was left. "
                "The shares were raised as far as the budget allows; with them others could be paid earlier.",
                # All ten voters have the park or the library, each exactly one: (6 × 40 + 4 × 36) ÷ 10 = 38.40.
                "100% of voters supported at least one of the chosen projects.",
                "On average 1 of the projects on a ballot were chosen, worth €38.40 together.",
            ],
        ),
        (
            "bg",
            [
                "100 € ÷ 10 бюлетини = по 10 € за всяка.",
                "40 € ÷ 6 души = по 6,67 € от всеки.",
                "Парк 40 € от 6 души, по 6,67 € от всеки. Остават в бюджета: 60 €",
                "Библиотека 36 € от 4 души, по 9 € от всеки. Остават в бюджета: 24 €",
                "Струва 30 €, а от бюджета останаха 24 €. Дяловете бяха увеличени, докъдето бюджетът позволява; с тях "
                "други проекти се платиха по-рано.",
                "100 % от гласувалите подкрепиха поне един от избраните проекти.",
            ],
        ),
    ],
)
def test_equal_shares_with_add1(town: worlds.Town, language: str, sentences: list[str]):
    page = shown(town, language, SHARES, SHARES_BALLOTS, "equal-shares")

    assert [sentence for sentence in sentences if sentence not in page] == []
    # How much its supporters lack follows only from where the raising stopped: with 13 € they would lack nothing.
    assert not [told for told in ("26.6", "26,6", "88", "4 votes", "4 гласа") if told in page]


#    The same without raising: 10 € each. Racks: at the price of the park – a sixth of the cost each – 30 ÷ 6 = 5 €, so
#    6 votes were needed, and it has five. In the end its five have 5 × 3.33 = 16.67 €. Of the budget 24 € were left.
@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            "It costs €30, but €24 of the budget was left. At this price it needed 6 votes and had 5. "
            "In the end its supporters together had €16.66 left; it costs €30.",
        ),
        (
            "bg",
            "Струва 30 €, а от бюджета останаха 24 €. При тази цена са нужни 6 гласа, а има 5. "
            "Накрая на подкрепилите го заедно им оставаха 16,66 €; струва 30 €.",
        ),
    ],
)
def test_equal_shares_that_are_not_raised(town: worlds.Town, language: str, told: str):
    assert told in shown(town, language, SHARES, SHARES_BALLOTS, "equal-shares", completion="none")


def test_money_may_be_left_that_nobody_can_pay_from(town: worlds.Town):
    # 10 € each. The library is paid by its four; the racks' one voter has 10 € of 30, while 64 € stay.
    page = shown(town, "en", SHARES, ["v"] + ["b"] * 4 + [""] * 5, "equal-shares", completion="none")

    assert "It costs €30, and €64 of the budget was left, but its supporters could not pay for it together." in page


# 2. Greedy with one that is skipped. 100 €; the park 70 € has 10 votes, skate 50 € has 8, the cinema 30 € has 5, the
#    kiosk none. The park goes first: 30 € are left. Skate costs 50: 20 € are missing. The cinema fits exactly: 0 left.
#    With 10 votes skate would have been equal with the park and, being cheaper, first: 8 of 10 votes are 80 %.
#    12 ballots: 7 park + skate, 3 park + cinema, 1 skate + cinema, 1 cinema. All have the park or the cinema.
GREEDY = {"p": (70, ""), "s": (50, ""), "k": (30, ""), "z": (20, "")}
GREEDY_BALLOTS = ["ps"] * 7 + ["pk"] * 3 + ["sk", "k"]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Park 10 votes. It costs €70. Left in the budget: €30",
                "Cinema 5 votes. It costs €30. Left in the budget: €0",
                "€20 was missing when its turn came: it costs €50, and €30 was left. "
                "With 10 votes its turn would have come while there was enough; it had 8.",
                "Support compared with what was needed: 80%",
                "Nobody voted for it.",
                "100% of voters supported at least one of the chosen projects.",
            ],
        ),
        (
            "bg",
            [
                "Парк 10 гласа. Струва 70 €. Остават в бюджета: 30 €",
                "Кино 5 гласа. Струва 30 €. Остават в бюджета: 0 €",
                "Не стигнаха 20 €, когато му дойде редът: струва 50 €, а оставаха 30 €. "
                "Трябваха му 10 гласа, за да дойде редът му, преди парите да свършат. Има 8.",
                "Подкрепа спрямо нужното: 80 %",
                "Няма нито един глас.",
            ],
        ),
    ],
)
def test_greedy_skips_what_does_not_fit(town: worlds.Town, language: str, sentences: list[str]):
    page = shown(town, language, GREEDY, GREEDY_BALLOTS, "greedy")

    assert [sentence for sentence in sentences if sentence not in page] == []


# 3. Projects that exclude each other, and a tie. 100 €; the park 60 € (7 votes) and the cinema 60 € (5 votes) want the
#    same place. The park goes first, 40 € are left, and the cinema is out. Trees 25 € and lamps 30 € have 3 votes each;
#    together 55 € are more than 40, so the tie matters. The lower cost decides: trees, 15 € left. Lamps: 15 missing.
#    With one vote more, 4, the lamps would have gone before the trees: 3 of 4 votes are 75 %.
#    13 ballots: 7 park, 3 cinema, 2 cinema + trees, 1 trees; three of the seven have lamps too. 10 of 13 are served.
CONFLICT = {"p": (60, "k"), "k": (60, "p"), "d": (25, ""), "l": (30, "")}
CONFLICT_BALLOTS = ["pl"] * 3 + ["p"] * 4 + ["k"] * 3 + ["kd"] * 2 + ["d"]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Park 7 votes. It costs €60. Left in the budget: €40",
                "Trees 3 votes. It costs €25. Left in the budget: €15",
                "It conflicts with 'Park', which is funded. Votes: 7 against 5.",
                "There was a tie between 'Trees', 'Lamps'. Decided by: the lower cost. First went 'Trees'.",
                "€15 was missing when its turn came: it costs €30, and €15 was left. "
                "With 4 votes its turn would have come while there was enough; it had 3.",
                "Support compared with what was needed: 75%",
                "76.9% of voters supported at least one of the chosen projects.",
            ],
        ),
        (
            "bg",
            [
                "Парк 7 гласа. Струва 60 €. Остават в бюджета: 40 €",
                "Не може да се направи заедно с „Парк“, а той е избран. Гласове: 7 срещу 5.",
                "Имаше равенство между „Дървета“, „Лампи“. Реши: по-ниската цена. Пръв мина „Дървета“.",
                "Не стигнаха 15 €, когато му дойде редът: струва 30 €, а оставаха 15 €. "
                "Трябваха му 4 гласа, за да дойде редът му, преди парите да свършат. Има 3.",
                "Подкрепа спрямо нужното: 75 %",
                "76,9 % от гласувалите подкрепиха поне един от избраните проекти.",
            ],
        ),
    ],
)
def test_projects_that_exclude_each_other_and_a_tie(town: worlds.Town, language: str, sentences: list[str]):
    page = shown(town, language, CONFLICT, CONFLICT_BALLOTS, "greedy-exclusive")

    assert [sentence for sentence in sentences if sentence not in page] == []


# 4. Trees 20 € and lamps 30 € with 3 votes each, after the park with 4. Of 100 € the park takes 10: both are paid, the
#    cheaper one first. Or it takes 75: then 25 € are left, into which only the trees fit.
@pytest.mark.parametrize(
    ("park", "language", "sentence"),
    [
        (10, "en", "There was a tie between 'Trees', 'Lamps'. Decided by: the lower cost. First went 'Trees'. "
                   "Only the order hung on it."),
        (10, "bg", "Имаше равенство между „Дървета“, „Лампи“. Реши: по-ниската цена. Пръв мина „Дървета“. "
                   "От това зависеше само редът."),
        (75, "en", "There was a tie between 'Trees', 'Lamps'. Decided by: only the first one fitted into the money "
                   "left. First went 'Trees'."),
        (75, "bg", "Имаше равенство между „Дървета“, „Лампи“. Реши: само първият се побра в останалите пари. Пръв мина "
                   "„Дървета“."),
    ],
)  # fmt: skip
def test_equals_are_told_also_where_no_order_decided_about_money(
    town: worlds.Town, park: int, language: str, sentence: str
):
    projects = {"p": (park, ""), "d": (20, ""), "l": (30, "")}

    assert sentence in shown(town, language, projects, ["pdl"] * 3 + ["p"], "greedy")


@pytest.mark.parametrize("language", i18n.known())
@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_the_settings_of_a_rule_are_told_in_words(language: str, preset: str):
    with i18n.speaking(language):
        told = rule_words.words({**PRESETS[preset], "ties": ["cost", "votes", "lot"], "comparison": False})

    assert not any(sign in told for sign in '{["_]}') and "True" not in told and "add1" not in told


@pytest.mark.parametrize("rule", suitable("approval"))
def test_the_most_support_is_said_of_the_most_support_only(town: worlds.Town, rule: str):
    # By Phragmén the park comes first: its two voters carry least. Four and three support the others.
    projects = {"p": (10, ""), "b": (40, ""), "k": (55, "")}

    told = shown(town, "en", projects, ["pb", "pb", "b", "b", "k", "k", "k"], rule)

    said = re.findall(r"Support ([\d.]+) is the most", told)
    assert said in ([], ["4"])


# 5. One ballot names the park (60 €) and the cinema (50 €), equal shares, nothing raised: 100 € pay 50 for the cinema,
#    the cheaper of two that are equally good a buy. 50 € are left, the park costs 60.
ONE = {"p": (60, ""), "k": (50, "")}


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        (
            "en",
            [
                "€100 ÷ 1 ballot = €100 for each.",
                "€50 ÷ 1 person = €50 from each.",
                "The bars go from 0 to 1 ballot.",
                "It was as good a buy as another project, which went first when the tie was decided. "
                "In the end its supporters together had €50 left; it costs €60.",
            ],
            ["1 ballots", "1 people", "it needed 1 vote", "Support compared with"],
        ),
        (
            "bg",
            [
                "100 € ÷ 1 бюлетина = по 100 € за всяка.",
                "50 € ÷ 1 човек = по 50 € от всеки.",
                "Лентите са от 0 до 1 бюлетина.",
                "Беше също толкова изгоден, колкото друг проект, но при равенството пръв мина другият. "
                "Накрая на подкрепилите го заедно им оставаха 50 €; струва 60 €.",
            ],
            ["1 бюлетини", "1 души", "е нужен 1 глас", "Подкрепа спрямо нужното"],
        ),
    ],
)
def test_one_ballot_is_told_truly(town: worlds.Town, language: str, said: list[str], unsaid: list[str]):
    page = shown(town, language, ONE, ["pk"], "equal-shares", completion="none")

    assert [sentence for sentence in said if sentence not in page] == []
    assert [sentence for sentence in unsaid if sentence in page] == []


@pytest.mark.parametrize(
    ("part", "share"),
    [
        (Fraction(62, 81), "76,5 %"),
        (Fraction(4, 5), "80 %"),
        (Fraction(9999, 10000), "99,9 %"),
        (Fraction(1, 300), "0,3 %"),
    ],
)
def test_how_near_a_project_came_is_rounded_as_other_shares_are_and_never_up(
    town: worlds.Town, part: Fraction, share: str
):
    telling = Telling(town.round, Allocation((), 0, rule="greedy"), {})
    with i18n.speaking("bg"):
        near = reasons.nearness(telling, Unfunded("p", "no_room", nearness=part))
        assert near is not None and near.text.replace("\u00a0", " ") == f"Подкрепа спрямо нужното: {share}"
        assert reasons.nearness(telling, Unfunded("p", "no_room", nearness=Fraction(1))) is None
