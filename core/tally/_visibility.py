"""Visibility: when a round shows its tally, and to whom. Hidden is hidden everywhere."""

from datetime import datetime

from core.errors import NotAllowed
from core.permissions import Action, Actor, may
from core.phases import Phase
from core.rounds import Round


def visible(round_: Round, at: datetime) -> bool:
    """Return whether the round shows its tally at this moment."""
    phase = round_.phase(at)
    if round_.draft or phase in (Phase.preparation, Phase.ideas, Phase.review):
        return False
    if round_.visibility == "live":
        return True
    # A void round is over too, but it never had a result to be published with.
    told = _opened(round_) and round_.result_published_at is not None
    return told and phase not in (Phase.voting, Phase.counting)


def require_visible(round_: Round, at: datetime, actor: Actor | None = None) -> None:
    """Raise NotAllowed where the round hides its tally."""
    phase = round_.phase(at)
    early = actor is not None and _opened(round_) and may(actor, Action.see_unpublished_result, phase)
    if not visible(round_, at) and not early:
        raise NotAllowed(action=Action.see_tally, phase=phase)


def _opened(round_: Round) -> bool:
    return round_.imported or round_.opened_at is not None
