"""What staff have written and not sent yet: kept for the one who wrote it, so that the end of a sign-in takes nothing.

In the memory of this process only, for a day, under the person and the field; whoever logs in next finds nothing of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock

from core import clock

LASTS = timedelta(hours=24)  # so long a sign-in can be renewed
MOST = 1_000  # texts
LONGEST = 5_000  # signs

_kept: dict[tuple[int, str], tuple[datetime, str]] = {}
_lock = Lock()


def keep(person_id: int, key: str, text: str) -> None:
    """Keep what a person has written in a field; an empty text keeps nothing."""
    now = clock.now()
    with _lock:
        _kept.pop((person_id, key), None)
        for old in [one for one, (since, _text) in _kept.items() if now >= since + LASTS]:
            del _kept[old]
        if text and len(text) <= LONGEST:
            while len(_kept) >= MOST:
                del _kept[next(iter(_kept))]
            _kept[person_id, key] = (now, text)


def kept(person_id: int, key: str) -> str:
    """Return what a person has written in a field and not sent, "" if nothing."""
    since, text = _kept.get((person_id, key), (None, ""))
    return text if since is not None and clock.now() < since + LASTS else ""


def forget(person_id: int, prefix: str) -> None:
    """Forget what a person has written in the fields whose keys begin so: it is sent."""
    with _lock:
        for one in [(who, key) for who, key in _kept if who == person_id and key.startswith(prefix)]:
            del _kept[one]
