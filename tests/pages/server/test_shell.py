"""The frame: who gets which page, and what stands round it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core import store
from core.permissions import Role
from db import tables
from pages import menu
from pages.parts import visit
from tests.helpers import worlds
from tests.pages.conftest import FRAME, Opener, html, sign_in


def test_every_page_stands_at_one_address():
    assert len({entry.path for entry in menu.ENTRIES}) == len(menu.ENTRIES)
    assert len({entry.file for entry in menu.ENTRIES}) == len(menu.ENTRIES)


def test_a_guest_is_asked_to_log_in_under_the_address_of_the_page():
    vote = menu.entry_at("/vote")
    assert vote is not None
    assert menu.file_for(vote, frozenset({Role.guest})) == "front/sign_in_first_page.py"
    assert menu.file_for(vote, frozenset({Role.resident})) == "voting/vote_page.py"


def test_a_resident_learns_whose_page_the_journal_is():
    journal = menu.entry_at("/journal")
    assert journal is not None
    assert menu.file_for(journal, frozenset({Role.resident})) == "front/not_yours_page.py"
    assert menu.file_for(journal, frozenset({Role.resident, Role.council})) == "journal/journal_page.py"


@pytest.mark.parametrize("entry", menu.ENTRIES, ids=lambda entry: entry.file)
def test_a_page_that_is_not_yours_does_not_exist_for_you(entry: menu.Entry, open_app: Opener):
    if menu.may_open(entry, frozenset({Role.guest})):
        return
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_app(entry.file)


def test_the_foot_names_the_municipality_in_both_languages(open_app: Opener):
    assert "Община Село, пл. 1" in html(open_app("front/about_page.py"))
    assert "Selo Municipality, 1 Square" in html(open_app("front/about_page.py", language="en"))


def test_the_banner_is_for_the_demo_town_only(open_app: Opener, town: worlds.Town):
    assert "g-demo" not in html(open_app("front/about_page.py"))
    with store.transaction() as session:
        row = session.get(tables.Municipality, town.municipality.id)
        assert row is not None
        row.demo = True
    visit.forget_town()
    assert "Какво е различно?" in html(open_app("front/about_page.py"))


def test_a_page_that_leaves_early_still_has_a_foot(open_app: Opener, town: worlds.Town):
    # Somebody who is logged in already is told so, and the log-in page stops there.
    assert "g-feet" in html(open_app("people/sign_in_page.py", town.resident))


def test_an_empty_server_says_what_to_do(database: str, monkeypatch: pytest.MonkeyPatch):
    sign_in(monkeypatch, None)
    app = AppTest.from_file(str(FRAME), default_timeout=60).run()

    assert "glas init" in html(app)
