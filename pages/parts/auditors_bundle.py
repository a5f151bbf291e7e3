"""The auditor's bundle on a page: what it is for, and a button; of a sealed round a form for two shares."""

from __future__ import annotations

from datetime import datetime

from core.closing import Closing
from core.permissions import Action, Actor, may
from core.rounds import Round
from pages.parts import templates


def offer(round_: Round, actor: Actor, state: Closing | None, *, at: datetime) -> None:
    """Draw it for an auditor, from the count on and until the round is anonymised; for everybody else nothing."""
    if state is None or state.counted_at is None or state.anonymised_at is not None or round_.voided_at is not None:
        return
    if may(actor, Action.see_openings, round_.phase(at)):
        sealed = round_.visibility == "sealed"
        templates.draw("auditors_bundle.html", href=f"/rounds/{round_.slug}/auditors-bundle.zip", sealed=sealed)
