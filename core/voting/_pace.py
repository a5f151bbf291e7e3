"""The pace of replacing a ballot: nobody who changes her mind meets it, and no script makes the board endless.

By slot, in memory: a time in the database would tell when somebody voted. A restart forgets it, which gives whoever
goes on a few more.
"""

import math
from collections import OrderedDict
from datetime import datetime
from threading import Lock

from core.errors import TooManyReplacements

AT_ONCE = 60  # replacements in one go
EVERY = 30.0  # seconds until one more
MOST = 50_000  # slots that are remembered

_seen: OrderedDict[str, tuple[float, float]] = OrderedDict()
_lock = Lock()


def take(slot_id: str, now: datetime) -> None:
    """Count one replacement of a slot. Raises TooManyReplacements with the seconds until the next."""
    at = now.timestamp()
    with _lock:
        left, then = _seen.pop(slot_id, (float(AT_ONCE), at))
        # A clock that was set back makes nobody wait longer.
        left = min(float(AT_ONCE), left + max(0.0, at - then) / EVERY)
        _seen[slot_id] = (left - 1 if left >= 1 else left, at)
        while len(_seen) > MOST:
            _seen.popitem(last=False)
    if left < 1:
        raise TooManyReplacements(seconds=math.ceil((1 - left) * EVERY))


def forget() -> None:
    """Forget who replaced what, for tests."""
    with _lock:
        _seen.clear()
