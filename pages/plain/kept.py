"""Plain pages that were made, for a minute: a crowd has one of them made for all."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock

from pages.server.static import File

# What is hidden or withdrawn must be gone from what we and others keep: seconds, ours and theirs together.
LASTS = 60.0
MOST = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A page as a file; `there`: what it is about is there."""

    file: File
    there: bool
    at: float = field(default_factory=lambda: time.monotonic())

    def left(self) -> int:
        """Return for how many seconds others may keep it."""
        return max(1, math.ceil(self.at + LASTS - time.monotonic()))


_kept: OrderedDict[Hashable, Made] = OrderedDict()
_lock = Lock()


def find(wanted: Hashable) -> Made | None:
    """Return the page that was made in the last minute for what is wanted, None if there is none."""
    with _lock:
        found = _kept.get(wanted)
        return found if found is not None and time.monotonic() < found.at + LASTS else None


def keep(wanted: Hashable, made: Made) -> Made:
    """Keep a page and return it; the oldest make room."""
    with _lock:
        _kept[wanted] = made
        _kept.move_to_end(wanted)
        while _kept and sum(each.file.size() for each in _kept.values()) > MOST:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """Keep nothing any longer."""
    with _lock:
        _kept.clear()
