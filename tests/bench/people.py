"""What people and the surface cost: thirty sign-ins at once, the lookup of a sign-in, headers and shell."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette
from starlette.types import Message

from core import clock, settings, store
from core.people import sessions
from pages import server
from pages.routes import routes
from pages.server import access_log
from tests.bench.served import Server
from tests.bench.table import Row
from tests.bench.town import COOKIE, Town
from tests.helpers import worlds

AT_ONCE, TIMES = 30, 3
HEADERS = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Class:
    """How a class of thirty got in: seconds for nineteen of twenty, sign-ins a second, MB more at the peak."""

    p95: float
    a_second: float
    memory: float


async def thirty(glas: Server, town: Town) -> Class:
    """Let thirty type their passwords in the same second, three times, and return the worst of each figure."""
    found, before = [], glas.peak()
    tokens = list(town.pupils)
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(
        base_url=glas.base, trust_env=False, headers=HEADERS, timeout=60, limits=limits
    ) as client:

        async def enter(place: int) -> float:
            began = time.perf_counter()
            while True:
                answer = await client.post(
                    "/session/again",
                    json={"password": worlds.PASSWORD},
                    headers={"cookie": f"{COOKIE}={tokens[place]}"},
                )
                client.cookies.clear()
                if answer.status_code != 429:
                    break
                await asyncio.sleep(0.2)
            if answer.status_code != 204:
                raise RuntimeError(f"a sign-in was refused: {answer.status_code} {answer.text[:200]}")
            tokens[place] = answer.headers["set-cookie"].split(";")[0].partition("=")[2]
            return time.perf_counter() - began

        for _ in range(TIMES):
            began = time.perf_counter()
            took = sorted(await asyncio.gather(*(enter(place) for place in range(AT_ONCE))))
            found.append((took[int(AT_ONCE * 0.95)], AT_ONCE / (time.perf_counter() - began)))
    return Class(max(p95 for p95, _ in found), min(speed for _, speed in found), glas.peak() - before)


def lookup(town: Town, times: int = 2_000) -> float:
    """Return the CPU milliseconds of looking a sign-in up, as every rerun does."""
    at, token = clock.now(), town.voters[0]
    with store.reading() as session:
        sessions.actor_of(session, token, at=at)
        began = time.process_time()
        for _ in range(times):
            sessions.actor_of(session, token, at=at)
        return (time.process_time() - began) * 1000 / times


def layers(times: int = 2_000) -> float:
    """Return the CPU milliseconds of one shell through all our layers: guard, headers, language, rewriting."""
    app = Starlette(routes=routes(), middleware=server.layers(routes()))
    host = httpx.URL(settings.settings().url).netloc
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/rules",
        "raw_path": b"/rules",
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
        "extensions": {},
        "headers": [(b"host", host), (b"accept-encoding", b"br"), (b"accept-language", b"bg")],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Message) -> None:
        return

    async def run() -> float:
        await app(dict(scope), receive, send)
        began = time.process_time()
        for _ in range(times):
            await app(dict(scope), receive, send)
        return (time.process_time() - began) * 1000 / times

    access_log.quiet()
    log, level = access_log.log, access_log.log.level
    log.setLevel("ERROR")
    try:
        return asyncio.run(run())
    finally:
        log.setLevel(level)


def measured(glas: Server, town: Town, bare_click: float) -> Iterator[Row]:
    """Yield the rows of the table."""
    come = asyncio.run(thirty(glas, town))
    yield Row("thirty sign-ins at once, 95 of 100 within", come.p95, "s", limit=2)
    yield Row("  sign-ins", come.a_second, "a second", least=20)
    yield Row("  the server's peak of memory grows by", come.memory, "MB", limit=120)
    cost = lookup(town)
    yield Row("a sign-in looked up", cost, "CPU ms", cost / bare_click, "bare click", 0.05)
    yield Row("headers, guard and shell of a page", layers(), "CPU ms", limit=0.3)
