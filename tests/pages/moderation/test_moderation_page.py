"""Moderation on the pages: an organiser hides and shows again, two erase; the author reads why; others read no more."""

from __future__ import annotations

import pytest

from core import store
from core.phases import Phase
from db import tables
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html, sign_in

PAGE = "moderation/moderation_page.py"
WORDS = "Срамна пейка"
WHY = "Обижда съученик и нарушава правилата."


@pytest.fixture
def idea(town: worlds.Town) -> int:
    with store.transaction() as session:
        row = tables.Idea(
            language="bg", round_id=town.round.id, author_id=town.resident.person_id, title={"bg": WORDS},
            problem={"bg": "Проблем тук"}, solution={"bg": "Решение там"}, status="rejected", created_at=town.at,
            updated_at=town.at, submitted_at=town.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return tables.id_of(row)


def hide(open_app: Opener, town: worlds.Town, reason: str = WHY):
    app = open_app(PAGE, town.organiser)
    app.selectbox(key=f"hide-{town.round.id}-idea").select_index(0)
    app.selectbox(key=f"hide-{town.round.id}-part-idea").select_index(0)
    app.text_area(key=f"hide-{town.round.id}-reason").set_value(reason)
    return app.button(key=f"hide-{town.round.id}-go").click().run()


def test_an_organiser_hides_an_idea_and_shows_it_again(
    open_app: Opener, town: worlds.Town, idea: int, monkeypatch: pytest.MonkeyPatch
):
    app = hide(open_app, town)
    assert not app.exception and "Скрито е." in html(app)
    assert WORDS in html(app) and f"Публична причина: {WHY}" in html(app)

    public = html(open_app("ideas/idea_page.py", None, id=str(idea)))
    assert WORDS not in public and "Тази идея е скрита" in public and WHY in public
    author = html(open_app("ideas/idea_page.py", town.resident, id=str(idea)))
    assert WORDS in author and "Скрито от всички освен от екипа и автора: цялата идея." in author
    assert WHY in html(open_app("people/account_page.py", town.resident))
    sign_in(monkeypatch, town.organiser)
    app = open_app(PAGE, town.organiser)
    (row,) = boxes.rows("SELECT id FROM hiding")

    app = app.button(key=f"show-{row.id}").click().run()

    assert "Показва се отново." in html(app) and boxes.rows("SELECT 1 FROM hiding") == []
    assert WORDS in html(open_app("ideas/idea_page.py", None, id=str(idea)))


@pytest.mark.parametrize(("language", "said"), [("en", "Choose one of the possibilities."), ("bg", "Избери една от")])
def test_nothing_is_chosen_beforehand_of_what_is_hidden(
    open_app: Opener, town: worlds.Town, idea: int, language: str, said: str
):
    app = open_app(PAGE, town.organiser, language)
    assert [app.selectbox(key=f"hide-{town.round.id}-{name}").value for name in ("idea", "part-idea")] == [None, None]
    app.text_area(key=f"hide-{town.round.id}-reason").set_value(WHY)

    app = app.button(key=f"hide-{town.round.id}-go").click().run()

    assert html(app).count(said) == 2 and boxes.rows("SELECT 1 FROM hiding") == []


def test_a_reason_that_repeats_the_words_is_refused_beside_its_field(open_app: Opener, town: worlds.Town, idea: int):
    app = hide(open_app, town, f"Не може да пише {WORDS}")

    assert app.text_area(key=f"hide-{town.round.id}-reason").value == f"Не може да пише {WORDS}"
    assert "Причината повтаря скритите думи." in html(app) and boxes.rows("SELECT 1 FROM hiding") == []


@pytest.mark.parametrize(("role", "buttons"), [("reviewer", 0), ("auditor", 0), ("second_organiser", 1)])
def test_other_staff_look_and_only_organisers_act(
    open_app: Opener, town: worlds.Town, idea: int, role: str, buttons: int
):
    hide(open_app, town)
    app = open_app(PAGE, town.people[role])

    assert WORDS in html(app)
    assert len([one for one in app.button if str(one.key).startswith("show-")]) == buttons


def test_the_author_of_a_hidden_name_is_told_to_choose_another(open_app: Opener, town: worlds.Town, idea: int):
    app = open_app(PAGE, town.organiser)
    app = app.radio(key=f"hide-{town.round.id}-kind").set_value("person").run()
    app.text_input(key=f"hide-{town.round.id}-nickname").set_value("resident")
    app.text_area(key=f"hide-{town.round.id}-reason").set_value(WHY)
    app = app.button(key=f"hide-{town.round.id}-go").click().run()
    assert "Скрити имена" in html(app) and "Име на профил sident" in html(app)

    public = html(open_app("ideas/idea_page.py", None, id=str(idea)))
    assert "resident" not in public and "името на автора е скрито" in public
    assert "Другите вече не виждат името ти." in html(open_app("people/account_page.py", town.resident))


def test_two_organisers_delete_an_account_on_request(open_app: Opener, town: worlds.Town):
    app = open_app(PAGE, town.organiser)
    app.text_input(key="erase-ask-nickname").set_value("resident")
    app.text_area(key="erase-ask-reason").set_value("Майка му дойде на гишето с лична карта.")
    app = app.button(key="erase-ask-go").click().run()
    assert "Записано." in html(app)
    assert [one.key for one in app.button if str(one.key).endswith("-agree")] == []
    assert "Към организатор е отправено искане" in html(open_app("people/account_page.py", town.resident))

    other = open_app(PAGE, town.second_organiser)
    (agree,) = [one for one in other.button if str(one.key).endswith("-agree")]
    done = agree.click().run()

    assert "Профилът е изтрит." in html(done)
    assert boxes.rows("SELECT 1 FROM person WHERE nickname = 'resident'") == []


def test_a_review_can_end_in_not_shown(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        round_ = worlds.round_in(session, town.municipality.id, Phase.review, town.at, slug="later", projects=False)
        row = tables.Idea(
            language="bg", round_id=round_.id, author_id=town.resident.person_id, title={"bg": WORDS},
            problem={"bg": "Проблем"}, solution={"bg": "Решение"}, status="waiting", created_at=town.at,
            updated_at=town.at, submitted_at=town.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        idea_id = tables.id_of(row)
    app = open_app("ideas/review_page.py", town.reviewer)
    app = app.radio(key=f"review-{idea_id}-verdict").set_value("not_shown").run()
    app.text_area(key=f"review-{idea_id}-reason").set_value(WHY)
    app = app.button(key=f"review-{idea_id}-send").click().run()

    assert not app.exception
    assert [row.status for row in boxes.rows("SELECT status FROM idea")] == ["not_shown"]
    assert "Няма такава идея" in html(open_app("ideas/idea_page.py", town.neighbour, id=str(idea_id)))
    shown = html(open_app("ideas/idea_page.py", town.resident, id=str(idea_id)))
    assert WORDS in shown and WHY in shown and "нарушава правилата и не се показва" in shown


@pytest.mark.parametrize(
    ("language", "said", "wrong"),
    [("en", "Please fill in this field.", "people will read it"), ("bg", "Попълни", "хората ще я прочетат")],
)
def test_all_that_is_missing_of_a_request_is_said_at_once_and_that_nobody_else_reads_the_reason(
    open_app: Opener, town: worlds.Town, language: str, said: str, wrong: str
):
    app = open_app("moderation/moderation_page.py", town.organiser, language)
    app = app.button(key="erase-ask-go").click().run()

    assert html(app).count(said) == 2 and wrong not in html(app)
    assert "erase-ask-nickname" in html(app) and "erase-ask-reason" in html(app)
