"""Participation codes: who is admitted, and how. Used by its name: `codes.enter`.

May import: the ground, `people`, `rounds`, `voting`.
Begin with: `_batches`.
"""

from core.codes._batches import LEAST_TOLD, Batch, batches, check, discard, enter, make_batch, release

__all__ = [
    "Batch",
    "LEAST_TOLD",
    "batches",
    "check",
    "discard",
    "enter",
    "make_batch",
    "release",
]
