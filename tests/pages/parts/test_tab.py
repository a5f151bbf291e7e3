"""What a tab remembers is its owner's: after a lost connection somebody else may sit there."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html, sign_in

ONCE = {
    "desk-slip": "slip", "desk-code": "code", "team-link": "link",
    "new-codes-made": ("c",), "second-codes": ("d",), "second-new": "secret",
    "shares-7": ["share"],
}  # fmt: skip
PAGE = "front/about_page.py"


def fill(app, **more: object) -> None:
    for name, value in {**ONCE, "typed": "what she wrote", **more}.items():
        app.session_state[name] = value


def kept(app) -> set[str]:
    return {
        name
        for name in (*ONCE, "typed", "joined", "recovered", "fresh-code", "sign-in-ticket")
        if name in app.session_state
    }


def test_another_person_finds_nothing_of_the_one_before(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    app = open_app(PAGE, town.organiser, language="en")
    fill(app)
    assert kept(app.run()) == {*ONCE, "typed"}

    sign_in(monkeypatch, town.second_organiser)
    assert kept(app.run()) == set()
    assert app.session_state["language"] == "en"


def test_who_is_logged_out_keeps_what_she_typed_but_no_secret(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    app = open_app(PAGE, town.organiser)
    fill(app)

    sign_in(monkeypatch, None)
    assert kept(app.run()) == {"typed"}
    sign_in(monkeypatch, town.organiser)
    assert kept(app.run()) == {"typed"}
    sign_in(monkeypatch, town.resident)
    assert kept(app.run()) == set()


@pytest.mark.parametrize("name", ["joined", "recovered", "fresh-code"])
def test_a_recovery_code_waits_for_its_own_person_only(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch, name: str
):
    for who, left in ((town.resident, {name, "sign-in-ticket"}), (town.neighbour, set())):
        sign_in(monkeypatch, None)
        app = open_app(PAGE)
        app.session_state[name] = SimpleNamespace(actor=town.resident, code="A", recovery_code="A")
        app.session_state["sign-in-ticket"] = "ticket"
        assert kept(app.run()) == {name, "sign-in-ticket"}

        sign_in(monkeypatch, who)
        assert kept(app.run()) == left


def test_wrong_second_steps_are_told_until_they_are_read(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    app = open_app(PAGE, town.organiser)
    told = "4 пъти е въведена грешна втора стъпка"
    assert told not in html(app)

    boxes.change("UPDATE sign_in SET missed = 4")
    assert told in html(app.run())
    assert told not in html(app.button(key="missed-read").click().run())
    assert [row.missed for row in boxes.rows("SELECT missed FROM sign_in")] == [0]
    del monkeypatch
