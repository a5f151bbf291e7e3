"""`make bench`: measure, print one table; with --check leave with 1 when a limit is missed."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import attack, ballot_box, bench_counting, cold, election, importing, live, people, slips, town, voting
from tests.bench.served import Server, free_port
from tests.bench.table import Row, render
from tests.helpers.paths import ROOT


def main() -> int:
    """Run all benchmarks and return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    asked.add_argument("--check", action="store_true", help="leave with 1 when a limit is missed")
    chosen = asked.parse_args()
    began, rows = time.monotonic(), []
    for row in measured():
        rows.append(row)
        print(f"  {row.name} …", file=sys.stderr)
    print(render(rows))
    print(f"Server CPU by its own clock, medians; {os.cpu_count()} cores, {time.monotonic() - began:.0f} s in all.")
    missed = [row.name for row in rows if row.missed]
    if missed:
        print("Missed: " + "; ".join(missed), file=sys.stderr)
    return 1 if missed and chosen.check else 0


def measured() -> Iterator[Row]:
    """Yield one row after the other."""
    with tempfile.TemporaryDirectory(prefix="glas-bench-") as folder:
        port = free_port()
        built = town.build(Path(folder), port)
        with Server(ROOT / "app.py", port, built.environment) as glas:
            yield from beside_bare(glas, built, port)
            yield a_cold_page(glas)
            yield from a_real_election(glas, built)
    yield from attack.measured()
    yield from ballot_box.measured()
    yield from importing.measured()
    yield from slips.measured()
    yield from bench_counting.measured()


def beside_bare(glas: Server, built: town.Town, port: int) -> Iterator[Row]:
    """Yield what a vote and the live tally cost, next to the bare app on the same machine at the same time."""
    with Server(ROOT / "tests" / "bench" / "bare" / "bare_app.py", free_port(port + 1)) as bare:
        cast = asyncio.run(voting.cast(bare, glas, built))
        opened = asyncio.run(voting.opened(bare, glas, built))
        around = list(people.measured(glas, built, cast.bare))
    yield Row("a click in a bare app", cast.bare, "CPU ms")
    yield Row("a ballot cast over HTTP", cast.glas, "CPU ms", cast.ratio, "bare click", 3)
    average = cast.average / cast.bare
    yield Row("  on average, with a batch of the board every 40", cast.average, "CPU ms", average, "bare click", 3)
    yield Row("a bare app opened", opened.bare, "CPU ms")
    yield Row("the ballot page opened", opened.glas, "CPU ms", opened.ratio, "bare opening", 3)
    yield from around
    few, many = live.updates(glas, 1_000), live.updates(glas, 100_000)
    for name, cost in (("1,000", few), ("100,000", many)):
        yield Row(f"live tally's update, {name} ballots", cost.each, "CPU ms", cost.each / cast.bare, "bare click", 0.5)
    yield Row("  making them once, for all spectators", many.made, "CPU ms", many.made / few.made, "at 1,000", 1.2)


def a_cold_page(glas: Server) -> Row:
    """Return what a first visit to the home page brings over the wire."""
    name = "a cold page on the wire"
    if cold.chromium() is None:
        return Row(name, None, "KB", limit=1_150, note="skipped: no Chromium (CHROMIUM=path)")
    return Row(name, cold.wire_kb(glas.base), "KB", limit=1_150)


def a_real_election(glas: Server, built: town.Town) -> Iterator[Row]:
    """Yield how long an organiser waits for Łódź 2022 (90,494 ballots), and what the server holds afterwards."""
    path = election.file()
    names = "Łódź 2022 sent, imported and counted", "the server's peak of memory afterwards"
    if path is None:
        note = f"skipped: GLAS_PABULIB names no folder with {election.FILE}"
        yield Row(names[0], None, "s", limit=30, note=note)
        yield Row(names[1], glas.peak(), "MB", limit=600, note="without it")
        return
    cost = asyncio.run(election.imported_and_counted(glas, built, path))
    yield Row(names[0], cost.seconds, "s", limit=30)
    yield Row(names[1], cost.peak, "MB", limit=600)


if __name__ == "__main__":
    sys.exit(main())
