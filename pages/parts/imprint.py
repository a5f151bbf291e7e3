"""The foot of pages that stand outside the frame: who answers for this Glas, and where to write to."""

from __future__ import annotations

import logging

from core.municipalities import Municipality
from db.engine import reading
from pages.parts import visit

log = logging.getLogger("glas.errors")


def town() -> Municipality | None:
    """Return the town for `foot.html`; None where none is set up, or where the database itself is what broke."""
    try:
        with reading() as session:
            return visit.town_of(session)
    except Exception:
        # The page that says that something broke must come all the same.
        log.exception("the foot of a page could not be read")
        return None
