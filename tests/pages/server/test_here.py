"""Who sits at the computer that serves: by the peer's address and the name, with nothing in between."""

from __future__ import annotations

import pytest

from core.settings import settings
from pages.parts import visit
from pages.server.guard import Guard
from tests.helpers import aside

HOST = ("host", "127.0.0.1:8501")


def noted(peer: str | None, *headers: tuple[str, str], kind: str = "http") -> list[str] | None:
    """Return what the guard hands on as said to be here; None where the request is turned away."""
    seen: list[list[str]] = []

    async def app(scope, _receive, _send):
        seen.append([value.decode() for name, value in scope["headers"] if name == visit.HERE.encode()])

    async def send(_message):
        return None

    scope = {
        "type": kind, "path": "/_stcore/stream" if kind == "websocket" else "/", "method": "GET",
        "client": (peer, 50_000) if peer is not None else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
    aside.run(Guard(app)(scope, None, send))  # type: ignore[arg-type]
    return seen[0] if seen else None


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.0.0.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501"])
def test_a_browser_on_this_computer_is_here(peer: str, host: str):
    assert noted(peer, ("host", host)) == ["1"]


def test_so_is_its_websocket():
    assert noted("127.0.0.1", HOST, ("origin", "http://127.0.0.1:8501"), kind="websocket") == ["1"]


@pytest.mark.parametrize("peer", ["203.0.113.5", "10.0.0.2", "::2", "", "testclient", None])
def test_another_computer_is_not(peer: str | None):
    assert noted(peer, HOST) == []


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "x-forwarded-host", "x-forwarded-proto", "Forwarded", "Via", "X-Real-IP", "CF-Ray"]
)
def test_what_came_through_something_else_is_not(header: str):
    assert noted("127.0.0.1", HOST, (header.lower(), "127.0.0.1")) == []


def test_nobody_says_it_for_herself():
    assert noted("203.0.113.5", HOST, (visit.HERE, "1")) == []
    assert noted("127.0.0.1", HOST, ("x-forwarded-for", "127.0.0.1"), (visit.HERE, "1")) == []
    assert noted("127.0.0.1", HOST, (visit.HERE, "9")) == ["1"]


def test_under_a_public_name_nobody_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GLAS_URL", "https://glas.example.org")
    settings.cache_clear()

    assert noted("127.0.0.1", ("host", "glas.example.org")) == []
    assert noted("127.0.0.1", HOST) is None
