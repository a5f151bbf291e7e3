"""What was extended, and why: it stands on the pages on which people look for the dates."""

from __future__ import annotations

from core.rounds import Round
from pages.parts import dates, templates
from pages.parts.i18n import _


def note(round_: Round) -> None:
    """Draw that the dates were extended, with the public reason; nothing where they were not."""
    if round_.extended_at is None or round_.voided_at is not None:
        return
    day = dates.day(round_.extended_at, zone=round_.timezone, year=True)
    text = _("The dates were extended on {date}. Reason: {reason}", date=day, reason=round_.extended_reason)
    templates.draw("parts/note.html", look="in", icon_name="schedule", text=text, link=None, live=False)
