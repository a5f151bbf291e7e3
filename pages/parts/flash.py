"""One sentence that outlives a rerun: what was just done, or why it was refused."""

from __future__ import annotations

import streamlit as st

from core.errors import GlasError
from pages.parts import components, draw, phrases

_ICONS = {"ok": "check_circle", "in": "info", "wa": "warning", "er": "error"}


def keep(text: str, look: str = "ok", *, place: str = "top") -> None:
    """Keep a sentence for the next run, to be shown at a place of the page."""
    st.session_state[f"flash-{place}"] = (text, look)


def refused(error: GlasError, *, place: str = "top") -> None:
    """Keep the sentence of a refusal for the next run."""
    keep(phrases.sentence(error), "er", place=place)


def show(place: str = "top") -> None:
    """Show once what was kept for this place."""
    text, look = st.session_state.pop(f"flash-{place}", ("", "in"))
    if text:
        draw.draw("note.html", look=look, icon_name=_ICONS[look], text=text, link=None, live=True)
        if place == "code":
            # The field and its button have gone with the code that was accepted.
            components.focus('.g-note[role="status"]', key="code")
