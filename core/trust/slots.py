"""Slots: one place for one ballot, that only a key leads to."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, text

from core.errors import SettingWrong
from core.trust import keys

# Plain statements: casting a ballot is the one thing that everyone does in the same minute.
_FIND = "SELECT id, revision, choices FROM slot WHERE round_id = :round_id AND lookup = :lookup"
_FIND_LOCKED = {"sqlite": text(_FIND), "postgresql": text(_FIND + " FOR UPDATE")}
_OPEN = text(
    "INSERT INTO slot (id, round_id, lookup, revision, choices, request_id)"
    " VALUES (:id, :round_id, :lookup, 1, :choices, :request_id) ON CONFLICT DO NOTHING"
)
_REPLACE = text(
    "UPDATE slot SET revision = revision + 1, choices = :choices, request_id = :request_id"
    " WHERE id = :id AND revision = :revision"
)
_ANY = text("SELECT 1 FROM slot WHERE round_id = :round_id LIMIT 1")


@dataclass(frozen=True, slots=True)
class Held:
    """A slot and the ballot that is in it now; `choices` None: withdrawn."""

    id: str
    revision: int
    choices: str | None


def lookup(round_id: int, person_id: int) -> bytes:
    """Return HMAC-SHA256(K_link, "round‖person"), the only way from a person to a slot."""
    return hmac.digest(keys.link_key(round_id), f"{round_id}‖{person_id}".encode(), hashlib.sha256)


def find(connection: Connection, round_id: int, person_id: int, *, lock: bool = False) -> Held | None:
    """Return the person's slot, held until the end of the transaction if `lock`; None if she has none."""
    if not keys.has_link_key(round_id):
        refuse_without_key(connection, round_id)
        if not lock:
            return None
    statement = _FIND_LOCKED[connection.dialect.name if lock else "sqlite"]
    found = connection.execute(statement, {"round_id": round_id, "lookup": lookup(round_id, person_id)}).first()
    return None if found is None else Held(*found)


def write(
    connection: Connection, round_id: int, person_id: int, held: Held | None, choices: str | None, request_id: str
) -> Held | None:
    """Put a ballot into the slot, opening it if there is none yet; return None if someone else was faster."""
    if held is None:
        new = Held(secrets.token_hex(16), 1, choices)
        into = {"round_id": round_id, "lookup": lookup(round_id, person_id)}
        done = connection.execute(_OPEN, {"id": new.id, "choices": choices, "request_id": request_id, **into})
    else:
        new = Held(held.id, held.revision + 1, choices)
        known = {"id": held.id, "revision": held.revision}
        done = connection.execute(_REPLACE, {"choices": choices, "request_id": request_id, **known})
    return new if done.rowcount == 1 else None


def refuse_without_key(connection: Connection, round_id: int) -> None:
    """Raise SettingWrong if ballots are there but the key to them is not.

    A new key would let everyone who has voted vote again.
    """
    if connection.execute(_ANY, {"round_id": round_id}).first() is not None:
        raise SettingWrong(name="GLAS_KEY_DIR", value=f"{round_id}/link", problem="missing")
