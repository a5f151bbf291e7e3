"""Pace: how often one asker may ask for the same thing: so often in one go, then so often a second.

Kept in memory only, for as many askers as came last; with two processes each of them counts for itself.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock


class Pace:
    """A bucket of tries for each asker, which fills up again while she rests."""

    def __init__(self, *, at_once: int, per_second: float, most: int = 20_000) -> None:
        """Allow `at_once` tries in one go, then `per_second`. At most `most` askers are remembered."""
        self.at_once, self.per_second, self.most = at_once, per_second, most
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, who: str, now: float | None = None) -> bool:
        """Return whether `who` may ask once more, and count it. `now`: seconds of a clock that only goes on."""
        at = time.monotonic() if now is None else now
        with self._lock:
            left, then = self._seen.pop(who, (float(self.at_once), at))
            left = min(self.at_once, left + (at - then) * self.per_second)
            self._seen[who] = (left - 1 if left >= 1 else left, at)
            while len(self._seen) > self.most:
                self._seen.popitem(last=False)
        return left >= 1

    def forget(self) -> None:
        """Forget who asked, for tests."""
        self._seen.clear()
