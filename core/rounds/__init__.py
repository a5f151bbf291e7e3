"""One budget from the first idea to the last project. Used by its name: `rounds.get`.

May import: the ground, `ballots`, `counting`, `trust`, `people`.
Begin with: `_values` (what a round is), then `_editing`.
"""

from core.rounds._editing import agree_change, ask_change, create, discard, edit, editable, locked_fields
from core.rounds._finding import current, get, require, round_by_slug, rounds
from core.rounds._public_changes import Change, changes
from core.rounds._values import Round, RoundDraft, Visibility, put

__all__ = [
    "Change",
    "Round",
    "RoundDraft",
    "Visibility",
    "agree_change",
    "ask_change",
    "changes",
    "create",
    "current",
    "discard",
    "edit",
    "editable",
    "get",
    "locked_fields",
    "put",
    "require",
    "round_by_slug",
    "rounds",
]
