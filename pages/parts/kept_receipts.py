"""Receipts that this device remembers because the voter wished it; the server does not know of them."""

from __future__ import annotations

import streamlit as st

from pages.assets import COMPONENTS
from pages.parts.i18n import _

_CSS, _JS = ((COMPONENTS / f"kept.{kind}").read_text("utf-8") for kind in ("css", "js"))
_HTML = "<section hidden><h2></h2><ul></ul></section>"


def draw() -> None:
    """Draw the list, which is nothing where nothing is remembered."""
    component = st.components.v2.component("glas_kept", html=_HTML, css=_CSS, js=_JS)
    texts = {"title": _("Remembered on this device"), "forget": _("Forget"), "forget_named": _("Forget {number}")}
    component(key="kept-receipts", data=texts)
