"""What stands on one page of the staff is what stands on the others: ends of stages, who publishes, what is a draft."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core import places
from core.demo.residents import places as of_demo
from core.errors import Invalid
from core.municipalities import TOPICS
from core.phases import Phase
from core.places import Wanted
from core.rounds.terms import Line
from core.tally import Turnout
from core.texts import LANGUAGES, Texts
from pages.front import other_rounds
from pages.parts import i18n, place_names, refusals
from pages.results import waiting
from pages.rounds import changes
from tests.helpers import worlds
from tests.helpers.paths import ROOT

MIDNIGHT = datetime(2027, 1, 12, 22, 0, tzinfo=UTC)  # in Sofia the 13th begins


@pytest.mark.parametrize(
    ("language", "end", "start"),
    [
        ("bg", "12 януари 2027 г., 23:59 ч.", "13 януари 2027 г., 00:00 ч."),
        ("en", "12 January 2027, 23:59", "13 January 2027, 00:00"),
    ],
)
@pytest.mark.parametrize("name", ["ideas_until", "voting_until"])
def test_the_end_of_a_stage_is_the_evening_before_wherever_it_is_told(language: str, end: str, start: str, name: str):
    speaker = changes.Speaker("EUR", "Europe/Sofia")
    with i18n.speaking(language):
        rows = speaker.rows([Line(each, None, MIDNIGHT.isoformat()) for each in (name, "voting_from")])
        assert [_plain(row.new) for row in rows] == [end, start]
        assert end in _plain(speaker.sentences([Line(name, None, MIDNIGHT.isoformat())])[0])
        assert end in _plain(refusals.sentence(Invalid(name, "only_later", than=MIDNIGHT)))


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "two", "step", "now", "then"),
    [
        ("bg", "Двама организатори го публикуват.", "Двама организатори публикуват резултата",
         "Какво се вижда по време на гласуването", "Виждаше се по време на гласуването"),
        ("en", "Two organisers publish it.", "Two organisers publish the result", "What is shown while people vote",
         "Shown meanwhile"),
    ],
)  # fmt: skip
def test_the_count_says_that_two_publish_and_what_is_shown_when(
    town: worlds.Town, language: str, two: str, step: str, now: str, then: str
):
    none = Turnout(0, (), None)
    with i18n.speaking(language):
        before = waiting.turnout_view(town.round, none, town.at)
        after = waiting.turnout_view(town.round, none, town.round.dates.voting_until + timedelta(hours=1))
        assert any(line.startswith(two) for line in before["next"])
        assert [view["facts"][-1]["name"] for view in (before, after)] == [now, then]
        assert waiting.steps(town.round)[-1].title == step
        assert step not in [point.title for point in waiting.steps(replace(town.round, imported=True))]


@pytest.mark.parametrize(("language", "draft"), [("bg", "Чернова · "), ("en", "Draft · ")])
def test_a_draft_among_the_other_rounds_says_that_it_is_one(town: worlds.Town, language: str, draft: str):
    with i18n.speaking(language):
        assert town.round.phase(town.at) is Phase.voting
        assert not other_rounds.other(town.round, at=town.at).text.startswith(draft)
        assert other_rounds.other(replace(town.round, published_at=None), at=town.at).text.startswith(draft)


def test_the_names_of_the_demo_and_the_ready_ones_may_be_kept():
    told = json.loads((ROOT / "assets" / "demo" / "kyustendil.json").read_text("utf-8"))
    for kind in ("areas", "categories"):
        wanted = [Wanted(one.names, number) for number, one in enumerate(of_demo(told[kind]))]
        assert places.faults(wanted, "bg") == ()
    assert places.faults([Wanted(names) for names in place_names.ready().values()], "bg") == () and TOPICS
    long = Texts(dict.fromkeys(LANGUAGES, "x" * (places.LONGEST + 1)))
    assert {one.problem for one in places.faults([Wanted(long)], "bg")} >= {"too_long"}
