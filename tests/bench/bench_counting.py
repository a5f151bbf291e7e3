"""Counting: against pabutools in the same run, against the limit of reading every entry once, and how it grows.

Needs pabutools and, in the folder that GLAS_PABULIB names, Warszawa 2026 and Łódź 2022.
On its own: `python -m tests.bench.bench_counting`.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from core.counting import pabulib
from core.counting.market import Market
from core.counting.market.purchase import buy
from core.counting.rules import allocate
from core.counting.rules.equal_shares import PRESETS
from core.counting.ties import TieBreaker
from tests.bench.table import Row, render

FILES = {"Warszawa 2026": "Poland_Warszawa_2026.pb", "Łódź 2022": "Poland_Lodz_2022.pb"}
GROWTH = "Poland_Wieliczka_2023_Green_Budget.pb"
TIMES, PARSING = 1_000, 25  # how many times less CPU than pabutools is asked for


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds, the best of several runs, and what came out."""

    ms: float
    value: Any


def cpu(work: Callable[[], Any], runs: int = 5) -> Cost:
    """Return the cost of this work; the first run warms up."""
    best, value = float("inf"), None
    for _ in range(runs):
        began = time.process_time()
        value = work()
        best = min(best, time.process_time() - began)
    return Cost(best * 1000, value)


def measured() -> Iterator[Row]:
    """Yield one row after the other."""
    folder = os.environ.get("GLAS_PABULIB")
    for name, file in FILES.items():
        path = Path(folder or ".") / file
        if not folder or not path.is_file():
            yield Row(f"counting {name}", None, "", note=f"skipped: GLAS_PABULIB names no folder with {file}")
            continue
        yield from beside_pabutools(name, path)
        yield from own_figures(name, path)
    if folder and (Path(folder) / GROWTH).is_file():
        yield from growth(Path(folder) / GROWTH)
    yield from a_million()


def beside_pabutools(name: str, path: Path) -> Iterator[Row]:
    """Yield parsing and equal shares next to pabutools."""
    from pabutools.election import Cost_Sat, parse_pabulib
    from pabutools.rules import method_of_equal_shares
    from pabutools.tiebreaking import TieBreakingRule

    parsed = cpu(lambda: parse_pabulib(str(path)), 1)
    read = cpu(lambda: pabulib.read(path))
    yield Row(f"{name}: reading", read.ms, "CPU ms", limit=round(parsed.ms / PARSING, 1))
    yield Row("  pabutools reads in", parsed.ms, "CPU ms", parsed.ms / read.ms, "ours")
    file = read.value
    order = {project.id: rank for rank, project in enumerate(file.instance.projects)}
    votes = {project.id: int(dict(project.more)["votes"]) for project in file.instance.projects}
    ties = TieBreakingRule(lambda _i, _p, p: (p.cost, -votes[p.name], order[p.name]))
    instance, profile = parsed.value
    grouped = profile.as_multiprofile()
    theirs = cpu(lambda: method_of_equal_shares(instance, grouped, sat_class=Cost_Sat, tie_breaking=ties), 1)
    ours = cpu(lambda: allocate("equal-shares", file.instance, file.profile, completion="none", explain=False), 9)
    same = [p.name for p in theirs.value] == [p.id for p in ours.value.funded]
    yield Row(f"{name}: equal shares", ours.ms, "CPU ms", limit=round(theirs.ms / TIMES, 2))
    note = "" if same else "ANOTHER ORDER"
    yield Row("  pabutools, exact, grouped ballots", theirs.ms, "CPU ms", theirs.ms / ours.ms, "ours", note=note)


def own_figures(name: str, path: Path) -> Iterator[Row]:
    """Yield what greedy, one count and Add1 cost, and the limit: reading every entry once."""
    file = pabulib.read(path)
    instance, profile = file.instance, file.profile
    once = cpu(lambda: int(np.add.reduce(profile.entries, dtype=np.int64)), 50)
    greedy = cpu(lambda: allocate("greedy", instance, profile))
    market = Market.of(instance, profile, "cost")
    breaker = TieBreaker.of(instance, profile)
    purse = Fraction(instance.budget, profile.ballots)
    run = cpu(lambda: buy(market, purse, breaker), 20)
    one = cpu(lambda: allocate("equal-shares", instance, profile, completion="none", explain=False), 9)
    add1 = cpu(lambda: allocate("equal-shares", instance, profile, **PRESETS["official"]), 3)
    whole = (add1.value.raises + 1) * one.ms
    yield Row(f"{name}: greedy after loading", greedy.ms, "CPU ms", limit=50)
    yield Row("  one count by equal shares, arrays ready", run.ms, "CPU ms", run.ms / once.ms, "every entry once")
    yield Row(
        f"  Add1, {add1.value.raises} steps", add1.ms, "CPU ms", add1.ms / whole, "its steps × one run", limit=1.5
    )
    if name.startswith("Łódź"):
        yield Row("  Add1 in all", add1.ms, "CPU ms", limit=500)


