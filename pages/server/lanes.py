"""Lanes: how many threads a kind of work may have, so that no crowd of readers stands in the way of a vote.

What costs much is made one at a time and kept; everything without a lane shares the server's common threads.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

Made = TypeVar("Made")

FEW, MOST = 2, 64 * 1024 * 1024  # that many files are always kept, and more of them up to so many bytes


class Lane:
    """Threads for one kind of work."""

    def __init__(self, name: str, threads: int) -> None:
        """Open a lane with so many threads."""
        self.threads = threads
        # A limiter belongs to one event loop.
        self._limiter: RunVar[CapacityLimiter] = RunVar(f"glas-lane-{name}")

    async def run(self, work: Callable[..., Made], *given: Any) -> Made:
        """Return what `work` gives, done in a thread of this lane as soon as one is free."""
        try:
            limiter = self._limiter.get()
        except LookupError:
            limiter = CapacityLimiter(self.threads)
            self._limiter.set(limiter)
        return await to_thread.run_sync(lambda: work(*given), limiter=limiter)


# Whoever votes, or signs in or out, waits for nobody who only reads.
VOTES = Lane("votes", 12)
SIGN_INS = Lane("sign-ins", 8)
# Whoever opens a page is looked up, and waits for no password.
ARRIVALS = Lane("arrivals", 2)
# Protocols, bundles, exports, files: up to a second of a processor each.
DEAR = Lane("dear", 1)
# Looking up what is asked for, the board's proofs, codes of receipts: little each, but anyone may ask for many.
LOOKS = Lane("looks", 2)
# Plain pages: whole lists are read for one.
PLAIN = Lane("plain", 1)

_kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
_lock = Lock()


def kept(key: Hashable, make: Callable[[], Made], weigh: Callable[[Made], int]) -> Made:
    """Return what `make` gives, from memory where the same `key` was asked for before; the oldest make room."""
    found = _find(key)
    if found is not None:
        return found[0]  # type: ignore[no-any-return]
    made = make()
    with _lock:
        _kept[key] = (made, weigh(made))
        while len(_kept) > FEW and sum(weight for _made, weight in _kept.values()) > MOST:
            _kept.popitem(last=False)
    return made


async def made(key: Hashable, make: Callable[[], Made], weigh: Callable[[Made], int]) -> Made:
    """Return the same; what is not in memory is made in the lane of what costs much, once for all who wait for it."""
    found = _find(key)
    return found[0] if found is not None else await DEAR.run(kept, key, make, weigh)


def forget() -> None:
    """Keep nothing any longer."""
    with _lock:
        _kept.clear()


def _find(key: Hashable) -> tuple[Any, int] | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)
