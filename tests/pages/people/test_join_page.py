"""Joining with a participation code: it is used along with it, and what is wrong with it is said in time."""

from __future__ import annotations

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from core import clock, codes, store
from core.codes import desk
from core.phases import Phase
from core.rounds import Round
from core.voting import roll
from db import tables
from pages.codes import slips
from pages.server import shell
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

PAGE = "people/join_page.py"


@pytest.fixture
def coded(town: worlds.Town) -> Round:
    with store.transaction() as session:
        return worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="coded", code_required=True)


@pytest.fixture
def code(town: worlds.Town, coded: Round) -> str:
    with store.transaction() as session:
        (made,) = codes.make_batch(session, town.organiser, coded.id, "Гимназия", 1, at=clock.now())
        (batch,) = codes.batches(session, town.organiser, coded.id)
    boxes.release(town, coded.id, batch.id, clock.now())
    return made


def join(app: AppTest, code: str, year: str = "2008") -> AppTest:
    typed = {"nickname": "Калина", "birth_year": year, "password": "лилава лодка на покрива", "code": code}
    for name, text in typed.items():
        app.text_input(key=f"join-{name}").set_value(text)
    app.selectbox[0].set_value(1)
    app = app.button(key="join-go").click().run()
    assert not app.exception
    return app


def on_roll(coded: Round) -> int:
    with store.reading() as session:
        return len(session.exec(select(tables.Roll).where(tables.Roll.round_id == coded.id)).all())


def accounts() -> int:
    with store.reading() as session:
        return len(session.exec(select(tables.Person).where(tables.Person.nickname == "Калина")).all())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("bg", "Кодът ти за участие е приет: можеш да гласуваш."),
        ("en", "Your participation code is accepted: you can vote."),
    ],
)
def test_a_code_is_used_while_joining(open_app: Opener, coded: Round, code: str, language: str, words: str):
    app = join(open_app(PAGE, language=language, next="/vote?round=coded"), code.lower())

    assert words in html(app)
    assert on_roll(coded) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("47-КЛЕН-309-РЕКА", "Това е номер на бюлетина"),
        ("ABCDE-FGHJK-MNPQR-STUVW", "Това е код за възстановяване"),
        ("ABCDE-FGHJK", "В кода има грешка при преписване."),
    ],
)
def test_what_is_plainly_no_participation_code_makes_no_account(open_app: Opener, coded: Round, typed: str, words: str):
    app = join(open_app(PAGE, next="/vote?round=coded"), typed)

    assert words in html(app)
    assert accounts() == 0


def test_a_code_that_is_not_taken_leaves_the_account_and_says_why(open_app: Opener, coded: Round, code: str):
    app = join(open_app(PAGE, next="/vote?round=coded"), code, year="1950")

    assert "Профилът ти е готов, но кодът за участие не беше приет. В това издание гласуват" in html(app)
    assert (accounts(), on_roll(coded)) == (1, 0)


@pytest.mark.parametrize(
    ("language", "words", "head"),
    [
        ("bg", "Този код за участие вече е използван.", "<h1>Здравей, Калина!</h1>"),
        ("en", "This participation code has already been used.", "<h1>Hi Калина!</h1>"),
    ],
)
def test_not_all_is_set_for_who_joins_with_a_used_code(
    open_app: Opener, town: worlds.Town, coded: Round, code: str, language: str, words: str, head: str
):
    desk.use(store.transaction, town.resident, coded.id, code, address="192.0.2.7", at=clock.now())

    told = html(join(open_app(PAGE, language=language, next="/vote?round=coded"), code))

    assert words in told and head in told
    assert '<p class="g-note g-note--wa" role="alert">' in told


@pytest.mark.parametrize(
    ("language", "words"),
    [("bg", "Кодът е верен, но още не е пуснат."), ("en", "This code is right but not released yet.")],
)
def test_a_code_that_is_not_released_is_told_before_an_account_is_made(
    open_app: Opener, town: worlds.Town, coded: Round, language: str, words: str
):
    with store.transaction() as session:
        (code,) = codes.make_batch(session, town.organiser, coded.id, "Гимназия", 1, at=clock.now())

    app = join(open_app(PAGE, language=language, next="/vote?round=coded"), code)

    assert words in html(app)
    assert accounts() == 0


@pytest.mark.parametrize(
    "pasted",
    [
        "http://127.0.0.1:8501/vote?round=coded#{code}",
        "Виж: http://127.0.0.1:8501/vote?round=abcde-fghjk-mnpqrs#{code} – това е за теб, " + "до скоро! " * 20,
        "Кодът ти: {code}.",
    ],
)
def test_of_an_address_that_is_pasted_the_code_stays(
    open_app: Opener, town: worlds.Town, coded: Round, code: str, pasted: str
):
    app = open_app("voting/vote_page.py", town.resident, round="coded")
    app.text_input(key="vote-code-code").set_value(pasted.format(code=code)).run()

    assert app.text_input(key="vote-code-code").value == code
    assert app.text_input(key="vote-code-code").proto.max_chars == 2_000


def test_control_what_holds_no_code_stays_as_it_was_typed(open_app: Opener, town: worlds.Town, coded: Round):
    app = open_app("voting/vote_page.py", town.resident, round="coded")
    app.text_input(key="vote-code-code").set_value("http://127.0.0.1:8501/vote?round=coded").run()

    assert app.text_input(key="vote-code-code").value == "http://127.0.0.1:8501/vote?round=coded"


def test_a_round_without_codes_asks_for_none(open_app: Opener, town: worlds.Town):
    app = open_app(PAGE, next=f"/vote?round={town.round.slug}")

    assert "join-code" not in [each.key for each in app.text_input]


def test_before_the_vote_the_code_can_be_entered_too(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        round_ = worlds.round_in(session, town.municipality.id, Phase.review, town.at, slug="later", code_required=True)
        (code,) = codes.make_batch(session, town.organiser, round_.id, "Гимназия", 1, at=clock.now())
        (batch,) = codes.batches(session, town.organiser, round_.id)
    boxes.release(town, round_.id, batch.id, clock.now())
    app = open_app("voting/vote_page.py", town.resident, round="later")
    app.text_input(key="vote-code-code").set_value(code)
    app.button(key="vote-code-go").click().run()

    with store.reading() as session:
        assert roll.on_roll(session, town.resident, round_.id)


@pytest.mark.parametrize(("language", "words"), [("bg", "Гласува се с код за участие"), ("en", "You vote with a part")])
def test_home_says_that_a_code_is_needed(open_app: Opener, coded: Round, language: str, words: str):
    assert words in html(open_app("front/home_page.py", round="coded", language=language))
    assert words not in html(open_app("front/home_page.py", round="2026", language=language))


def test_the_qr_code_of_a_slip_holds_the_ballots_address_and_the_code_behind_the_hash():
    assert slips.address("coded", "ABCDE-FGHJK-MNPQRS") == ("http://127.0.0.1:8501/vote?round=coded#ABCDE-FGHJK-MNPQRS")
    # The shell takes it out of the address before any other script runs.
    assert shell.rewrite("<title>x</title>", "/vote").partition("<script>")[2].startswith(shell.EARLY)
