"""Insights that are computed once, in the background, and kept for as long as the process lives."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock, Thread

from core.election import Allocation, Instance, Profile
from core.insight import Insight, first_look, robust, work
from core.robustness import Robustness

ROOT = Path(__file__).resolve().parents[1]
MOST = 64  # results that are kept
SMALL = 100_000  # work up to which a thread of the server does it all
PATIENCE = 900.0  # seconds

Load = Callable[[], tuple[Instance, Profile]]

_log = logging.getLogger(__name__)
_kept: OrderedDict[str, Job] = OrderedDict()
_lock = Lock()
_turn = Lock()  # one robustness at a time: the computer has other things to do


class Job:
    """One insight on its way: `value` is None until the first part is there."""

    def __init__(self, load: Load, allocation: Allocation) -> None:
        """Begin, in a thread."""
        self.value: Insight | None = None
        self.failed = False
        self.thread = Thread(target=self._go, args=(load, allocation), daemon=True, name="insight")
        self.thread.start()

    def _go(self, load: Load, allocation: Allocation) -> None:
        try:
            instance, profile = load()
            look = first_look(instance, profile, allocation)
            self.value = look
            with _turn:
                found = _robust(instance, profile, allocation)
            self.value = replace(look, robustness=found, pending=False)
        except Exception:
            _log.exception("An insight could not be computed")
            self.failed = self.value is None
            if self.value is not None:
                self.value = replace(self.value, pending=False)


def insight(key: str, allocation: Allocation, load: Load, *, wait: float = 0.0) -> Job:
    """Return the insight that goes by this key, as far as it is there; the first question begins the work.

    `wait`: for so many seconds at most, which is enough where little was voted on.
    """
    with _lock:
        job = _kept.get(key)
        if job is None or (job.failed and not job.thread.is_alive()):
            job = _kept[key] = Job(load, allocation)
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


def _robust(instance: Instance, profile: Profile, allocation: Allocation) -> Robustness | None:
    """Return the robustness, computed here if that is quick, else by another process."""
    if work(allocation, profile) <= SMALL:
        return robust(instance, profile, allocation)
    asked = pickle.dumps((instance, profile, allocation))
    done = subprocess.run(  # noqa: S603 – the program itself
        [sys.executable, "-m", "core.insight"], input=asked, stdout=subprocess.PIPE, cwd=ROOT, timeout=PATIENCE,
        check=True,
    )  # fmt: skip
    found: Robustness | None = pickle.loads(done.stdout)  # noqa: S301 – written by the line above
    return found
