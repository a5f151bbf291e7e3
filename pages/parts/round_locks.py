"""Which fields of a round's form may only be read: those that core has locked, by the names of the form."""

from __future__ import annotations

from datetime import datetime

from core import rounds
from core.permissions import Actor
from core.rounds import Round

# What the form calls otherwise, or asks for in several fields.
_NAMES = {
    "ballot": ("ballot", "min_choices", "max_choices"),
    "code_required": ("entry",),
}


def locked_fields(round_: Round, actor: Actor, at: datetime) -> frozenset[str]:
    """Return the names of the fields, dates too, that are locked for this person at this moment."""
    locked = rounds.locked_fields(actor, round_, at)
    return frozenset(field for name in locked for field in _NAMES.get(name, (name,)))
