"""A sign-in of staff that has ended: writing keeps it alive, it is confirmed where one stands, and no text is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, store
from core.people import sessions
from core.phases import Phase
from core.settings import settings
from db import tables
from pages.parts import cookies, drafts, i18n, visit
from pages.people import session_route
from tests.helpers import worlds
from tests.pages.conftest import Opener, html

REASON = "Мястото е на общината, но под него минава водопровод. " * 4
ASKED = {"bg": "Това още ли си ти?", "en": "Is it still you?"}


@pytest.fixture
def idea_id(town: worlds.Town) -> int:
    with store.transaction() as session:
        round_ = worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="ideas")
        idea = tables.Idea(
            round_id=round_.id, author_id=town.resident.person_id, language="bg", title={"bg": "Чешми"},
            problem={"bg": "Няма вода."}, solution={"bg": "Две чешми."}, cost=100_00, status="waiting",
            created_at=town.at, updated_at=town.at, submitted_at=town.at,
        )  # fmt: skip
        session.add(idea)
        session.flush()
        return tables.id_of(idea)


@pytest.mark.parametrize("language", ["bg", "en"])
def test_a_long_reason_outlives_the_sign_in(
    open_app: Opener, town: worlds.Town, idea_id: int, monkeypatch: pytest.MonkeyPatch, language: str
):
    i18n.use(language)  # AppTest words the options of a list outside the run
    key = f"review-{idea_id}-reason"
    app = open_app("ideas/review_page.py", town.reviewer, language)
    later = clock.now() + sessions.STAFF_IDLE
    monkeypatch.setattr(clock, "now", lambda: later)
    # What she has typed comes with the run that finds that the sign-in has ended.
    app.text_area(key=key).set_value(REASON).run()
    assert ASKED[language] in html(app) and not app.text_area
    assert app.text_input(key="again-password")

    # Another reviewer finds nothing of it.
    assert open_app("ideas/review_page.py", town.organiser, language).text_area(key=key).value == ""
    again = open_app("ideas/review_page.py", town.reviewer, language)
    assert again.text_area(key=key).value == REASON

    again.radio(key=f"review-{idea_id}-verdict").set_value("rejected").run()
    again.button(key=f"review-{idea_id}-send").click().run()
    assert not again.exception and not again.text_area
    assert drafts.kept(town.reviewer.person_id or 0, key) == ""


def test_the_verdict_that_was_chosen_outlives_the_sign_in_with_its_reason(
    open_app: Opener, town: worlds.Town, idea_id: int
):
    key = f"review-{idea_id}-verdict"
    app = open_app("ideas/review_page.py", town.reviewer)
    app.radio(key=key).set_value("rejected").run()
    assert open_app("ideas/review_page.py", town.reviewer).radio(key=key).value == "rejected"
    assert open_app("ideas/review_page.py", town.organiser).radio(key=key).value is None


def test_what_is_emptied_stays_empty(open_app: Opener, town: worlds.Town, idea_id: int):
    key = f"review-{idea_id}-reason"
    app = open_app("ideas/review_page.py", town.reviewer)
    app.text_area(key=key).set_value(REASON).run()
    app.text_area(key=key).set_value("").run()
    assert app.text_area(key=key).value == ""
    assert open_app("ideas/review_page.py", town.reviewer).text_area(key=key).value == ""


def test_what_was_written_is_forgotten_after_a_day(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    now = clock.now()
    drafts.keep(1, "review-1-reason", "Обяснение")
    assert (drafts.kept(1, "review-1-reason"), drafts.kept(2, "review-1-reason")) == ("Обяснение", "")
    monkeypatch.setattr(clock, "now", lambda: now + sessions.RENEWABLE + timedelta(seconds=9))
    assert drafts.kept(1, "review-1-reason") == ""


def test_it_is_confirmed_in_place(
    open_app: Opener, town: worlds.Town, idea_id: int, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    app = open_app("ideas/review_page.py", town.reviewer, "en")
    later = clock.now() + sessions.STAFF_IDLE
    monkeypatch.setattr(clock, "now", lambda: later)
    app.run()
    app.text_input(key="again-password").set_value("грешна парола 1").run()
    app.button(key="again-go").click().run()
    assert "does not match" in html(app)

    before = visit.token()
    app.text_input(key="again-password").set_value(worlds.PASSWORD).run()
    app.button(key="again-go").click().run()
    assert not app.exception
    with store.reading() as session:
        # The old token is worth nothing any more.
        assert session.get(tables.SignIn, sessions.digest(before or "")) is None


def test_who_has_logged_out_is_not_asked_for_the_password_only(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    app = open_app("ideas/review_page.py", town.reviewer, "en")
    with store.transaction() as session:
        sessions.close_session(session, visit.token() or "")
    app.run()
    assert ASKED["en"] not in html(app)


def test_writing_keeps_a_sign_in_alive_within_its_limit(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    start = clock.now()
    with store.transaction() as session:
        token = sessions.open_session(session, town.reviewer, at=start, second_step=True)
    browser = TestClient(Starlette(routes=list(session_route.ROUTES)), base_url=settings().url)
    browser.cookies.set(cookies.sign_in_name(), token)

    def told(minutes: int, origin: str = "") -> int:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=minutes))
        return browser.post("/session/alive", headers={"origin": origin or settings().url}).status_code

    assert told(1, "https://elsewhere.example") == 403
    assert [told(minutes) for minutes in range(10, 480, 10)] == [204] * 47
    assert told(480) == 401

    with store.transaction() as session:
        token = sessions.open_session(session, town.reviewer, at=start, second_step=True)
    browser.cookies.set(cookies.sign_in_name(), token)
    assert [told(14), told(29)] == [204, 401]
