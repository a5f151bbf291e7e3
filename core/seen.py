"""Seen: when sign-ins were last used. Noted in memory at every click, written once a minute, all of them together."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import bindparam, update
from sqlmodel import Session

from db import tables

# Less than this behind is as good as up to date.
MINUTE = timedelta(minutes=1)
MOST = 50_000

_sign_in = tables.table_of(tables.SignIn)
_WRITE = (
    update(_sign_in)
    .where(_sign_in.c.token_hash == bindparam("key"), _sign_in.c.seen_at < bindparam("used"))
    .values(seen_at=bindparam("used"))
)
_noted: dict[str, datetime] = {}
_lock = Lock()


def newest(key: str, written: datetime) -> datetime:
    """Return when a sign-in was last used: what is written, or what is noted since."""
    noted = _noted.get(key)
    return noted if noted is not None and noted > written else written


def note(key: str, written: datetime, at: datetime) -> None:
    """Note that a sign-in is being used, unless that was written within the last minute."""
    if at - newest(key, written) < MINUTE:
        return
    with _lock:
        # Nobody signed in so many browsers: better to forget than to grow.
        if len(_noted) >= MOST:
            _noted.clear()
        _noted[key] = at


def write(session: Session) -> int:
    """Write all notes down and return how many there were; sign-ins that have been closed stay closed."""
    notes: Mapping[str, datetime] = dict(_noted)
    if not notes:
        return 0
    # In one order, so that two servers on one database cannot wait for each other.
    rows = [{"key": key, "used": used} for key, used in sorted(notes.items())]
    session.connection().execute(_WRITE, rows)
    with _lock:
        for key, used in notes.items():
            if _noted.get(key) == used:
                del _noted[key]
    return len(rows)
