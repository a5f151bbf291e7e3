"""The tests of trust in full size, row by row, and a table of what they found. Run by `make torture`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.helpers.paths import ROOT

MINUTES = 30
# A row: what it shows, its tests, and their sizes. Rows 2, 7, 8 and 16 run on both databases: each has half.
ROWS: tuple[tuple[str, str, str, dict[str, int]], ...] = (
    ("1", "parallel double submits", "test_double_submits.py", {"VOTERS": 500, "SUBMITS": 64}),
    ("2", "kill -9 under load", "test_kill.py", {"KILLS": 100}),
    ("3", "sync before acknowledgement", "test_sync.py", {}),
    ("4", "power cuts", "test_power_cut.py", {"POWER_CUTS": 30}),
    ("5", "full disk", "test_disk.py test_full_statements.py test_full_keys.py", {}),
    ("6", "the last second", "test_last_second.py", {"LAST_SECOND": 2_000, "AROUND_CLOSE": 2_000}),
    ("7", "stateful model", "test_state.py", {"EXAMPLES": 250, "STEPS": 25}),
    ("8", "tampering: database", "test_tampering.py", {"MUTATIONS": 1_000}),
    ("8", "tampering: what was voted on", "guarantees/test_voted_on.py", {"MUTATIONS": 1_000}),
    ("8", "tampering: bundles", "test_recount.py test_bundle.py", {"FORGED": 520}),
    ("9", "linkage attack", "test_linkage.py", {"ATTACKS": 10, "ATTACKED": 200}),
    ("9", "copies a few votes apart", "test_copies.py", {"COPIED": 400}),
    ("10", "fuzzed imports", "test_fuzzing.py", {"FUZZ": 24}),
    ("11", "hostile texts, every field and view", "test_surface_browser.py test_surface_words.py", {}),
    ("11", "hidden words, everywhere", "test_hidden_words.py test_names.py", {}),
    ("12", "access matrix", "test_access.py test_access_foreign.py test_access_reads.py", {}),
    (
        "13",
        "brute force",
        "test_brute_force.py test_lock_out.py test_every_secret.py",
        {"GUESSES": 10_000, "CODE_GUESSES": 100_000},
    ),
    ("14", "sessions", "test_sessions_hold.py test_surface_sessions.py test_surface.py test_served.py", {}),
    ("75", "one organiser alone", "test_consent.py", {"ALONE": 1_000}),
    ("14", "crowds and uploads", "test_crowds.py test_uploads.py", {}),
    (
        "15",
        "rude guests: flood, held places, unfinished frames, big states, pipelines",
        "test_rude_guests.py test_streams.py test_frames.py test_paces.py server/test_rooms.py test_turnstile.py",
        {"FLOODING": 10, "HOLDING": 300, "UNFINISHED": 20, "PUPILS": 30, "RATIO": 3},
    ),
    ("17", "erasure and export", "test_erasure.py", {"ERASED": 100}),
    ("17", "linkage review, error log", "test_review.py test_error_log.py", {}),
    ("16", "backup and restore", "test_backups.py", {"BACKUPS": 25}),
)
FIGURES = re.compile(r"^\.*FIGURES (.*)$", re.MULTILINE)
VERDICT = re.compile(r"^(?=.*\d+ (?:passed|failed|error|skipped)).* in [\d.]+s.*$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What a row gave."""

    row: str
    name: str
    passed: bool
    seconds: float
    told: tuple[str, ...]


def main() -> int:
    """Run all rows, or for so many hours the stateful model; return 1 if one of them failed."""
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else 0
    if hours:
        return for_hours(hours)
    began = time.monotonic()
    outcomes = [show(run(*row)) for row in ROWS]
    minutes = (time.monotonic() - began) / 60
    print("\n" + "\n".join(line(outcome) for outcome in outcomes))
    print(f"\n{minutes:.1f} minutes (limit {MINUTES}), {sum(not outcome.passed for outcome in outcomes)} rows failed")
    return 0 if all(outcome.passed for outcome in outcomes) and minutes <= MINUTES else 1


def for_hours(hours: float) -> int:
    """Run the stateful model again and again with new seeds, 10,000 examples and more a night."""
    until, times = time.monotonic() + 3600 * hours, 0
    while time.monotonic() < until:
        times += 1
        outcome = show(run("7", f"stateful model, run {times}", "test_state.py", {"EXAMPLES": 500, "STEPS": 40}))
        if not outcome.passed:
            return 1
    return 0


def run(row: str, name: str, tests: str, sizes: dict[str, int]) -> Outcome:
    """Run the tests of a row in their full size."""
    began = time.monotonic()
    words = list(map(file, tests.split()))
    # A row that skips has shown nothing.
    environment = {**os.environ, "GLAS_NO_SKIPS": "1"}
    environment |= {f"TRUST_{size}": str(number) for size, number in sizes.items()}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [*FIGURES.findall(done.stdout), *VERDICT.findall(done.stdout)[-1:]]
    if done.returncode:
        print(done.stdout[-6_000:], done.stderr[-2_000:])
    return Outcome(row, name, done.returncode == 0, time.monotonic() - began, tuple(told))


def file(word: str) -> str:
    """Return the file of tests that a row names. Raises ValueError where that is not just one."""
    (found,) = (ROOT / "tests").rglob(word)
    return str(found)


def show(outcome: Outcome) -> Outcome:
    """Print an outcome as it comes and return it."""
    print(line(outcome), flush=True)
    return outcome


def line(outcome: Outcome) -> str:
    """Return the table's line for a row."""
    verdict = "pass" if outcome.passed else "FAIL"
    return f"{outcome.row:>3}  {outcome.name:<30} {verdict}  {outcome.seconds:6.0f} s  {'; '.join(outcome.told)}"


if __name__ == "__main__":
    sys.exit(main())
