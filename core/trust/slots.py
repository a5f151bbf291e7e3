"""Slots: one place for one ballot, that only a key leads to."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from core.trust import keys
from db import tables
from db.upserts import insert_or_skip

_slot = tables.Slot.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Held:
    """A slot under lock: the ballot that is in it now. `revision` 0: none has ever been."""

    id: str
    revision: int
    choices: str | None


def lookup(round_id: int, person_id: int) -> bytes:
    """Return HMAC-SHA256(K_link, "round‖person"), the only way from a person to a slot."""
    return hmac.digest(keys.link_key(round_id), f"{round_id}‖{person_id}".encode(), hashlib.sha256)
