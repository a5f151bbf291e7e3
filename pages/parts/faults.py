"""What is wrong with a field, beside it: tied to the field for screen readers, which Streamlit has no way to do."""

from __future__ import annotations

import streamlit as st

from pages.assets import COMPONENTS
from pages.parts import draw as templates

_JS = (COMPONENTS / "fault.js").read_text("utf-8")
_REFUSED = "refused"


def note() -> None:
    """Note that a form was refused: the first of its wrong fields takes the focus at the next drawing."""
    st.session_state[_REFUSED] = st.session_state.get(_REFUSED, 0) + 1


def draw(text: str, *, key: str = "", label: str = "", typing: bool = False) -> None:
    """Draw what is wrong with the field that has this key and label, or with no field at all.

    `typing`: it is said while the form is being filled in, so the focus stays where it is.
    """
    templates.draw("field_error.html", text=text, key=key, label=label)
    if key:
        component = st.components.v2.component("glas_fault", js=_JS, html="<span></span>")
        refused = 0 if typing else st.session_state.get(_REFUSED, 0)
        component(key=f"fault-{key}", data={"field": key, "text": text, "refused": refused}, height=1)
