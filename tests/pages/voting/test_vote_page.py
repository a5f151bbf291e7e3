"""The ballot's page and the board: what stands there in each case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock, codes, store, voting
from core.phases import Phase
from core.voting import roll
from db import tables
from pages.tally import figures
from pages.trust import answers
from tests.helpers import boxes, worlds
from tests.pages.conftest import html


@pytest.fixture(autouse=True)
def calm() -> None:
    answers.PACE.forget()
    figures.forget()


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.review, "още не е отворена"),
        (Phase.counting, "Бюлетината е затворена"),
        (Phase.results, "Бюлетината е затворена"),
    ],
)
def test_outside_voting_the_page_says_when(town, open_app, phase, words):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, phase, town.at, slug="other")

    app = open_app("voting/vote_page.py", town.resident, round="other")

    assert not app.exception and words in html(app)


def test_a_code_is_entered_right_there(town, open_app):
    with store.transaction() as session:
        made = worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="coded", code_required=True)
        (code,) = codes.make_batch(session, town.organiser, made.id, "school", 1, at=clock.now())
        (batch,) = codes.batches(session, town.organiser, made.id)
    boxes.release(town, made.id, batch.id, clock.now())
    app = open_app("voting/vote_page.py", town.resident, round="coded")

    app.text_input(key="vote-code-code").set_value(code)
    app.button(key="vote-code-go").click().run()

    assert not app.exception
    with store.reading() as session:
        assert roll.on_roll(session, town.resident, made.id)


def test_a_wrong_code_is_told_beside_the_field(town, open_app):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="coded", code_required=True)
    app = open_app("voting/vote_page.py", town.resident, round="coded")

    app.text_input(key="vote-code-code").set_value("ABCDE-FGHJK")
    app.button(key="vote-code-go").click().run()

    assert not app.exception and "g-err" in html(app)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ABCDE-FGHJK-MNPQR5", "Това е код за участие"),
        ("ABCDE-FGHJK-MNPQR-STUVW", "Това е код за възстановяване"),
    ],
)
def test_the_board_calls_another_code_by_its_name(town, open_app, typed, words):
    app = open_app("trust/board_page.py", None)
    app.text_input(key="board-number").set_value(typed)

    assert words in html(app.button(key="board-go").click().run())


@pytest.mark.parametrize("spelling", [str, str.lower, lambda number: number.replace("-", " ")])
def test_the_board_knows_a_receipt_in_any_spelling(town, open_app, spelling):
    with store.transaction() as session:
        receipt = voting.cast_ballot(
            session, town.resident, town.round.id, ["p01"], at=clock.now(), request_id="request-0001", replaces=0
        )
        # A batch is two ballots.
        voting.cast_ballot(
            session, town.neighbour, town.round.id, ["p01"], at=clock.now(), request_id="request-0001", replaces=0
        )
    app = open_app("trust/board_page.py", None)

    app.text_input(key="board-number").set_value(spelling(receipt.number)).run()

    assert ("Приета." in html(app) or "Записана." in html(app)) and "g-ticket" in html(app)
    assert "p01" not in html(app)


def test_the_board_is_calm_about_a_number_it_does_not_know(town, open_app):
    app = open_app("trust/board_page.py", None)

    app.text_input(key="board-number").set_value("10-КЛЕН-100-РЕКА").run()

    assert not app.exception and "Не е намерена." in html(app)


def test_a_number_is_looked_up_once_however_often_the_page_is_drawn(town, open_app, monkeypatch):
    counted = []
    monkeypatch.setattr(answers.PACE, "allows", lambda *_args, **_more: not counted.append(1))
    app = open_app("trust/board_page.py", None)

    # Enter commits the field and presses the button: two runs.
    app.text_input(key="board-number").set_value("10-КЛЕН-100-РЕКА").run()
    app.button(key="board-go").click().run()
    assert len(counted) == 1

    app.text_input(key="board-number").set_value("11-КЛЕН-100-РЕКА").run()
    assert len(counted) == 2


def test_a_class_behind_one_address_looks_up_its_receipts(town, open_app):
    answers.PACE.forget()
    app = open_app("trust/board_page.py", None)
    for pupil in range(40):
        app.text_input(key="board-number").set_value(f"{10 + pupil}-КЛЕН-100-РЕКА").run()
        assert "Малко по-бавно." not in html(app)


def test_numbers_cannot_be_guessed_at_speed(town, open_app, monkeypatch):
    monkeypatch.setattr(answers.PACE, "allows", lambda *_args, **_more: False)
    app = open_app("trust/board_page.py", None)

    app.text_input(key="board-number").set_value("10-КЛЕН-100-РЕКА").run()

    assert "Малко по-бавно." in html(app) and "Какво значат отговорите" in html(app)


def test_the_address_of_an_open_ballot_says_its_round(town, open_app):
    # When it closes, a round that collects ideas comes first, and the voter would find herself in that one.
    app = open_app("voting/vote_page.py", town.resident)
    assert app.query_params["round"] in (town.round.slug, [town.round.slug])

    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="other")
        session.get_one(tables.Round, town.round.id).voting_until = clock.now() - timedelta(seconds=1)
    app.run()
    assert "Гласуването приключи" in html(app)


def test_an_address_asks_three_hundred_numbers_in_one_go_and_five_a_second() -> None:
    pace = answers.PACE
    assert [pace.allows("school", 0.0) for _ in range(301)] == [True] * 300 + [False]
    assert pace.allows("another", 0.0)
    assert [pace.allows("school", 1.0) for _ in range(6)] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("bg", "В това издание гласуват хора от 15 до 29 години. Можеш да четеш всичко."),
        ("en", "In this round people aged 15 to 29 vote. You can still read everything."),
    ],
)
def test_an_age_that_does_not_fit_is_told_above_the_ballot(town, open_app, language, said):
    assert said not in html(open_app("voting/vote_page.py", town.resident, language))

    boxes.change("UPDATE person SET birth_year = 1980")

    assert said in html(open_app("voting/vote_page.py", town.resident, language))
