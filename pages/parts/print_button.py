"""A button that prints the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts.i18n import _

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "components"
_CSS, _JS = ((_FOLDER / f"print.{kind}").read_text("utf-8") for kind in ("css", "js"))


def draw(key: str) -> None:
    """Draw the button."""
    component = st.components.v2.component("glas_print", html='<button type="button"></button>', css=_CSS, js=_JS)
    component(key=key, data={"label": _("Print")}, width="content")
