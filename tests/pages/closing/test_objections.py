"""Objections on the pages: until when and where, noted by one organiser, answered by another, read by everyone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core import clock, store
from db import tables
from pages.closing import words
from pages.parts import dates, i18n
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

CLOSING, RESULTS = "closing/closing_page.py", "results/results_page.py"
WORDS, ANSWER = "The amount of project three is wrong.", "It was right: see page two of the protocol."


@pytest.fixture
def published(town: worlds.Town) -> datetime:
    boxes.cast(town, town.resident, ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at)
    return at


def press(app: AppTest, field: str, words: str, label: str) -> str:
    next(one for one in app.text_area if one.label.startswith(field)).set_value(words)
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return html(app)


def test_results_say_until_when_and_where_one_can_object(open_app: Opener, town: worlds.Town, published: datetime):
    shown = html(open_app(RESULTS, None, "en", round="2026"))

    with i18n.speaking("en"):
        until = dates.until(published + timedelta(days=14), zone=town.round.timezone, year=True)
    assert f"You can object until {until}: write to budget@selo.bg." in shown
    assert "Можеш да възразиш до" in html(open_app(RESULTS, None, "bg", round="2026"))
    with store.transaction() as session:
        session.get_one(tables.Round, town.round.id).keep_until = clock.now()
    assert "You can object until" not in html(open_app(RESULTS, None, "en", round="2026"))


def test_one_organiser_notes_it_another_answers_and_everyone_reads_both(
    open_app: Opener, town: worlds.Town, published: datetime
):
    assert published
    first = open_app(CLOSING, town.organiser, "en", round="2026")
    assert "Add a bit more – at least 20 characters." in press(first, "What is objected to", "too short", "Note it")
    shown = press(first, "What is objected to", WORDS, "Note it")
    assert "Noted." in shown and WORDS in shown and "another organiser has to answer it" in shown
    assert not any(one.label.startswith("Answer") for one in first.text_input)
    seen = html(open_app(RESULTS, None, "en", round="2026"))
    assert WORDS in seen and "Not answered yet." in seen and "An objection waits for its answer." in seen

    second = open_app(CLOSING, town.second_organiser, "en", round="2026")
    press(second, "Answer to objection 1", ANSWER, "Answer objection 1")

    seen = html(open_app(RESULTS, None, "en", round="2026"))
    assert ANSWER in seen and "An objection waits for its answer." not in seen


@pytest.mark.parametrize("who", ["council", "auditor", "resident"])
def test_nobody_else_has_the_fields(open_app: Opener, town: worlds.Town, published: datetime, who: str):
    assert published
    app = open_app(RESULTS, town.people[who], "en", round="2026")

    assert not any(one.label.startswith("What is objected") for one in app.text_input)


def test_a_void_round_takes_objections(open_app: Opener, town: worlds.Town):
    boxes.void_round(town, town.round.id, clock.now())

    assert "budget@selo.bg" in html(open_app(RESULTS, None, "en", round="2026"))
    shown = press(open_app(CLOSING, town.organiser, "en", round="2026"), "What is objected to", WORDS, "Note it")
    assert "This round is void." in shown and WORDS in shown


def test_an_unpublished_result_has_a_date_by_which_the_links_go(open_app: Opener, town: worlds.Town):
    end = boxes.end_voting(town.round.id)
    shown = html(open_app(CLOSING, town.organiser, "en", round="2026"))
    with i18n.speaking("en"):
        last = dates.day(end + timedelta(days=365), zone=town.round.timezone, year=True)
    assert f"Publish the result by {last}." in shown

    with store.transaction() as session:
        session.get_one(tables.Round, town.round.id).parted_at = clock.now()
    assert "The links to people went on" in html(open_app(CLOSING, town.organiser, "en", round="2026"))


@pytest.mark.parametrize(
    ("language", "said"),
    [("bg", "Обещано е резултатът да излезе на "), ("en", "The result is announced for ")],
)
def test_a_result_that_comes_before_its_day_is_told(town: worlds.Town, language: str, said: str):
    promised = town.round.dates.results_on
    with i18n.speaking(language):
        assert said in words.early(town.round, promised - timedelta(minutes=1))
        assert words.early(town.round, promised) == ""