def growth(path: Path) -> Iterator[Row]:
    """Yield counting with 1, 10 and 100 noisy copies of the voters: at most linear."""
    base: float | None = None
    for copies in (1, 10, 100):
        with tempfile.TemporaryDirectory(prefix="glas-bench-") as folder:
            large = Path(folder) / "copies.pb"
            large.write_text(noisy(path, copies), encoding="utf-8")
            file = pabulib.read(large)
        cost = cpu(lambda: allocate("equal-shares", file.instance, file.profile, completion="none"), 3)  # noqa: B023
        base = base or cost.ms
        yield Row(
            f"equal shares, {file.profile.ballots:,} voters", cost.ms, "CPU ms", cost.ms / base / copies, "linear", 1
        )


def noisy(path: Path, copies: int) -> str:
    """Return the file with this many copies of its voters, of which all but the first differ a little."""
    text = path.read_text(encoding="utf-8-sig")
    file, draw = pabulib.read(path), random.Random("noise")
    ids, lines = file.instance.ids, []
    for ballot in file.ballots:
        for copy in range(copies):
            choices = set(ballot)
            if copy and draw.random() < 0.5:
                choices ^= {draw.choice(ids)}
            lines.append(f"{len(lines) + 1};{','.join(choices)}\n")
    head = text.partition("VOTES")[0].replace(f"num_votes;{file.profile.ballots}", f"num_votes;{len(lines)}")
    return head + "VOTES\nvoter_id;vote\n" + "".join(lines)


def a_million() -> Iterator[Row]:
    """Yield loading and counting 1,000,000 ballots on 100 projects from a file, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="glas-bench-") as folder:
        path = Path(folder) / "million.pb"
        write_million(path)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_counting", str(path)], capture_output=True, text=True, check=True
        )
    found = json.loads(done.stdout)
    yield Row("1,000,000 ballots × 100 projects: load and count", found["seconds"], "s", limit=30)
    yield Row("  of these loading", found["loading"], "s")
    yield Row("  peak of memory", found["peak"], "MB", limit=2_000)


def write_million(path: Path) -> None:
    """Write an election of a million ballots, each with 1 to 15 of 100 projects, liked unequally."""
    draw = np.random.default_rng(2026)
    popular = draw.gamma(1.0, size=100)
    with path.open("w", encoding="utf-8") as out:
        out.write("META\nkey;value\nbudget;5000000\nvote_type;approval\nrule;greedy\ncurrency;EUR\nPROJECTS\n")
        out.write("project_id;cost\n" + "".join(f"p{n};{draw.integers(10, 400) * 1000}\n" for n in range(100)))
        out.write("VOTES\nvoter_id;vote\n")
        for start in range(0, 1_000_000, 50_000):
            keys = draw.exponential(size=(50_000, 100)) / popular
            ranked = np.argpartition(keys, 15, axis=1)[:, :15].tolist()
            sizes = draw.integers(1, 16, 50_000).tolist()
            rows = zip(range(start, start + 50_000), ranked, sizes, strict=True)
            out.writelines(f"{voter};{','.join(f'p{n}' for n in row[:size])}\n" for voter, row, size in rows)


def load_and_count(path: Path) -> dict[str, float]:
    """Return the seconds and the peak of memory of this process after reading and counting the file."""
    began = time.perf_counter()
    file = pabulib.read(path)
    loading = time.perf_counter() - began
    allocate("greedy", file.instance, file.profile)
    allocate("equal-shares", file.instance, file.profile, **PRESETS["official"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - began, "loading": loading, "peak": peak}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(load_and_count(Path(sys.argv[1]))))
    else:
        print(render(list(measured())))
