"""Slots: one place for one ballot, that only a key leads to.

A slot is called by 128 random bits and carries nothing of a person: no age, no area, no time. The only way to it is
HMAC-SHA-256 under K_link, which lies outside the database and its backups and is destroyed after the time for
objections; a plain hash of round and person could be tried out for everybody. One row a voter, replaced in place, is
what makes one ballot of many submissions: an update counts the revision up, or changes nothing. Without the key the
round is closed to voting – under a new one everybody could vote once more. What came lately waits elsewhere, see
`waiting`.
"""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Boolean, Connection, text

from core.errors import KeyMissing
from core.trust import keys

# Plain statements: casting a ballot is the one thing that everyone does in the same minute.
_FIND = text(
    "SELECT id, revision, sealed, withdrawn, commitment, number, request_id FROM slot"
    " WHERE round_id = :round_id AND lookup = :lookup"
).columns(withdrawn=Boolean)
_OPEN = text(
    "INSERT INTO slot (id, round_id, lookup, revision, sealed, withdrawn, commitment, number, request_id)"
    " VALUES (:id, :round_id, :lookup, :revision, :sealed, :withdrawn, :commitment, :number, :request_id)"
    " ON CONFLICT DO NOTHING"
)
_REPLACE = text(
    "UPDATE slot SET revision = :revision, sealed = :sealed, withdrawn = :withdrawn, commitment = :commitment,"
    " number = :number, request_id = :request_id WHERE id = :id AND revision < :revision"
)
_ANY = text(
    "SELECT 1 FROM slot WHERE round_id = :round_id AND lookup IS NOT NULL"
    " UNION ALL SELECT 1 FROM waiting_box WHERE round_id = :round_id AND length(sealed) > 0 LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A slot and what is in it now: a sealed ballot, or the sealed opening of its withdrawal."""

    id: str
    revision: int
    sealed: bytes
    withdrawn: bool
    commitment: bytes
    number: str
    request_id: str


def lookup(round_id: int, person_id: int) -> bytes:
    """Return HMAC-SHA256(K_link, "round‖person"), the only way from a person to a slot."""
    return hmac.digest(keys.link_key(round_id), f"{round_id}‖{person_id}".encode(), hashlib.sha256)


def find(connection: Connection, round_id: int, person_id: int) -> Held | None:
    """Return the person's slot as the last batch left it; None if she has none."""
    refuse_without_link(connection, round_id)
    if not keys.has_link_key(round_id):
        # Looking makes no key: a round that is over shall not get one again.
        return None
    found = connection.execute(_FIND, {"round_id": round_id, "lookup": lookup(round_id, person_id)}).first()
    return None if found is None else Held(*found)


def write(connection: Connection, round_id: int, to: bytes, new: Held) -> bool:
    """Put a ballot into the slot with this lookup, opening the slot if need be; False if a newer one is there."""
    values = {name: getattr(new, name) for name in Held.__dataclass_fields__}
    if new.revision > 1 and connection.execute(_REPLACE, values).rowcount == 1:
        return True
    return connection.execute(_OPEN, {**values, "round_id": round_id, "lookup": to}).rowcount == 1


def any_in(connection: Connection, round_id: int) -> bool:
    """Return whether the round has a slot that a key leads to, or a box in which ballots wait for theirs."""
    return connection.execute(_ANY, {"round_id": round_id}).first() is not None


def refuse_without_link(connection: Connection, round_id: int) -> None:
    """Raise KeyMissing if ballots are there but the key to them is not.

    A new key would let everyone who has voted vote again.
    """
    if not keys.has_link_key(round_id) and any_in(connection, round_id):
        raise KeyMissing(round_id=round_id, key="link")
