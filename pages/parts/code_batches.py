"""Batches of participation codes as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.codes import Batch
from pages.parts.i18n import _, n_


def view(batches: Sequence[Batch]) -> dict[str, Any]:
    """Return the values of `code_batches.html`."""
    used, made = sum(one.used for one in batches), sum(one.count for one in batches)
    return {
        "rows": [
            {
                "label": one.label,
                "count": one.count,
                "used": one.used,
                "share": round(100 * one.used / (one.count or 1)),
            }
            for one in batches
        ],
        "label": _("Batches of codes"),
        "caption": n_("{used} of {count} code used", "{used} of {count} codes used", made, used=used),
        "empty": _("No codes yet."),
    }
