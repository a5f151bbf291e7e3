"""A button that copies a text to the clipboard."""

from __future__ import annotations

import streamlit as st

from pages.assets import COMPONENTS
from pages.parts.i18n import _

_CSS, _JS = ((COMPONENTS / f"copy.{kind}").read_text("utf-8") for kind in ("css", "js"))
_HTML = '<p><button type="button"></button><span role="status"></span></p>'


def draw(key: str, text: str, label: str) -> None:
    """Draw a button called `label` that copies `text`."""
    component = st.components.v2.component("glas_copy", html=_HTML, css=_CSS, js=_JS)
    failed = _("Copying did not work. Mark the text and copy it by hand.")
    component(key=key, data={"text": text, "label": label, "copied": _("Copied."), "failed": failed})
