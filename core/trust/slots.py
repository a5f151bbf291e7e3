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
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Boolean, Connection, LargeBinary, bindparam, text
from sqlmodel import Session

from core.errors import KeyMissing, LinkRefused
from core.trust import keys

# Plain statements: casting a ballot is the one thing that everyone does in the same minute.
_FIND = text(
    "SELECT id, revision, sealed, withdrawn, commitment, number, request_id FROM slot"
    " WHERE round_id = :round_id AND lookup = :lookup"
).columns(withdrawn=Boolean)
_FIND_IN = text(
    "SELECT lookup, id, revision, sealed, withdrawn, commitment, number, request_id FROM slot WHERE lookup IN :lookups"
).columns(withdrawn=Boolean).bindparams(bindparam("lookups", expanding=True, type_=LargeBinary))  # fmt: skip
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
_MARK = text("SELECT value FROM mark WHERE name = :name")
_PUT = text(
    "INSERT INTO mark (name, round_id, value) VALUES (:name, :round_id, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = :value"
)
_HELD = text("SELECT 1 FROM code WHERE round_id = :round_id AND holder IS NOT NULL LIMIT 1")

_ANY_AT_ALL = text("SELECT 1 FROM slot WHERE round_id = :round_id LIMIT 1")


# Links that were found to be those of their rounds; asked at every vote.
_right: set[tuple[str, int, bytes]] = set()


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
    """Return the person's slot as the last batch left it; None if she has none. Raises KeyMissing."""
    if not keys.has_link_key(round_id):
        # Looking makes no key: a round that is over shall not get one again, and who only looks learns of no slot.
        if any_in(connection, round_id):
            refuse_without_link(connection, round_id)
        return None
    found = connection.execute(_FIND, {"round_id": round_id, "lookup": lookup(round_id, person_id)}).first()
    return None if found is None else Held(*found)


def find_in(connection: Connection, lookups: Iterable[bytes]) -> dict[bytes, Held]:
    """Return the slots that these ways lead to, by the way."""
    found = connection.execute(_FIND_IN, {"lookups": list(lookups)})
    return {bytes(way): Held(*rest) for way, *rest in found}


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
    """Raise KeyMissing if ballots are there but the key to them is not, also where nothing leads to them any more.

    Nor may another key lie in its place.

    A new key would let everyone who has voted vote again.
    """
    gone = not keys.has_link_key(round_id) and connection.execute(_ANY_AT_ALL, {"round_id": round_id}).first()
    if gone or (not is_link(connection, round_id) and needs_link(connection, round_id)):
        raise KeyMissing(round_id=round_id, key="link")


def is_link(connection: Connection, round_id: int) -> bool:
    """Return whether the link that is here can be the round's: its mark says so, or there is no mark yet."""
    return is_known(connection, round_id) or (keys.has_link_key(round_id) and mark(connection, round_id) is None)


def is_known(connection: Connection, round_id: int) -> bool:
    """Return whether the link that is here is the one whose mark is in the database."""
    if not keys.has_link_key(round_id):
        return False
    kept = (str(connection.engine.url), round_id, keys.link_key(round_id))
    if kept not in _right:
        if mark(connection, round_id) != mark_of(round_id, kept[2]):
            return False
        _right.add(kept)
    return True


def needs_link(connection: Connection, round_id: int) -> bool:
    """Return whether something of the round is found with its link only: a ballot, or who has used a code."""
    return any_in(connection, round_id) or connection.execute(_HELD, {"round_id": round_id}).first() is not None


def mark(connection: Connection, round_id: int) -> bytes | None:
    """Return the mark by which the link of a round is known again, None if it has none yet."""
    found = connection.execute(_MARK, {"name": f"link/{round_id}"}).scalar()
    return None if found is None else bytes(found)


def mark_of(round_id: int, key: bytes) -> bytes:
    """Return the mark of a link: SHA-256("glas/link|" ‖ round ‖ "|" ‖ key), from which nobody finds the key."""
    return hashlib.sha256(f"glas/link|{round_id}|".encode() + key).digest()


def put_mark(connection: Connection, round_id: int) -> None:
    """Note in the database by which mark the round's link is known; the link is made if there is none.

    Call it with the round locked. Nothing changes where something needs another link than the one that is here.
    """
    if is_known(connection, round_id) or (not is_link(connection, round_id) and needs_link(connection, round_id)):
        return
    made = mark_of(round_id, keys.link_key(round_id))
    connection.execute(_PUT, {"name": f"link/{round_id}", "round_id": round_id, "value": made})


def put_back(session: Session, round_id: int, key: bytes) -> None:
    """Put the link of a round back; one that is not the round's makes room for it.

    Raises LinkRefused where this one is not the round's, or where that cannot be told and another one is there.
    """
    known = mark(session.connection(), round_id)
    another = keys.has_link_key(round_id) and keys.link_key(round_id) != key
    if (known is None and another) or (known is not None and known != mark_of(round_id, key)):
        raise LinkRefused(problem="round")
    keys.put_link_key(round_id, key, replace=another)
