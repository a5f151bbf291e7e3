"""Enter in a field presses the button of its form, as people and phones expect it."""

from __future__ import annotations

import streamlit as st

from pages.assets import COMPONENTS
from pages.parts.packed import packed

_JS = (COMPONENTS / "enter.js").read_text("utf-8")


def presses(button: str, *fields: str) -> None:
    """Let Enter in the fields with these keys press the button with the key `button`."""
    component = st.components.v2.component("glas_enter", js=_JS, html="<span></span>")
    component(key=f"enter-{button}", data=packed({"button": button, "fields": list(fields)}), height=1)
