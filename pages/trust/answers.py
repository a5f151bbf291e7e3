"""The answer to a receipt, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from core import voting
from core.errors import GlasError, OtherCode
from core.permissions import Actor
from core.rounds import Round
from core.voting import receipts
from core.voting.receipts import ReceiptState, normal
from pages.codes import kinds
from pages.parts import refusals, templates, visit
from pages.parts.i18n import _
from pages.server.limits import Pace
from pages.voting import receipts as receipt_view
from pages.voting.receipts import Claim

# From one address, which may be that of a school: of 85 thousand million numbers, still a hopeless guess.
PACE = Pace(at_once=300, per_second=5)


@dataclass(frozen=True, slots=True)
class Found:
    """What the board says of one receipt. `signature`: the server's, where the receipt came with one that holds."""

    round: Round
    number: str | None
    commitment: bytes
    state: ReceiptState
    signature: bytes | None


def round_of(rounds: Sequence[Round], slug: str, *, at: datetime) -> Round | None:
    """Return the round whose board is shown: the one of this name, else the newest in which voting has begun."""
    begun = (one for one in rounds if one.dates.voting_from <= at)
    named = (one for one in rounds if one.slug == slug)
    return next(named, None) or next(begun, None) or next(iter(rounds), None)


def found(session: Any, rounds: Sequence[Round], typed: str, claim: Claim | None) -> Found | None:
    """Return what is known of a number that was typed, or of a receipt whose address was opened; None if nothing."""
    if claim is not None:
        return _claimed(session, rounds, claim)
    number = normal(typed)
    for round_ in rounds if number else ():
        commitment = receipts.commitment_of(session, round_.id, typed)
        if commitment is not None:
            return Found(round_, number, commitment, receipts.by_commitment(session, round_.id, commitment), None)
    return None


def _claimed(session: Any, rounds: Sequence[Round], claim: Claim) -> Found | None:
    round_ = next((one for one in rounds if one.slug == claim.round), None)
    number = normal(claim.number)
    if (
        round_ is None
        or number is None
        or not receipts.is_signed(round_.slug, number, claim.commitment, claim.signature)
    ):
        return None
    state = receipts.by_commitment(session, round_.id, claim.commitment)
    return Found(round_, number, claim.commitment, state, claim.signature)


def may_ask(number: str) -> bool:
    """Return whether a number may be looked up now, and count it, once however often the page is drawn with it."""
    if st.session_state.get("board-asked") == number:
        return True
    if not PACE.allows(st.context.ip_address or ""):
        return False
    st.session_state["board-asked"] = number
    return True


def answer(known: Found | None, by_address: bool, typed: str = "") -> dict[str, object]:
    """Return the values of `board.html`."""
    if known is None:
        return _not_found(by_address, typed)
    look, icon_name, title, text = _words(known)
    text = f"{text} ({templates.told(known.round.titles)})"
    ticket = receipt_view.ticket(known.number) if known.number else None
    return {"look": look, "icon_name": icon_name, "title": title, "text": text, "ticket": ticket}


def too_fast() -> dict[str, object]:
    """Return the values of `board.html` for someone who tries number after number."""
    text = _("Wait a minute, then try again. This keeps anyone from guessing numbers.")
    return {"look": "wa", "icon_name": "schedule", "title": _("A little slower."), "text": text, "ticket": None}


def _words(known: Found) -> tuple[str, str, str, str]:
    match known.state:
        case ReceiptState.accepted:
            text = _("It waits for the next batch, and is put on the board at the latest when voting closes.")
            return "ok", "check_circle", _("Accepted."), text
        case ReceiptState.recorded:
            text = _("It stands on the board, where nobody can change it unnoticed. It is counted at the count.")
            return "ok", "check_circle", _("Recorded."), text
        case ReceiptState.counted:
            return "ok", "verified", _("Counted."), _("This ballot is in the count.")
        case ReceiptState.broken:
            text = _(
                "It stands on the board, but in the box lay something else, so it could not be counted. The protocol "
                "names it. Keep the receipt and write to {email}: it is evidence.",
                email=visit.town().contact_email,
            )
            return "er", "error", _("Not counted."), text
        case ReceiptState.replaced:
            text = _("The same person has cast a newer ballot, or taken this one back. It is not counted.")
            return "in", "history", _("Replaced or withdrawn."), text
        case ReceiptState.withdrawn:
            text = _("This is the receipt of a withdrawal: the ballot before it is not counted.")
            return "in", "undo", _("Replaced or withdrawn."), text
        case _:
            text = _(
                "This server has signed the receipt, but nothing stands on the board for it. That must not happen. "
                "Keep the receipt and write to {email}: it is evidence.",
                email=visit.town().contact_email,
            )
            return "er", "error", _("Not found."), text


def _not_found(by_address: bool, typed: str) -> dict[str, object]:
    try:
        kinds.refuse_other(typed, "ballot")
    except OtherCode as other:
        title, text = _("Not a ballot number."), refusals.sentence(other)
        return {"look": "wa", "icon_name": "search_off", "title": title, "text": text, "ticket": None}
    email = visit.town().contact_email
    text = (
        _("This receipt is not one of ours: its signature does not hold. Write to {email}.", email=email)
        if by_address
        else _(
            "No ballot with that number. Check that you copied it exactly. If it still is not there, write to {email}.",
            email=email,
        )
    )
    return {"look": "wa", "icon_name": "search_off", "title": _("Not found."), "text": text, "ticket": None}


@dataclass(frozen=True, slots=True)
class Line:
    """What is said of one round."""

    round: str
    icon: str
    text: str


def lines(session: Any, actor: Actor, rounds: Sequence[Round], *, at: datetime) -> list[Line]:
    """Return a line for each round whose voting has begun, the newest first; none for a guest."""
    if not actor.signed_in:
        return []
    begun = [one for one in rounds if one.dates.voting_from <= at and not one.voided_at]
    return [_line(session, actor, one) for one in begun]


def _line(session: Any, actor: Actor, round_: Round) -> Line:
    name = templates.told(round_.titles)
    if round_.anonymised_at:
        return Line(name, "lock", _("Nobody can tell any more, not even Glas: every link to people is destroyed."))
    try:
        ballot = voting.my_ballot(session, actor, round_.id)
    except GlasError:
        return Line(name, "warning", _("We cannot check this right now. Try again in a minute."))
    if ballot is None:
        return Line(name, "do_not_disturb_on", _("You have not voted."))
    if ballot.withdrawn:
        return Line(name, "undo", _("You have withdrawn your vote."))
    return Line(name, "check_circle", _("You have voted."))
