"""Crowds of readers: whatever they ask for, and however long it takes, a vote and a sign-in are answered meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from anyio import to_thread
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, store
from core.audit import bundle
from core.people import sessions
from core.permissions import Actor
from core.privacy import export
from pages import server
from pages.council import protocol_pdf
from pages.open_data import ballots_route
from pages.parts import tables
from pages.routes import routes
from pages.server import lanes, limits
from tests.helpers import boxes, worlds
from tests.helpers.aside import run
from tests.helpers.worlds import Town

HERE = "http://127.0.0.1:8501"
SAME = {"sec-fetch-site": "same-origin"}
READERS = 150
# What a crowd asks for, and the function in which its cost lies.
DEAR: dict[str, tuple[Any, str]] = {
    "/open/done/protocol.pdf?lang=bg": (protocol_pdf, "pdf"),
    "/open/done/protocol.pdf?lang=en": (protocol_pdf, "pdf"),
    "/rounds/done/bundle.zip": (bundle, "to_zip"),
    "/open/done/election.pb": (ballots_route, "as_file"),
    "/open/done/result.csv": (tables, "csv_text"),
    "/account/export.json": (export, "of_person"),
}
AUDITORS = "/rounds/2026/auditors-bundle.zip"
PATIENCE = 3.0  # seconds after which the control believes that a vote will not be answered


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: the lanes lie before the database."""
    return sqlite_database


@pytest.fixture
def done(town: Town) -> Town:
    """Give a town with a round whose result is published, beside the one in voting."""
    other = boxes.round_in_voting(town, "done")
    for voter in (town.resident, town.neighbour):
        boxes.cast(town, voter, ["p01"], round_=other)
    at = boxes.end_voting(other.id)
    boxes.until_count(town, other.id, at)
    boxes.count(town, other.id, at)
    boxes.publish(town, other.id, at)
    return town


