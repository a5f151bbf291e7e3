"""Odd addresses: whatever stands in place of a name or a number of ours is a page that does not exist, and quiet."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core import clock, store
from core.people import sessions
from pages import server
from pages.routes import routes
from pages.server import access_log, limits
from tests.helpers import boxes, worlds
from tests.helpers.aside import run

HERE = "http://127.0.0.1:8501"
SAME = {"sec-fetch-site": "same-origin"}
ODD = {
    "nothing": "%00",
    "nothing inside": "20%0026",
    "5,000 digits": "7" * 5_000,
    "290 digits": "7" * 240,
    "a long name": "a" * 250,
    "a very long name": "a" * 5_000,
    "a long name of letters that take more": "%D0%96" * 240,
    "half a letter": "%ED%A0%80",
    "no letter": "%FF%FE",
    "a line": "a%0D%0Ab",
    "an escape": "%1B%5B2J",
    "a number below": "-1",
    "a number with a point": "1.0",
    "digits of elsewhere": "%D9%A3",
    "a circle": "%E2%91%A0",
    "upwards": "..%2F..%2F..%2Fetc%2Fpasswd",
    "an end": "%7F",
    "quotes": "%22%27;--",
    "nothing that is seen": "%E3%85%A4",
}
PLACES = sorted(
    {route.path for route in routes() if isinstance(route, Route) and "{" in route.path}
    | {"/assets/{name}", "/static/js/{name}", "/static/css/{name}", "/{name}", "/ideas/{name}", "/_stcore/{name}"}
)


@pytest.fixture
def client(town: worlds.Town) -> TestClient:
    assert town
    return client_of()


def client_of() -> TestClient:
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours))
    return TestClient(app, base_url=HERE, raise_server_exceptions=False, follow_redirects=False)


def filled(place: str, odd: str) -> Iterator[str]:
    """Yield the address with the odd thing at each of its places in turn, and what is usual at the others."""
    names = re.findall(r"{[^}]*}", place)
    for name in names:
        address = place.replace(name, odd, 1)
        yield re.sub(r"{\w+:int}", "7", re.sub(r"{\w+}", "2026", address))


@pytest.mark.parametrize("odd", ODD)
def test_no_odd_name_or_number_in_an_address_breaks_anything(odd: str, client: TestClient):
    for place in PLACES:
        for address in filled(place, ODD[odd]):
            for method in ("GET", "POST"):
                code = client.request(method, address, headers=SAME).status_code
                assert code < 500 and code not in (301, 302, 307), (method, address[:80], code)


def test_what_is_no_address_is_told_so_on_a_page():
    client = client_of()
    for odd in ("%00", "7" * 5_000, "%1B"):
        for place in ("/assets/", "/log/x/checkpoints/", "/"):
            answer = client.get(place + odd)
            assert answer.status_code == 404 and "g-alone" in answer.text
            assert client.post(place + odd, headers=SAME).json() == {"error": "not_found"}


def test_control_without_the_check_a_long_number_breaks_its_route(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pages.server.shell.odd", lambda _path: False)

    assert client_of().get("/log/x/checkpoints/" + "7" * 5_000).status_code == 500


@pytest.mark.parametrize("said", ["9" * 5_000, "9" * 13, "٣", "1_0", "+1", " "])
def test_a_length_that_no_body_has_is_refused(said: str, client: TestClient):
    sent = client.post("/session", content=b"", headers={**SAME, "content-length": said.encode()})

    assert sent.status_code in (400, 413)


def test_an_address_that_is_a_star_breaks_nothing(client: TestClient):
    scope: dict[str, Any] = {"type": "http", "method": "OPTIONS", "path": "*", "query_string": b"", "headers": []}
    scope |= {"headers": [(b"host", b"127.0.0.1:8501")], "scheme": "http", "http_version": "1.1", "root_path": ""}
    told: list[int] = []

    async def ask() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            told.append(message.get("status", 0))

        await client.app(scope, receive, send)

    run(ask())
    assert told[0] == 404


def test_a_body_that_never_comes_is_not_waited_for(client: TestClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "SLOW", 0.05)
    told: list[int] = []

    async def ask() -> None:
        scope: dict[str, Any] = {
            "type": "http", "method": "POST", "path": "/session", "query_string": b"", "scheme": "http",
            "headers": [(b"host", b"127.0.0.1:8501"), (b"sec-fetch-site", b"same-origin"), (b"content-length", b"10")],
            "http_version": "1.1", "root_path": "", "client": ("192.0.2.7", 1), "server": ("127.0.0.1", 8501),
        }  # fmt: skip
        sent = iter([{"type": "http.request", "body": b"x", "more_body": True}])

        async def receive() -> Any:
            for message in sent:
                return message
            await asyncio.sleep(60)

        async def send(message: Any) -> None:
            told.append(message.get("status", 0))

        await asyncio.wait_for(client.app(scope, receive, send), 10)

    run(ask())
    assert told[0] == 408


def test_who_asks_without_a_pause_fills_no_log(town: worlds.Town, caplog: pytest.LogCaptureFixture, monkeypatch):
    assert town
    still = limits.Pace(at_once=50, per_second=1.0)
    monkeypatch.setattr(access_log, "PACE", still)
    allows = still.allows
    times = iter([*[0.0] * 400, *[10.0] * 400])
    monkeypatch.setattr(still, "allows", lambda who, _now=None: allows(who, next(times)))
    client = client_of()
    access_log.log.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, "glas.access"):
            for _ in range(400):
                client.get("/no/such/" + "a" * 4_000)
            first = [record.getMessage() for record in caplog.records if record.name == "glas.access"]
            client.get("/no/such/page")
    finally:
        access_log.log.removeHandler(caplog.handler)
    lines = list(dict.fromkeys(record.getMessage() for record in caplog.records if record.name == "glas.access"))

    assert len(first) <= 2 * 50
    assert max(map(len, first)) < 300
    assert any(line == "350 more lines like these were left out" for line in lines)


def test_what_speaks_the_readers_language_and_is_kept_says_for_whom(town: worlds.Town):
    boxes.cast(town, town.resident, ["p01"])
    boxes.cast(town, town.neighbour, ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at)
    with store.transaction() as session:
        cookie = f"glas={sessions.open_session(session, town.auditor, at=clock.now())}"
    client, spoken = client_of(), set()
    places = [route.path for route in routes() if isinstance(route, Route) and "GET" in (route.methods or ())]
    addresses = ["/", "/rules", "/no/such/page", *(re.sub(r"{\w+(:\w+)?}", "2026", place) for place in places)]
    for address in addresses:
        bulgarian, english = (
            client.get(address, headers={**SAME, "accept-language": one, "cookie": cookie}) for one in ("bg", "en")
        )
        if bulgarian.content != english.content:
            spoken.add(address)
            kept = {each.headers.get("cache-control", "") for each in (bulgarian, english)}
            varies = {word.strip().lower() for word in bulgarian.headers.get("vary", "").split(",")}
            assert kept == {"no-store"} or {"accept-language", "cookie"} <= varies, address

    assert {"/", "/open/2026/result.csv", "/open/2026/protocol.pdf"} <= spoken
