"""The form of a round: what is right is saved, what is wrong is told at its field, named in sight, and held alone."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core import rounds
from core.rounds import ready
from pages.parts import date_input
from tests.helpers import worlds
from tests.helpers.drafts import a_draft, fresh
from tests.pages.conftest import Opener, html


def type_in(app: AppTest, made: rounds.Round, **typed: str) -> AppTest:
    for name, value in typed.items():
        app.text_input(key=f"r{made.id}-0-{name}").set_value(value)
    return app.run()


@pytest.mark.parametrize(
    ("language", "bar"),
    [
        ("bg", "Още не е наред и не е запазено: Възраст до. Всичко останало е запазено."),
        ("en", "Not right yet, so not saved: Age to. Everything else is saved."),
    ],
)
@pytest.mark.parametrize("wrong", ["900", "10", "млад"])
def test_a_wrong_field_of_a_draft_holds_back_nothing_else(
    open_app: Opener, town: worlds.Town, language: str, bar: str, wrong: str
):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, language, round=made.slug)

    app = type_in(app, made, age_max=wrong, budget="75 000")
    assert bar in html(app) and (fresh(made).age_max, fresh(made).budget) == (29, 75_000_00)
    # What comes after it is saved too, and the preview shows what is saved.
    app = type_in(app, made, contact_email="new@selo.bg")
    assert fresh(made).contact_email == "new@selo.bg" and re.search(r"75[\s,]000", html(app))
    assert app.text_input(key=f"r{made.id}-0-age_max").value == wrong

    app = type_in(app, made, age_max="25")
    assert fresh(made).age_max == 25 and bar not in html(app) and "g-err" not in html(app)


def test_an_amount_that_is_held_is_not_in_the_preview(open_app: Opener, town: worlds.Town):
    made = a_draft(town)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app = type_in(app, made, budget="a lot", age_max="25")

    assert (fresh(made).budget, fresh(made).age_max) == (ready.BUDGET, 25)
    assert "€0" not in html(app) and "Not right yet, so not saved: Budget." in html(app)


@pytest.mark.parametrize("public", [False, True])
def test_a_fault_goes_when_the_saved_value_stands_there_again(open_app: Opener, town: worlds.Town, public: bool):
    made = town.round if public else a_draft(town)
    was = str(fresh(made).age_max or "")
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app = type_in(app, made, age_max="900")
    assert "g-err" in html(app) and "Age to" in html(app)
    app = type_in(app, made, age_max=was)

    assert "g-err" not in html(app) and "not saved" not in html(app).lower()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("tally_step", "0"), ("tally_step", ""), ("tally_step", "99999"), ("ideas_each", "0"), ("ideas_each", ""),
        ("ideas_each", "101"), ("eligible_estimate", "0"), ("eligible_estimate", "999999999"), ("age_min", "0"),
        ("max_choices", "0"), ("min_choices", "101"), ("min_cost", "0"), ("max_cost", "0"), ("budget", "0"),
        ("contact_email", "nobody"), ("contact_email", ""), ("titles", "x" * 91), ("eligible_source", "x" * 201),
    ],
)  # fmt: skip
def test_every_bad_value_is_told_at_its_field(open_app: Opener, town: worlds.Town, name: str, typed: str):
    made = a_draft(town)
    before = fresh(made).as_draft()
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)

    app = type_in(app, made, **{name: typed})

    assert f'data-field="r{made.id}-0-{name}"' in html(app)
    assert fresh(made).as_draft() == before and "Not right yet, so not saved: " in html(app)


@pytest.mark.parametrize("name", ["voting_until", "ideas_from", "results_on"])
def test_an_empty_date_is_told_and_the_others_are_saved(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch, name: str
):
    made = a_draft(town)
    typed, shown, real = date_input._typed, list[str](), date_input._row
    monkeypatch.setattr(date_input, "_typed", lambda key, start: {**typed(key, start), **_empty(key, start, name)})

    def row(one: date_input.DateRow, *more: object) -> dict[str, object]:
        found = real(one, *more)  # type: ignore[arg-type]
        shown.extend([str(found["error"])] if found["error"] else [])
        return found

    monkeypatch.setattr(date_input, "_row", row)
    app = open_app("studio/studio_page.py", town.organiser, "en", round=made.slug)
    type_in(app, made, age_max="25")

    assert fresh(made).age_max == 25 and fresh(made).dates == made.dates
    assert shown and "Not right yet, so not saved: " in html(app)


def _empty(key: str, start: object, name: str) -> dict[str, str]:
    return {name: ""} if key.endswith("-dates") else {}
