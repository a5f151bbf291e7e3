"""What everyone reads of a void round: since when, why, and that nothing of it is counted."""

from __future__ import annotations

from core.rounds import Round
from pages.parts import dates, templates
from pages.parts.i18n import _


def since(round_: Round) -> str:
    """Return since when a round is void, empty if it is not."""
    if round_.voided_at is None:
        return ""
    return _("Void since {date}.", date=dates.day(round_.voided_at, zone=round_.timezone, year=True))


def text(round_: Round) -> str:
    """Return since when a round is void, what that means, and the public reason; empty if it is not."""
    if round_.voided_at is None:
        return ""
    found = [since(round_), _("Nothing of it is counted.")]
    if round_.void_reason:
        found.append(_("Public reason: {reason}", reason=round_.void_reason))
    return " ".join(found)


def note(round_: Round) -> None:
    """Draw the same; nothing where the round is not void."""
    if round_.voided_at:
        said = _("This round is void.") + " " + text(round_)
        templates.draw("parts/note.html", look="wa", icon_name="block", text=said, link=None, live=False)
