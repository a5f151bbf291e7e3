"""A page that breaks says so calmly, with a number that stands in the log too."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from core import rounds
from core.errors import WrongPhase
from pages.parts import visit
from pages.server import failures
from pages.server.limits import Pace
from tests.helpers import worlds
from tests.helpers.aside import run
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


def hung_up(broken: bool) -> list[Message]:
    """Return what is told to somebody who hangs up in the middle of a body."""
    told = list[Message]()

    async def read(request: Request) -> Response:
        if broken:
            raise ValueError("broken")
        await request.body()
        return Response()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        told.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/session", "headers": [], "query_string": b""}
    app = failures.Failures(Starlette(routes=[Route("/session", read, methods=["POST"])]).router)
    run(app(scope, receive, send))
    return told


def test_who_hangs_up_in_the_middle_of_a_body_has_broken_nothing(caplog: pytest.LogCaptureFixture):
    assert hung_up(broken=False) == []
    assert caplog.text == ""


def test_control_what_breaks_is_logged(caplog: pytest.LogCaptureFixture, town: worlds.Town):
    assert town
    assert hung_up(broken=True)[0]["status"] == 500
    assert "Route session broke" in caplog.text


def broken_often(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> tuple[int, int]:
    """Return how many lines and how many tracebacks stand in the log after a page has broken fifty times."""
    monkeypatch.setattr(failures.templates, "draw", lambda *_given, **_named: None)
    monkeypatch.setattr(failures, "_staff", lambda: False)
    with caplog.at_level(logging.ERROR, "glas.errors"):
        for place in (lambda: 1 / 0, lambda: {}["x"]):
            for _ in range(50):
                try:
                    place()
                except Exception as error:  # noqa: BLE001 - whatever it is
                    failures.tell(error)
    return len(caplog.records), sum(record.exc_info is not None for record in caplog.records)


def test_how_a_page_broke_stands_in_the_log_a_few_times_for_each_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(failures, "_PAGES", Pace(at_once=3, per_second=0.0))

    assert broken_often(monkeypatch, caplog) == (100, 6)
    assert re.search(r"reference [0-9A-F-]{9}: ZeroDivisionError at test_failures.py:\d+", caplog.text)


def test_control_without_the_bound_all_of_it_does(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(failures, "_PAGES", Pace(at_once=1_000, per_second=0.0))

    assert broken_often(monkeypatch, caplog) == (100, 100)
