"""The answer to a receipt number, in words."""

from __future__ import annotations

from collections.abc import Iterable

from core.receipts import ReceiptState, normal
from core.rounds import Round
from pages.parts import draw, receipts, visit
from pages.parts.i18n import _


def answer(typed: str, found: Iterable[tuple[Round, ReceiptState]]) -> dict[str, object]:
    """Return the values of `board.html` for what the rounds said about a number."""
    known = next(((round, state) for round, state in found if state is not ReceiptState.not_found), None)
    number = normal(typed)
    if known is None or number is None:
        return _not_found()
    round, state = known
    look, icon_name, title, text = _words(round, state)
    text = f"{text} ({draw.told(round.titles)})"
    return {"look": look, "icon_name": icon_name, "title": title, "text": text, "ticket": receipts.ticket(number)}


def too_fast() -> dict[str, object]:
    """Return the values of `board.html` for someone who tries number after number."""
    text = _("Wait a minute, then try again. This keeps anyone from guessing numbers.")
    return {"look": "wa", "icon_name": "schedule", "title": _("A little slower."), "text": text, "ticket": None}


def _words(round: Round, state: ReceiptState) -> tuple[str, str, str, str]:
    match state:
        case ReceiptState.accepted:
            text = _("It waits to be put on the board, at the latest when voting closes.")
            return "ok", "check_circle", _("Accepted."), text
        case ReceiptState.recorded if round.counted_at:
            return "ok", "verified", _("Counted."), _("This ballot is in the count.")
        case ReceiptState.recorded:
            return "ok", "check_circle", _("Recorded."), _("This ballot is in the box and will be counted.")
        case ReceiptState.replaced:
            return "in", "history", _("Replaced."), _("This ballot was replaced by a newer one.")
        case _:
            return "in", "undo", _("Withdrawn."), _("This ballot was taken back and is not counted.")


def _not_found() -> dict[str, object]:
    text = _(
        "No ballot with that number. Check that you copied it exactly. If it still is not there, write to {email}.",
        email=visit.town().contact_email,
    )
    return {"look": "wa", "icon_name": "search_off", "title": _("Not found."), "text": text, "ticket": None}
