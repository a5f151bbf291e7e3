"""The ballot box: votes a second through core on both databases, and 50,000 ballots closed, opened and recounted.

On its own: `python -m tests.bench.ballot_box`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Barrier, Thread

from sqlalchemy import insert

from core import clock, closing, store
from core.audit import bundle
from core.permissions import Actor
from core.results import bundles
from core.settings import settings
from core.trust import board, keys, readiness, sealing
from core.trust.commitments import Opening
from core.voting import receipts
from db import engine, tables
from pages.open_data.bundles_route import readme
from tests.bench.table import Row, render
from tests.helpers import boxes, postgres, worlds
from tests.helpers.paths import ROOT

THREADS, EACH, BALLOTS = 4, 300, 50_000
# As a town runs it: an acknowledged ballot waits for the disk.
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=40", "listen_addresses=")


def measured() -> Iterator[Row]:
    """Yield one row after the other."""
    with tempfile.TemporaryDirectory(prefix="glas-bench-") as folder:
        with of_its_own(Path(folder) / "sqlite"):
            yield Row("votes through core, four at once, SQLite", votes(), "a second", least=150)
        found = postgres.binaries()
        if found is None:
            note = f"skipped: {postgres.HOW_TO_GET_IT}"
            yield Row("votes through core, four at once, PostgreSQL", None, "a second", least=150, note=note)
        else:
            with postgres.server(found, settings=DURABLE) as url, of_its_own(Path(folder) / "pg", url):
                yield Row("votes through core, four at once, PostgreSQL", votes(), "a second", least=150)
        with of_its_own(Path(folder) / "large"):
            yield from at_size(Path(folder) / "bundle.zip")


@contextmanager
def of_its_own(folder: Path, url: str = "") -> Iterator[None]:
    """Work with a database and keys of their own inside the block."""
    changed = {"GLAS_DATA_DIR": str(folder / "data"), "GLAS_KEY_DIR": str(folder / "keys"), "GLAS_DATABASE_URL": url}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    settings.cache_clear()
    try:
        with engine.use(settings().database_url) as opened:
            store.upgrade()
            yield
            opened.dispose()
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        for name in (name for name, value in before.items() if value is None):
            del os.environ[name]
        settings.cache_clear()


def votes() -> float:
    """Return how many votes a second are sealed, logged, committed and signed, with four threads."""
    town = built()
    people = crowd(town, THREADS * EACH)
    start = Barrier(THREADS + 1)

    def work(voters: list[Actor]) -> None:
        start.wait()
        for voter in voters:
            # The acknowledgement is the signature.
            assert boxes.cast(town, voter, ["p01", "p02"]).signature

    threads = [Thread(target=work, args=[people[part::THREADS]]) for part in range(THREADS)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    (cast,) = boxes.rows("SELECT count(*) FROM slot")
    if cast[0] != len(people):
        raise RuntimeError(f"{cast[0]} ballots of {len(people)}")
    return len(people) / took


def built() -> worlds.Town:
    """Return a town with a round in voting, in steps of twenty as a town has them."""
    at = clock.now()
    with engine.transaction() as session:
        town = worlds.build(session, at)
        row = session.get_one(tables.Round, town.round.id)
        row.tally_step = 20
        readiness.prepare(session, town.round.id)
    return town


def crowd(town: worlds.Town, number: int) -> list[Actor]:
    """Add voters who need no password."""
    with engine.transaction() as session:
        return [
            worlds.person(session, town.municipality, f"voter{each}", frozenset(), town.at, password_hash=None)
            for each in range(number)
        ]


def at_size(archive: Path) -> Iterator[Row]:
    """Yield what closing, opening and recounting 50,000 ballots takes."""
    town = built()
    fill(town, BALLOTS)
    at, round_id = boxes.end_voting(town.round.id), town.round.id
    told: list[float] = []
    began = time.perf_counter()
    boxes.close(town, round_id, at)
    boxes.draw(town, round_id, at)
    opened = open_all(town, round_id, at, told.append)
    took = time.perf_counter() - began
    if opened != BALLOTS or len(told) < 50:
        raise RuntimeError(f"{opened} ballots opened, {len(told)} steps of progress")
    yield Row("50,000 ballots closed and opened", took, "s", limit=30)
    boxes.keep_turnout(town, round_id, at)
    boxes.count(town, round_id, at)
    boxes.publish(town, round_id, at)
    with engine.reading() as session:
        files = bundles.auditors_bundle(session, town.auditor, town.round.slug, readme(), at=at)
    archive.write_bytes(bundle.to_zip(files))
    seconds, megabytes = recounted(archive)
    yield Row("  recounted from the auditor's bundle", seconds, "s", limit=60)
    yield Row("  with a peak of memory of", megabytes, "MB", limit=1_000)


def open_all(town: worlds.Town, round_id: int, at: datetime, progress: closing.Progress) -> int:
    """Open the ballots as the page does, with its progress bar, and return how many there are."""
    with engine.reading() as session:
        unsealed = closing.unseal(session, town.organiser, round_id, at=at, progress=progress)
    with engine.transaction() as session:
        closing.keep_opened(session, town.organiser, round_id, unsealed, at=at)
    return len(unsealed.ballots)


def fill(town: worlds.Town, number: int) -> None:
    """Put sealed ballots with their leaves into the box, many in a transaction: only what comes after is measured."""
    codes, slug, round_id = list(worlds.COSTS), town.round.slug, town.round.id
    public = bytes(keys.count_key(round_id).public_key)
    room = sealing.room(slug, codes, 3)
    for start in range(0, number, 5_000):
        slots, waiting, given = [], [], []
        for each in range(start, min(number, start + 5_000)):
            choices = f'["{codes[each % 5]}"]' if each % 3 else f'["{codes[each % 4]}","{codes[4]}"]'
            named = f"{each:08}-{receipts.new_number()}"[9:]
            opening = Opening(slug, os.urandom(16).hex(), 1, sealing.nonce(b""), named, choices)
            commitment = opening.commitment()
            sealed = sealing.close(opening, public, room)
            slots.append({
                "id": opening.slot, "round_id": round_id, "lookup": os.urandom(32), "revision": 1, "sealed": sealed,
                "commitment": commitment, "number": named, "request_id": f"request-{each}",
            })  # fmt: skip
            waiting.append({"commitment": commitment, "round_id": round_id, "kind": "ballot", "number": named})
            given.append({"round_id": round_id, "number": named, "commitment": commitment})
        with engine.transaction() as session:
            connection = session.connection()
            connection.execute(insert(tables.table_of(tables.Slot)), slots)
            connection.execute(insert(tables.table_of(tables.PendingLeaf)), waiting)
            connection.execute(insert(tables.table_of(tables.Receipt)), given)
            board.batch(session, round_id)


def recounted(archive: Path) -> tuple[float, float]:
    """Return seconds and megabytes of `glas recount` as anyone runs it; it must find nothing wrong."""
    command = [sys.executable, "-m", "pages.terminal", "recount", str(archive)]
    began = time.perf_counter()
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    if status:
        raise RuntimeError(f"recount ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, used.ru_maxrss / 1024


if __name__ == "__main__":
    print(render(list(measured())))
