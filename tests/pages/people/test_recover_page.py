"""A new password by the recovery code: it works at once, the new code is put away first, a guess learns nothing."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import store
from core.errors import SignInFailed
from core.people import accounts, recovery
from tests.helpers import worlds
from tests.pages.conftest import Opener, html

PAGE, NEW = "people/recover_page.py", "nova-parola-za-2026"


def fill(app: AppTest, name: str, code: str, password: str = NEW) -> AppTest:
    for field, typed in {"name": name, "code": code, "password": password}.items():
        app.text_input(key=f"recover-{field}").set_value(typed)
    return app.button(key="recover-go").click().run()


def opens(town: worlds.Town, password: str) -> bool:
    with store.reading() as session:
        try:
            accounts.check_password(session, town.municipality.id, "resident", password, at=town.at)
        except SignInFailed:
            return False
    return True


@pytest.fixture
def code(town: worlds.Town) -> str:
    return recovery.replace_recovery_code(store.transaction, town.resident, worlds.PASSWORD, at=town.at)


def test_the_new_password_works_and_a_new_code_is_to_be_put_away(open_app: Opener, town: worlds.Town, code: str):
    app = fill(open_app(PAGE), "resident", code)

    assert not app.exception and "Новата ти парола работи" in html(app)
    assert code not in html(app) and app.button(key="recovery-go").disabled
    assert (opens(town, NEW), opens(town, worlds.PASSWORD)) == (True, False)


@pytest.mark.parametrize("name", ["resident", "nobody"])
def test_a_wrong_code_and_an_unknown_name_are_refused_in_the_same_words(
    open_app: Opener, town: worlds.Town, code: str, name: str
):
    app = fill(open_app(PAGE), name, code[::-1])

    assert "Името или кодът за възстановяване не съвпадат." in html(app)
    assert app.text_input(key="recover-name").value == name
    assert opens(town, worlds.PASSWORD)


def test_a_password_that_is_too_short_keeps_the_code_good(open_app: Opener, town: worlds.Town, code: str):
    app = fill(open_app(PAGE), "resident", code, "kratka")
    assert "знака" in html(app) and opens(town, worlds.PASSWORD)

    assert "Новата ти парола работи" in html(fill(app, "resident", code))


def test_what_is_not_filled_in_is_said_beside_it_and_who_has_no_code_learns_whom_to_ask(open_app: Opener):
    app = fill(open_app(PAGE), "", "", "")

    assert html(app).count("Попълни това поле.") == 3
    assert "Нямаш код за възстановяване? Питай организаторите: budget@selo.bg" in html(app)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("47-КЛЕН-309-РЕКА", "Това е номер на бюлетина: с него проверяваш дали гласът ти се брои."),
        ("ABCDE-FGHJK-MNPQR5", "Това е код за участие: с него един човек може да гласува."),
    ],
)
def test_another_code_is_called_by_its_name(open_app: Opener, town: worlds.Town, typed: str, words: str):
    assert words in html(fill(open_app(PAGE), "resident", typed))
