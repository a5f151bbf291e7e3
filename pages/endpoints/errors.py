"""What a page shows when it breaks: one calm sentence and a number that leads to the line in the log."""

from __future__ import annotations

import logging
import secrets

import streamlit as st

from core.errors import GlasError
from pages.parts import draw, phrases

log = logging.getLogger("glas.errors")


def on_script_error(error: Exception) -> bool:
    """Return that the visitor has been told; errors outside of pages, in callbacks say, are told here."""
    if not getattr(error, "told", False):
        tell(error)
    return True


def tell(error: Exception) -> None:
    """Show a sentence in place of a broken page; refusals that no page caught are told as they are."""
    error.told = True  # type: ignore[attr-defined]
    if isinstance(error, GlasError):
        draw.draw("refused.html", sentence=phrases.sentence(error))
        return
    number = secrets.token_hex(4).upper()
    log.error("Page broke, reference %s", number, exc_info=error)
    draw.draw("broken.html", number=f"{number[:4]}-{number[4:]}", page=st.context.url or "")
