"""A real election: an organiser sends the file, imports and counts it in the browser; what the server then holds."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from core import rounds, store
from core.permissions import OPERATOR
from tests.bench.served import Server
from tests.bench.town import COOKIE, Town
from tests.bench.visitor import Visitor
from tests.bench.voting import HEADERS

FILE = "Poland_Lodz_2022.pb"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that the organiser waits for both, and the server's peak of memory in MB."""

    seconds: float
    peak: float


def file() -> Path | None:
    """Return the election file, None where there is no folder of real elections."""
    folder = os.environ.get("GLAS_PABULIB")
    path = Path(folder or ".") / FILE
    return path if folder and path.is_file() else None


async def imported_and_counted(glas: Server, town: Town, path: Path) -> Cost:
    """Send, import and count the file as an organiser does, show the result to a visitor, and return the cost."""
    cookies = {COOKIE: town.organiser}
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=glas.base, trust_env=False, headers=HEADERS, cookies=cookies) as client:
        sent = await client.post("/api/upload", content=path.read_bytes(), timeout=60)
        sent.raise_for_status()
    async with Visitor(glas.base, cookies) as organiser:
        await organiser.open("import")
        await organiser.tell("glas_upload", file={"ticket": sent.json()["ticket"], "name": path.name})
    made = newest()
    async with Visitor(glas.base, cookies) as organiser:
        await organiser.open("count", f"round={made.slug}")
        await organiser.click("Count now")
    seconds = time.perf_counter() - began
    if newest().result_published_at is None:
        raise RuntimeError("the election was not counted")
    async with Visitor(glas.base) as guest:
        await guest.open("results", f"round={made.slug}")
    async with httpx.AsyncClient(base_url=glas.base, trust_env=False, timeout=60) as client:
        (await client.get(f"/api/rounds/{made.slug}/live")).raise_for_status()
    return Cost(seconds, glas.peak())


def newest() -> rounds.Round:
    """Return the imported round that was made last."""
    with store.reading() as session:
        return max(rounds.rounds(session, OPERATOR, imported=True), key=lambda each: each.id)
