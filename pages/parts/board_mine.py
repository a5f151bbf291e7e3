"""Have I voted? The answer for a person who is signed in, so that nobody can vote in her place unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import voting
from core.errors import GlasError
from core.permissions import Actor
from core.rounds import Round
from pages.parts import templates
from pages.parts.i18n import _

MOST = 5


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
    return [_line(session, actor, one) for one in begun[:MOST]]


def _line(session: Any, actor: Actor, round_: Round) -> Line:
    name = templates.told(round_.titles)
    if round_.anonymised_at:
        return Line(name, "lock", _("Nobody can tell any more, not even Glas: every link to people is destroyed."))
    try:
        ballot = voting.my_ballot(session, actor, round_.id)
    except GlasError:
        return Line(name, "warning", _("This cannot be told right now."))
    if ballot is None:
        return Line(name, "do_not_disturb_on", _("You have not voted."))
    if ballot.withdrawn:
        return Line(name, "undo", _("You have withdrawn your vote."))
    return Line(name, "check_circle", _("You have voted."))
