"""A page that breaks says so calmly, with a number that stands in the log too."""

from __future__ import annotations

import logging
import re

import pytest

from core import rounds
from core.errors import WrongPhase
from pages.parts import visit
from tests.helpers import worlds
from tests.pages.conftest import Opener, html


def test_a_broken_page_names_staff_a_number_that_is_in_the_log(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(rounds, "current", lambda *_given, **_named: 1 / 0)
    with caplog.at_level(logging.ERROR, "glas.errors"):
        shown = html(open_app("front/rules_page.py", town.organiser))

    number = re.search(r"([0-9A-F]{4})-([0-9A-F]{4})", shown)
    assert number is not None
    assert number.group() in caplog.text
    assert "ZeroDivisionError" not in shown


def test_a_broken_page_tells_everybody_else_nothing(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rounds, "current", lambda *_given, **_named: 1 / 0)
    for who in (None, town.resident):
        shown = html(open_app("front/rules_page.py", who))
        assert "Нещо се обърка при нас." in shown
        assert re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", shown) is None


def test_a_refusal_that_no_page_caught_is_told_as_it_is(open_app: Opener, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_given: object, **_named: object) -> None:
        raise WrongPhase(action="count", phase="voting")

    monkeypatch.setattr(visit, "town", refuse)

    assert "Етапът е: Гласуваме." in html(open_app("front/about_page.py"))
