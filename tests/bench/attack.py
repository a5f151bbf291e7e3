"""A vote while others do their worst: rude guests at the websocket, an organiser who imports 64 MB.

Each is a ratio of what a vote takes then to what it takes on the same server in the same minute otherwise.
On its own: `python -m tests.bench.attack`.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from threading import Thread

import httpx

from tests.bench import town
from tests.bench.served import Server, free_port
from tests.bench.table import Row, render
from tests.bench.town import COOKIE, Town, ballot
from tests.bench.visitor import Visitor
from tests.bench.voting import HEADERS
from tests.helpers.paths import ROOT
from tests.helpers.rude_guests import Rude, compared, p95

# Ten who flood, 300 who hold a place, twenty whose messages never end, forty who say much at once or come and go.
GUESTS = {
    "flood": 5, "hurry": 5, "hold": 300, "unfinished": 10, "parts": 10,
    "states": 10, "files": 10, "pipeline": 5, "queries": 5, "fragments": 5, "knock": 5,
}  # fmt: skip
TURNS, EACH, WARM = 5, 15, 30
RATIO, GROWS = 3, 200  # MB
LARGE = 64 * 1000 * 1000  # bytes


class Serving(Server):
    """The server as `glas serve` starts it, with all its bounds, until the end of the `with` block."""

    def __init__(self, port: int, env: dict[str, str]) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.log = Path(tempfile.gettempdir()) / f"glas-bench-{port}.log"
        command = [sys.executable, "-m", "pages.commands.server", f"--server.port={port}"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **env}, stdout=log, stderr=subprocess.STDOUT
            )


def measured() -> Iterator[Row]:
    """Yield one row after the other."""
    with tempfile.TemporaryDirectory(prefix="glas-bench-") as folder:
        port = free_port()
        built = town.build(Path(folder), port)
        with (
            Serving(port, built.environment) as glas,
            httpx.Client(base_url=glas.base, trust_env=False, headers=HEADERS, timeout=120) as client,
        ):
            cast, refused = caster(client, built)
            for _ in range(WARM):
                cast()
            yield from beside_rude_guests(glas, cast)
            yield Row("  votes refused meanwhile", float(len(refused)), "", limit=0)
            refused.clear()
            yield from beside_an_import(glas, built, cast)
            yield Row("  votes refused meanwhile", float(len(refused)), "", limit=0)


def caster(client: httpx.Client, built: Town) -> tuple[Callable[[], None], list[str]]:
    """Return what casts the next voter's ballot, and the list in which refusals are noted."""
    number, refused = count(), list[str]()

    def cast() -> None:
        voter = next(number)
        answer = client.post(
            f"/api/rounds/{built.round.slug}/ballot", json=ballot(voter),
            headers={"cookie": f"{COOKIE}={built.voters[voter]}"},
        )  # fmt: skip
        if answer.status_code != 201:
            refused.append(f"{answer.status_code} {answer.text[:200]}")

    return cast, refused


def beside_rude_guests(glas: Server, cast: Callable[[], None]) -> Iterator[Row]:
    """Yield what a vote takes while guests flood, hold places and never finish, and what memory they take."""
    before = glas.peak()
    rude = Rude(glas.base, **GUESTS)
    try:
        time.sleep(10)  # until they are all there
        quiet, under = compared(cast, rude, turns=TURNS, each=EACH)
    finally:
        rude.stop()
    yield Row("a vote's p95", p95(quiet), "ms")
    yield Row("  while guests do their worst, all at once", p95(under), "ms", p95(under) / p95(quiet), "quiet", RATIO)
    yield Row("  the server's peak of memory grows by", glas.peak() - before, "MB", limit=GROWS)


def beside_an_import(glas: Server, built: Town, cast: Callable[[], None]) -> Iterator[Row]:
    """Yield what a vote takes while an organiser sends and imports 64 MB of votes."""
    # Made before: whoever votes here would wait for it, in this very process.
    file = large_election()
    # At the same pace: a vote after a pause takes longer than one upon another.
    quiet = sorted(took for _ in range(EACH * 3) for took in after_a_pause(cast))
    importing = Thread(target=lambda: asyncio.run(imported(glas, built, file)), daemon=True)
    importing.start()
    under = list[float]()
    # As long as it lasts, and as long as there are voters.
    while importing.is_alive() and len(under) < EACH * 9:
        under += after_a_pause(cast)
    ratio = p95(sorted(under)) / p95(quiet)
    yield Row("  while an organiser imports 64 MB", p95(sorted(under)), "ms", ratio, "quiet", RATIO)


def timed(cast: Callable[[], None], times: int) -> list[float]:
    """Return how many milliseconds so many votes took, sorted."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        cast()
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def after_a_pause(cast: Callable[[], None]) -> list[float]:
    """Return what one vote takes, in ms, after a fifth of a second without one."""
    time.sleep(0.2)
    return timed(cast, 1)


async def imported(glas: Server, built: Town, file: bytes) -> None:
    """Send 64 MB of votes and have them imported, as an organiser does; that they are refused is an end too."""
    cookies = {COOKIE: built.organiser}
    async with httpx.AsyncClient(base_url=glas.base, trust_env=False, headers=HEADERS, cookies=cookies) as client:
        sent = await client.post("/api/upload", content=file, timeout=120)
        sent.raise_for_status()
    async with Visitor(glas.base, cookies, timeout=300) as organiser:
        await organiser.open("import")
        await organiser.tell("glas_upload", file={"ticket": sent.json()["ticket"], "name": "large.pb"})


def large_election() -> bytes:
    """Return an election of 64 MB, nearly all of it votes, the same at every run."""
    draw = random.Random(2026)
    head = (
        "META\nkey;value\ndescription;Large\ncountry;Bulgaria\nunit;Large\ninstance;2026\nnum_projects;24\n"
        "budget;60000\nvote_type;approval\nrule;greedy\nPROJECTS\nproject_id;cost;name\n"
    )
    head += "".join(f"{number};{4_000 + 250 * number};Project {number}\n" for number in range(24))
    lines, size, voter = [head + "VOTES\nvoter_id;vote\n"], len(head), 0
    choices = [",".join(map(str, sorted(draw.sample(range(24), 5)))) for _ in range(1_000)]
    while size < LARGE - 40:
        lines.append(f"{voter};{choices[voter % 1_000]}\n")
        size += len(lines[-1])
        voter += 1
    return "".join(lines).encode()


if __name__ == "__main__":
    print(render(list(measured())))
