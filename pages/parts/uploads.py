"""Choose a file and send it, in our own words, with a bar. Streamlit's uploader speaks English only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.parts.components import component
from pages.parts.i18n import _
from pages.parts.packed import packed
from pages.parts.text import plain

MOST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that has arrived: the ticket it can be fetched with once, and its name."""

    ticket: str
    name: str


def choose_file(key: str, *, accept: str, choose: str, hint: str) -> Sent | None:
    """Draw the box; return the file that was sent last, as long as it has not been handled."""
    words = {
        "choose": choose,
        "hint": hint,
        "drop": _("Drop a file here or choose one"),
        "sending": _("Sending the file …"),
        "sent": _("The file has arrived."),
        "failed": _("The file did not arrive. Check the connection and try again."),
        "big": _("The file is larger than {size} MB.", size=MOST // 1024**2),
    }
    data = {
        "turn": st.session_state.get(f"{key}-turn", 0),
        "words": words,
        "accept": accept,
        "most": MOST,
        "url": "/api/upload",
    }
    found = component("upload")(key=key, data=packed(data), default={"file": None}, on_file_change=lambda: None).get(
        "file"
    )
    handled = st.session_state.get(f"{key}-handled")
    if not found or not isinstance(found.get("ticket"), str) or found["ticket"] == handled:
        return None
    st.session_state[f"{key}-handled"] = found["ticket"]
    return Sent(found["ticket"], str(found.get("name", ""))[:200])


def ask(place: Any, key: str, sent: Sent, words: str) -> bool | None:
    """Draw the file that has arrived; return True to go on with it, False to remove it, None while nobody has said."""
    with place.container(horizontal=True, vertical_alignment="center", key=f"{key}-file"):
        st.text(sent.name)
        go = st.button(plain(words), key=f"{key}-go", type="primary")
        drop = st.button(_("Remove the file"), key=f"{key}-drop")
    return go if go or drop else None


def empty(key: str) -> None:
    """Let the box of this key be as if nothing had been sent."""
    st.session_state[f"{key}-turn"] = st.session_state.get(f"{key}-turn", 0) + 1
