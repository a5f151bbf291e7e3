"""What a page shows when it breaks: one calm sentence, and for staff a number that leads to the line in the log."""

from __future__ import annotations

import logging

import streamlit as st

from core.errors import GlasError
from core.permissions import Role
from pages.endpoints.failures import reference
from pages.parts import refusals, templates, visit

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
        templates.draw("refused.html", sentence=refusals.sentence(error))
        return
    number = reference()
    log.error("Page broke, reference %s", number, exc_info=error)
    templates.draw("broken.html", number=number if _staff() else "", page=st.context.url or "")


def _staff() -> bool:
    """Return whether somebody with a duty is looking; if that cannot be found out, nobody is told more."""
    try:
        return bool(visit.visitor().roles - {Role.guest, Role.resident})
    except Exception:  # noqa: BLE001 - it has broken already; this may not break on top of it
        return False
