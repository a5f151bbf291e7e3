"""Pace: how often one visitor may ask for the same thing. Kept in memory only, and no longer than a minute or so."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock

MOST_KEPT = 10_000

_asked: dict[str, deque[float]] = {}
_lock = Lock()


def allowed(who: str, *, most: int, seconds: float) -> bool:
    """Return whether `who` may ask now, and count it; at most `most` times in `seconds`."""
    now = time.monotonic()
    with _lock:
        if len(_asked) >= MOST_KEPT:
            _asked.clear()
        times = _asked.setdefault(who, deque())
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= most:
            return False
        times.append(now)
        return True


def forget() -> None:
    """Forget who asked, for tests."""
    _asked.clear()
