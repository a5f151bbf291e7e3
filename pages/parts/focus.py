"""Focus: when what was pressed has gone, it goes to what came in its place."""

from __future__ import annotations

import streamlit as st

from pages.assets import COMPONENTS

_JS = (COMPONENTS / "focus.js").read_text("utf-8")


def lead(at: str, *, key: str) -> None:
    """Lead the focus once to the first element that fits the selector `at`, as long as this is drawn."""
    component = st.components.v2.component("glas_focus", js=_JS, html="<span></span>")
    component(key=f"focus-{key}", data={"at": at}, height=1)
