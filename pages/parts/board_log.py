"""The log of a round for everyone: its signed checkpoints, and how to watch it oneself."""

from __future__ import annotations

from typing import Any

from core.errors import GlasError
from core.rounds import Round
from core.settings import settings
from core.trust import board, checkpoints
from pages.parts import templates, text
from pages.parts.i18n import number

SHOWN = 12


def view(session: Any, round_: Round) -> dict[str, Any] | None:
    """Return the values of one board in `board_log.html`, None for a round without a log."""
    try:
        key = board.verifier(session, round_.id)
        notes = board.checkpoints_of(session, round_.id)
    except GlasError:
        return None
    origin, verify = checkpoints.read_verifier(key)
    signed = [checkpoints.open_note(note, origin, verify) for note in reversed(notes[-SHOWN:])]
    return {
        "title": templates.told(round_.titles),
        "slug": round_.slug,
        "key": key,
        "address": f"{settings().url}/log/{round_.slug}",
        "path": f"/log/{round_.slug}",
        "rows": [
            {
                "size": number(one.size),
                "root": text.groups(one.root),
                "href": f"/log/{round_.slug}/checkpoints/{one.size}",
            }
            for one in signed
        ],
        "more": max(0, len(notes) - SHOWN),
    }
