"""How often one address may read and connect: no class and no hundred phones ever reach it, a loop does at once."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages import server
from pages.server import limits
from tests.helpers.aside import run

READING = [("GET", "/vote"), ("GET", "/_stcore/health"), ("GET", "/_stcore/host-config")]
SCRIPTS = [("GET", f"/static/js/{number}.js") for number in range(20)] + [("GET", "/assets/glas.css")]


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    held = SimpleNamespace(now=1_000.0)
    held.monotonic = lambda: held.now
    monkeypatch.setattr(limits, "time", held)
    return held


class Door:
    """The paces of the real layers, with an app behind them that counts what passes."""

    def __init__(self) -> None:
        self.passed, self.told, self.closes = Counter[str](), Counter[int](), 0
        self.app: ASGIApp = self._behind
        for each in reversed([each for each in server.layers([]) if each.cls is limits.Paced]):
            self.app = each.cls(self.app, **each.kwargs)

    def ask(self, *requests: tuple[str, str], address: str = "198.51.100.9", times: int = 1) -> Counter[int]:
        async def all_of_it() -> None:
            for _ in range(times):
                for method, path in requests:
                    kind = "websocket" if method == "WS" else "http"
                    scope = {"type": kind, "method": method, "path": path, "headers": [], "client": (address, 1)}
                    scope |= {"extensions": {"websocket.http.response": {}}}
                    await self.app(scope, self._nothing, self._hear)

        self.told.clear()
        run(all_of_it())
        return self.told

    async def _behind(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.passed[scope["type"]] += 1
        self.told[200] += 1

    async def _nothing(self) -> Message:
        raise AssertionError("nothing is read of what is refused")

    async def _hear(self, message: Message) -> None:
        if "status" in message:
            self.told[message["status"]] += 1
            self.closes += (b"connection", b"close") in message["headers"]


@pytest.mark.parametrize("path", ["/healthz", "/vote", "/api/rounds/2026/live", "/_stcore/health"])
def test_who_reads_in_a_loop_is_told_to_wait_and_loses_the_connection(path: str, still: SimpleNamespace):
    door = Door()

    assert door.ask(("GET", path), times=3_000) == {200: 1_000, 429: 2_000}
    assert door.closes == 2_000
    still.now += 1.0
    assert door.ask(("GET", path), times=100) == {200: 60, 429: 40}


def test_who_reads_in_a_loop_keeps_nobody_from_voting_or_connecting_nor_from_reading_elsewhere():
    door = Door()
    door.ask(("GET", "/healthz"), times=2_000)

    assert door.ask(("POST", "/api/rounds/2026/ballot"), ("WS", "/_stcore/stream"), times=30) == {200: 60}
    assert door.ask(*READING, address="203.0.113.5") == {200: 3}


def test_who_connects_in_a_loop_is_turned_away_and_keeps_nobody_from_voting(still: SimpleNamespace):
    door = Door()

    assert door.ask(("WS", "/_stcore/stream"), times=2_000) == {200: 200, 429: 1_800}
    assert door.ask(("POST", "/api/rounds/2026/ballot"), times=300) == {200: 300}
    still.now += 1.0
    assert door.ask(("WS", "/_stcore/stream"), times=50) == {200: 10, 429: 40}


def test_control_without_these_paces_all_of_it_passes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits.Paced, "allows", lambda *_: True)
    door = Door()

    assert door.ask(("GET", "/healthz"), ("WS", "/_stcore/stream"), times=2_000) == {200: 4_000}


def test_a_hundred_phones_behind_one_address_open_a_page_at_once_and_none_is_refused(still: SimpleNamespace):
    """Then half of them lose the line twice a minute, and all look at the live tally every five seconds."""
    door = Door()
    opening = [*READING, *SCRIPTS, ("WS", "/_stcore/stream")]

    assert door.ask(*opening, times=100) == {200: 100 * len(opening)}
    for _ in range(60):
        still.now += 5.0
        assert 429 not in door.ask(("GET", "/api/rounds/2026/live"), times=100)
        assert 429 not in door.ask(("WS", "/_stcore/stream"), ("GET", "/_stcore/health"), times=9)


def test_a_class_of_thirty_reloads_ten_times_in_a_minute_and_nobody_is_refused(still: SimpleNamespace):
    door = Door()
    for _ in range(10):
        still.now += 6.0
        assert 429 not in door.ask(*READING, *SCRIPTS, ("WS", "/_stcore/stream"), times=30)
