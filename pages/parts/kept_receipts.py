"""Receipts that this device remembers because the voter wished it; the server does not know of them."""

from __future__ import annotations

from pages.parts.components import component
from pages.parts.i18n import _


def draw() -> None:
    """Draw the list, which is nothing where nothing is remembered."""
    texts = {"title": _("Remembered on this device"), "forget": _("Forget"), "forget_named": _("Forget {number}")}
    component("kept")(key="kept-receipts", data=texts)