class Gate:
    """Holds up whatever costs much until it is opened, and counts it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened, self.begun = Event(), Counter[str]()
        for place, name in set(DEAR.values()):
            monkeypatch.setattr(place, name, self.held(name, getattr(place, name)))

    def held(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*given: Any, **named: Any) -> Any:
            self.begun[name] += 1
            assert self.opened.wait(60)
            return act(*given, **named)

        return wait


def signed_in(actor: Actor) -> dict[str, str]:
    with store.transaction() as session:
        return {**SAME, "cookie": f"glas={sessions.open_session(session, actor, at=clock.now(), second_step=True)}"}


async def crowd(town: Town, gate: Gate, patience: float) -> tuple[list[int], Counter[int]]:
    """Return how a vote and signing in and out were answered while a crowd read, and how the crowd was."""
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours))
    voter, leaver, reader = (signed_in(who) for who in (town.resident, town.neighbour, town.council))
    ballot = {"request_id": "r" * 32, "choices": ["p01"], "replaces": 0, "nonce": "ab" * 32}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE, timeout=120) as client:
        addresses = [list(DEAR)[number % len(DEAR)] for number in range(READERS)]
        reading = [asyncio.create_task(client.get(address, headers=reader)) for address in addresses]
        async with asyncio.timeout(20):
            while not gate.begun:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)  # the rest of the crowd stands in its queue by now
        answers = []
        try:
            async with asyncio.timeout(patience):
                for path, headers in (
                    ("/api/rounds/2026/ballot", voter),
                    ("/session/again", leaver),
                    ("/session/out", leaver),
                ):
                    sent = {**ballot, "password": worlds.PASSWORD}
                    answers.append((await client.post(path, json=sent, headers=headers)).status_code)
                found = await client.get(f"/api/rounds/2026/ballot?request_id={'r' * 32}", headers=voter)
                answers.append(found.status_code)
        except TimeoutError:
            pass
        gate.opened.set()
        return answers, Counter([(await each).status_code for each in reading])


def test_a_vote_and_a_sign_in_are_answered_while_a_crowd_waits_for_what_never_ends(
    done: Town, monkeypatch: pytest.MonkeyPatch
):
    gate = Gate(monkeypatch)
    answers, read = run(crowd(done, gate, patience=60))

    assert answers == [201, 204, 303, 200]
    assert read == {200: READERS}
    # Everybody who waited for the same got the same: two languages, one each of the rest; an export is one's own.
    exports = len([number for number in range(READERS) if list(DEAR)[number % len(DEAR)].endswith("export.json")])
    assert gate.begun == {"pdf": 2, "to_zip": 1, "as_file": 1, "csv_text": 1, "of_person": exports}


def test_control_with_one_pool_for_all_nobody_votes(done: Town, monkeypatch: pytest.MonkeyPatch):
    async def together(_lane: lanes.Lane, work: Callable[..., Any], *given: Any) -> Any:
        return await to_thread.run_sync(lambda: work(*given))

    monkeypatch.setattr(lanes.Lane, "run", together)
    answers, read = run(crowd(done, Gate(monkeypatch), patience=PATIENCE))

    assert answers == []
    assert read == {200: READERS}


def test_what_is_kept_is_of_this_version_and_this_language(done: Town):
    client = TestClient(Starlette(routes=routes()), base_url=HERE)
    first = {address: client.get(address).content for address in DEAR if "export" not in address}
    assert first["/open/done/protocol.pdf?lang=bg"] != first["/open/done/protocol.pdf?lang=en"]
    other = """'{"bg": "Друго", "en": "Other"}'"""
    boxes.change(f"UPDATE round SET titles = {other}, version = version + 1 WHERE slug = 'done'")
    for address, content in first.items():
        if not address.endswith(".csv"):
            assert client.get(address).content != content, address


def test_a_draft_is_not_kept(town: Town, monkeypatch: pytest.MonkeyPatch):
    other = boxes.round_in_voting(town, "done")
    boxes.cast(town, town.resident, ["p01"], round_=other)
    at = boxes.end_voting(other.id)
    boxes.until_count(town, other.id, at)
    boxes.count(town, other.id, at)
    client = TestClient(Starlette(routes=routes()), base_url=HERE)
    organiser = signed_in(town.organiser)

    answer = client.get("/open/done/protocol.pdf", headers=organiser)

    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert client.get("/open/done/protocol.pdf").status_code == 404
    boxes.publish(town, other.id, at)
    assert client.get("/open/done/protocol.pdf").status_code == 200


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lanes, "MOST", 100)
    for number in range(10):
        lanes.kept(number, lambda: b"x" * 30, len)
    assert list(lanes._kept) == [7, 8, 9]
    lanes.kept("large", lambda: b"x" * 1_000, len)
    assert list(lanes._kept) == [9, "large"]


@pytest.mark.parametrize(
    "path", [*(each.partition("?")[0] for each in DEAR), "/log/2026/inclusion", "/log/2026/leaves"]
)
def test_reading_what_costs_much_has_a_pace_of_its_own(path: str):
    scope = {"type": "http", "method": "GET", "path": path}
    assert limits.is_dear(scope) and not limits.changes(scope)


@pytest.mark.parametrize("path", ["/", "/results", "/api/rounds/2026/live", "/healthz", "/assets/glas.css", "/board"])
def test_what_every_page_asks_for_has_none(path: str):
    assert not limits.is_dear({"type": "http", "method": "GET", "path": path})


def test_who_reads_too_much_is_slowed_down_and_votes_all_the_same(done: Town, monkeypatch):
    # However slow this computer is, all of them come at once.
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours))
    client = TestClient(app, base_url=HERE, client=("192.0.2.7", 4711))
    codes = Counter(client.get("/open/done/protocol.pdf").status_code for _ in range(350))

    assert codes[200] >= 300 and codes[429] > 0
    ballot = {"request_id": "r" * 32, "choices": ["p01"], "replaces": 0, "nonce": "ab" * 32}
    assert client.post("/api/rounds/2026/ballot", json=ballot, headers=signed_in(done.resident)).status_code == 201
    assert client.get("/healthz").status_code == 200
