"""A round that anyone could join only advises: what says so wherever it calls, counts and concludes."""

from __future__ import annotations

from core.rounds import Round
from pages.parts import templates
from pages.parts.i18n import _


def text(round_: Round) -> str:
    """Return that a round only advises, and why; "" of one that decides."""
    if not round_.advisory:
        return ""
    return _("This vote is advisory: anyone can join, so it advises the municipality and does not bind it.")


def note(round_: Round) -> None:
    """Draw the same; nothing where the round decides."""
    if said := text(round_):
        templates.draw("parts/note.html", look="in", icon_name="info", text=said, link=None, live=False)
