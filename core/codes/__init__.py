"""Participation codes: who is admitted, and how. Used by its name: `codes.enter`.

May import: the ground, `people`, `rounds`, `voting`.
Begin with: `_batches`.
"""

from core.codes._batches import LEAST_TOLD, Batch, batches, check, discard, enter, make_batch, release
from core.codes._stopping import Made, agree_stop, ask_stop, keep_used, made, used

__all__ = [
    "Batch",
    "LEAST_TOLD",
    "Made",
    "agree_stop",
    "ask_stop",
    "batches",
    "check",
    "discard",
    "enter",
    "keep_used",
    "made",
    "make_batch",
    "release",
    "used",
]
