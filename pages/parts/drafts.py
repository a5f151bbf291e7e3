"""What staff have written and not sent or saved yet: neither the end of a sign-in nor another organiser takes it.

Long texts are kept in the memory of this process only, for a day, under the person and the field; whoever logs in next
finds nothing of them. What is typed in a form whose values somebody else changes is carried over to the newer ones.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import streamlit as st

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


def begin(prefix: str, name: str, value: str | None) -> str | None:
    """Return what a field shows at first: its value, or what was typed in it before somebody else changed that."""
    carried: tuple[str | None, str | None] | None = _of(prefix, "carried").pop(name, None)
    if carried is None or carried[0] == carried[1]:
        return value
    typed, before = carried
    if value not in (before, typed):
        _of(prefix, "theirs")[name] = value or ""
    return typed


def note_start(prefix: str, name: str, value: str | None) -> None:
    """Note what stood in a field at the start, unless that is noted."""
    _of(prefix, "starts").setdefault(name, value)


def theirs(prefix: str) -> dict[str, str]:
    """Return what somebody else has written meanwhile in fields in which something else is typed here."""
    return _of(prefix, "theirs")


def carry_over(old: str, new: str) -> None:
    """Take what was typed in the fields of the prefix `old` along to those of `new`, which start from newer values."""
    typed = {name: (st.session_state.get(f"{old}-{name}", at), at) for name, at in _of(old, "starts").items()}
    st.session_state[f"{new}|carried"] = {name: each for name, each in typed.items() if each[0] != each[1]}


def settle(prefix: str) -> None:
    """Forget what was carried over: it is saved."""
    for what in ("starts", "carried", "theirs"):
        st.session_state.pop(f"{prefix}|{what}", None)


def _of(prefix: str, what: str) -> dict[str, Any]:
    kept: dict[str, Any] = st.session_state.setdefault(f"{prefix}|{what}", {})
    return kept
