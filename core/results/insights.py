"""Insights that are computed once, in the background, and kept for as long as the process lives."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock, Thread

import core
from core.counting import measures as counting_measures
from core.counting.allocation import Allocation
from core.counting.election import Instance, Profile
from core.counting.measures import Compared, Measures, compare, measures
from core.counting.robustness import Robustness, Trial, robust, work
from core.errors import GlasError

ROOT = Path(core.__file__).resolve().parent.parent

MOST = 64  # results that are kept

SMALL = 100_000  # work up to which a thread of the server does it all

PATIENCE = 900.0  # seconds


Load = Callable[[], tuple[Instance, Profile]]


_log = logging.getLogger(__name__)


class Job:
    """One insight on its way: `value` is None until the first part is there."""

    def __init__(self, load: Load, allocation: Allocation, note: Path | None) -> None:
        """Begin, in a thread."""
        self.value: Insight | None = None
        self.failed = False
        self.thread = Thread(target=self._go, args=(load, allocation, note), daemon=True, name="insight")
        self.thread.start()

    def _go(self, load: Load, allocation: Allocation, note: Path | None) -> None:
        try:
            instance, profile = load()
            look = first_look(instance, profile, allocation)
            self.value = look
            found = _robust(instance, profile, allocation, note)
            self.value = replace(look, robustness=found, pending=False)
        except Exception:  # noqa: BLE001 – whatever it was, the page goes without
            _log.exception("An insight could not be computed")
            self.failed = self.value is None
            if self.value is not None:
                self.value = replace(self.value, pending=False, failed=True)


_kept: OrderedDict[str, Job] = OrderedDict()

_lock = Lock()

_turn = Lock()  # one process at a time: the computer has other things to do


def insight(key: str, allocation: Allocation, load: Load, *, wait: float = 0.0, folder: Path | None = None) -> Job:
    """Return the insight that goes by this key, as far as it is there; the first question begins the work.

    `wait`: for so many seconds at most, which is enough where little was voted on. `folder`: what took a process of its
    own is noted there and outlives this one; its name is made of the key, which holds the fingerprint of the count.
    """
    note = folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json" if folder else None
    with _lock:
        job = _kept.get(key)
        if job is None or (job.failed and not job.thread.is_alive()):
            job = _kept[key] = Job(load, allocation, note)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
    if wait and (job.value is None or job.value.pending):
        job.thread.join(wait)
    return job


def forget() -> None:
    """Forget all that is kept."""
    with _lock:
        _kept.clear()


def _robust(
    instance: Instance, profile: Profile, allocation: Allocation, note: Path | None = None
) -> Robustness | None:
    """Return the robustness: computed here if that is quick, else as it was noted, else by another process."""
    if work(allocation, profile) <= SMALL:
        return robust(instance, profile, allocation)
    if note is not None and (known := _noted(note)) is not None:
        return known
    asked = pickle.dumps((instance, profile, allocation))
    with _turn:
        done = subprocess.run(
            [sys.executable, "-m", "core.counting.robustness"], input=asked, stdout=subprocess.PIPE, cwd=ROOT,
            timeout=PATIENCE,
            check=True,
        )  # fmt: skip
    found: Robustness | None = pickle.loads(done.stdout)
    if note is not None and found is not None:
        _note(note, found)
    return found


def _noted(note: Path) -> Robustness | None:
    """Return what was noted, None if that cannot be read."""
    try:
        facts = json.loads(note.read_text("utf-8"))
        trials = tuple(Trial(**trial) for trial in facts.pop("trials"))
        return Robustness(trials=trials, **facts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note(note: Path, found: Robustness) -> None:
    """Write it down, whole or not at all; a disk that refuses costs only the time of another count."""
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        fresh = note.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(asdict(found)), "utf-8")
        fresh.replace(note)
    except OSError:
        _log.warning("A robustness could not be noted", exc_info=True)


@dataclass(frozen=True, slots=True)
class Insight:
    """An allocation seen from outside. `robustness` is None while it is not there, and where it is too much work.

    `pending`: it is being computed. `failed`: it could not be.
    """

    measures: Measures
    compared: tuple[Compared, ...]
    robustness: Robustness | None = None
    pending: bool = True
    failed: bool = False


def first_look(instance: Instance, profile: Profile, allocation: Allocation) -> Insight:
    """Return what is quick to know: measures and the comparison with other rules."""
    found: list[Compared] = []
    for rule, settings in counting_measures.others(allocation, profile):
        try:
            found.extend(compare(instance, profile, [(rule, settings)]))
        except GlasError:  # a tie that this rule does not decide: then it is no comparison
            continue
    return Insight(measures(instance, profile, allocation), tuple(found))
