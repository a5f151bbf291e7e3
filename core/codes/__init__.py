"""Participation codes: who is admitted, and how. Used by its name: `codes.enter`.

May import: the ground, `people`, `rounds`, `voting`.
Begin with: `_batches`.
"""

from core.codes._batches import (
    LEAST_TOLD,
    Batch,
    batch_of,
    batches,
    check,
    discard,
    enter,
    make_batch,
    release,
    slip_number,
)
from core.codes._stopping import Made, agree_stop, ask_stop, keep_used, made, used

__all__ = [
    "Batch",
    "LEAST_TOLD",
    "Made",
    "agree_stop",
    "ask_stop",
    "batch_of",
    "batches",
    "check",
    "discard",
    "enter",
    "keep_used",
    "made",
    "make_batch",
    "release",
    "slip_number",
    "used",
]
