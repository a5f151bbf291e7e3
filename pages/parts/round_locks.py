"""Which fields of a round may only be read, and why."""

from __future__ import annotations

from datetime import datetime

from core.permissions import Action, Actor, may
from core.rounds import Round

# Fields of the form that rest on ballots: from the first one on they are locked.
_BALLOTS = frozenset({
    "ballot", "min_choices", "max_choices", "rule", "budget", "min_cost", "max_cost", "currency", "timezone", "age_min",
    "age_max", "age_on", "entry", "visibility", "tally_step",
})  # fmt: skip
_FREE = frozenset(
    {"titles", "title_en", "intro_bg", "intro_en", "eligible_estimate", "eligible_source", "source_en", "contact_email"}
)


def locked_fields(round: Round, actor: Actor, at: datetime) -> frozenset[str]:
    """Return the names of the fields that are locked for this person at this moment."""
    if closed(round, actor, at):
        return _BALLOTS | _FREE
    return _BALLOTS if round.locked else frozenset()


def closed(round: Round, actor: Actor, at: datetime) -> bool:
    """Return whether nothing of the round can be changed any more: imported, void or decided."""
    return round.imported or round.voided_at is not None or not may(actor, Action.edit_round, round.phase(at))
