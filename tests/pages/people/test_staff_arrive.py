"""Staff on their way in: link, password, second step, and then straight to what they are here for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from core import clock, store
from core.people import recovery
from core.permissions import OPERATOR, Role
from db import tables
from pages import menu
from pages.people import signing
from tests.helpers import second_steps, worlds
from tests.pages.conftest import Opener, html

NEW = "chetiri-dumi-za-vhod-7"


@pytest.fixture
def stays(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give the list of all that new sign-ins were opened with."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(signing, "stay", lambda actor, **more: found.append({"name": actor.nickname, **more}))
    return found


def choose_password(app, old: str = ""):
    if old:
        app.text_input(key="change-old").set_value(old)
    app.text_input(key="change-password").set_value(NEW)
    app = app.button(key="change-go").click().run()
    app.checkbox(key="recovery-kept").set_value(True).run()
    return app.button(key="recovery-go").click().run()


def by_link(town: worlds.Town, name: str) -> None:
    with store.transaction() as session:
        link = recovery.one_time_link(session, OPERATOR, town.people[name].person_id or 0, at=clock.now())
        recovery.redeem_link(session, link, at=clock.now())


@pytest.mark.parametrize(
    ("name", "home"),
    [("organiser", "/second-step?next=/studio"), ("reviewer", "/second-step?next=/review"),
     ("council", "/second-step?next=/brief"), ("resident", "/account")],
)  # fmt: skip
def test_after_the_first_password_one_goes_on_to_where_one_works(
    open_app: Opener, town: worlds.Town, stays, name: str, home: str
):
    by_link(town, name)
    app = open_app("people/account_page.py", town.people[name], "en", shown=False)

    choose_password(app)

    assert stays[-1] == {"name": name, "then": home, "second_step": False}
    assert "The old one no longer works" not in html(app)
    assert "If you forget it, this code is the way to a new one." in html(app)


def test_a_new_password_leaves_the_second_step_that_was_shown(open_app: Opener, town: worlds.Town, stays):
    second_steps.set_up(town, "organiser")
    app = open_app("people/account_page.py", town.organiser, "en")

    choose_password(app, worlds.PASSWORD)

    assert stays[-1] == {"name": "organiser", "then": "/account", "second_step": True}


def test_a_new_password_gives_no_second_step_that_was_not_shown(open_app: Opener, town: worlds.Town, stays):
    second_steps.set_up(town, "organiser")
    app = open_app("people/account_page.py", town.organiser, "en", shown=False)

    choose_password(app, worlds.PASSWORD)

    assert stays[-1] == {"name": "organiser", "then": "/second-step?next=/account", "second_step": False}


def test_the_sign_in_that_follows_has_the_roles_of_the_one_that_ended(open_app: Opener, town: worlds.Town):
    second_steps.set_up(town, "organiser")
    choose_password(open_app("people/account_page.py", town.organiser, "en"), worlds.PASSWORD)

    with store.transaction() as session:
        own = select(tables.SignIn).where(tables.SignIn.person_id == town.organiser.person_id)
        (row,) = session.exec(own).all()
        assert row.second_step


def test_the_first_page_of_staff_is_their_home():
    assert menu.staff_home(frozenset({Role.auditor, Role.resident})) == "/moderation"
    assert menu.staff_home(frozenset({Role.resident})) == "/"


@pytest.mark.parametrize(
    ("language", "spare", "other"),
    [
        ("en", "Your spare codes for the second step", "The recovery code of your password is another one: keep both."),
        ("bg", "Резервните ти кодове за втората стъпка", "пази и двата вида."),
    ],
)
def test_two_kinds_of_codes_have_two_names(open_app: Opener, town: worlds.Town, language, spare, other):
    app = open_app("people/second_step_page.py", town.organiser, language, shown=False)
    app.session_state["second-codes"] = ("A" * 10,)

    shown = html(app.run())

    assert spare in shown and other in shown
