"""The bar at the foot of a phone, which repeats a page's one thing to do once its button is out of view."""

from __future__ import annotations

import streamlit as st

from pages.assets import COMPONENTS
from pages.parts.links import Link

_CSS, _JS = ((COMPONENTS / f"bar.{kind}").read_text("utf-8") for kind in ("css", "js"))
_HTML = '<a hidden><span class="i" aria-hidden="true" translate="no"></span><span class="w"></span></a>'


def draw(link: Link, *, repeats: str) -> None:
    """Draw the bar; `repeats` is the selector of the button on the page."""
    component = st.components.v2.component("glas_bar", html=_HTML, css=_CSS, js=_JS)
    component(key="bar", data={"href": link.href, "label": link.label, "icon": link.icon, "repeats": repeats})
