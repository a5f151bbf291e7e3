"""A button that prints the page."""

from __future__ import annotations

import streamlit as st

from pages.assets import COMPONENTS
from pages.parts.i18n import _

_CSS, _JS = ((COMPONENTS / f"print.{kind}").read_text("utf-8") for kind in ("css", "js"))


def draw(key: str) -> None:
    """Draw the button."""
    component = st.components.v2.component("glas_print", html='<button type="button"></button>', css=_CSS, js=_JS)
    component(key=key, data={"label": _("Print")}, width="content")
