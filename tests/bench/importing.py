"""What a vote waits while an organiser imports 64 MB: through core, next to the same votes in quiet.

On its own: `python -m tests.bench.importing`.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from core import clock, store
from core.imports import elections
from core.permissions import OPERATOR, Actor
from core.texts import Texts
from tests.bench.ballot_box import built, crowd, of_its_own
from tests.bench.table import Row, render
from tests.helpers import boxes, worlds

EACH = 150  # votes: in quiet, while the file is read, while it is written
APART = 0.02  # seconds between two votes
SIZE = 64 * 1024**2
PROJECTS = 40


class Enough(BaseException):
    """All votes have been cast: the import need not go on."""


def measured() -> Iterator[Row]:
    """Yield how much longer a vote takes meanwhile, for the slowest of twenty."""
    with tempfile.TemporaryDirectory(prefix="glas-bench-") as folder, of_its_own(Path(folder)):
        town = built()
        people = crowd(town, 3 * EACH + 40)
        path = Path(folder) / "large.pb"
        path.write_bytes(election())
        waits(town, people[:40])
        quiet = late(waits(town, people[40 : 40 + EACH]))
        reading, writing = meanwhile(town, path, people[40 + EACH :])
        left = boxes.rows("SELECT 1 FROM open_ballot LIMIT 1")
        if left:
            raise RuntimeError("an import that was broken off has left ballots")
    yield Row("a vote through core, the slowest of twenty", 1000 * quiet, "ms")
    for name, found in (("read", reading), ("written", writing)):
        yield Row(f"  while a file of 64 MB is {name}", 1000 * found, "ms", found / quiet, "in quiet", 3)


def election() -> bytes:
    """Return 64 MB of an election."""
    draw = random.Random(7)
    head = ["META", "key;value", "country;Poland", "unit;Bench", "instance;2026", "vote_type;approval", "rule;greedy",
            "budget;1000000", "PROJECTS", "project_id;cost"]  # fmt: skip
    head += [f"project-{number:03};{1000 + number}" for number in range(PROJECTS)] + ["VOTES", "voter_id;vote", ""]
    votes = [
        ",".join(f"project-{each:03}" for each in sorted(draw.sample(range(PROJECTS), draw.randint(3, 6))))
        for _ in range(1_000)
    ]
    lines, size, number = ["\n".join(head)], 0, 0
    while size < SIZE - 1_000:
        lines.append(f"{number};{votes[number % len(votes)]}\n")
        size, number = size + len(lines[-1]), number + 1
    return "".join(lines).encode()


def meanwhile(town: worlds.Town, path: Path, people: list[Actor]) -> tuple[float, float]:
    """Return what the slowest vote of twenty took while the file was read, and while its ballots were written."""
    written, enough = Event(), Event()

    def tell(share: float) -> None:
        if share > 0.5:
            written.set()
        if enough.is_set():
            raise Enough

    def work() -> None:
        with suppress(Enough):
            elections.import_election(
                store.transaction, OPERATOR, path, home=Texts(en="Imported elections"), at=clock.now(), progress=tell
            )

    thread = Thread(target=work)
    thread.start()
    reading = waits(town, people[:EACH], until=written)
    if not written.wait(600):
        raise RuntimeError("the file was not read")
    writing = waits(town, people[EACH : 2 * EACH])
    if not thread.is_alive():
        raise RuntimeError("the import was over before the votes were")
    enough.set()
    thread.join()
    return late(reading), late(writing)


def waits(town: worlds.Town, people: list[Actor], until: Event | None = None) -> list[float]:
    """Return the seconds that each vote took, its acknowledgement included; no further ones once `until` is there."""
    found = []
    for voter in people:
        if until is not None and until.is_set():
            break
        began = time.perf_counter()
        # The acknowledgement is the signature.
        assert boxes.cast(town, voter, ["p01", "p02"]).signature
        found.append(time.perf_counter() - began)
        time.sleep(APART)
    return found


def late(found: list[float]) -> float:
    """Return what nineteen of twenty stay below."""
    return sorted(found)[int(len(found) * 0.95)]


if __name__ == "__main__":
    print(render(list(measured())))
