"""Waiting: what has come since the last batch lies in one sealed box a round, written anew as a whole at each vote.

Two copies of the database, taken one vote apart, would else differ by this vote: its slot, its receipt, its leaf; and
who knows who voted in between would know whose they are. So what came lately stands in no row of its own: all of it
lies in one box, under a key that is not in the database, padded to one length and sealed anew at each vote. Two such
boxes tell no more than that somebody has voted. When it is full, at the latest at the batch, it is emptied into the
tables in a drawn order, in one transaction: then a copy shows all of its ballots, or none.

Writing a box costs by its length – 40 KB for 40 ballots –, so it holds at most 64: where batches are larger they are
made of several boxes, and copies tell of an order as much as 64 ballots do. In steps of one nothing is hidden and
nothing waits. Also tried: fixed rows that are all refreshed at each vote (forty writes for one), and one row a ballot
with decoys (which must be as many as the real ones, for good).

The key is made of the log's, not of the link: whoever restores a round without its link must still be able to close
it, and without the log's key the board could not go on anyway. The box's row is also what votes of a round wait at.
"""

import hashlib
import hmac
import json
import logging
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import Connection, bindparam, insert, text
from sqlalchemy.types import LargeBinary

from core.errors import KeyMissing
from core.trust import keys, serving, slots
from core.trust.slots import Held
from db import tables

# By how many ballots there are more after an entry of this kind.
CHANGE = {"ballot": 1, "replace": 0, "withdraw": -1}
MOST = 64  # ballots in a box
NAMES = 512  # bytes for what an entry holds beside its ballot: names, commitment, receipt, request

_OPEN = "SELECT sealed FROM waiting_box WHERE round_id = :id"
_OPEN_LOCKED = {"sqlite": text(_OPEN), "postgresql": text(_OPEN + " FOR UPDATE")}
_BOXES = text("SELECT round_id, sealed FROM waiting_box WHERE round_id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_MAKE = text("INSERT INTO waiting_box (round_id, sealed) VALUES (:id, :sealed) ON CONFLICT DO NOTHING")
_WRITE = text("UPDATE waiting_box SET sealed = :sealed WHERE round_id = :id").bindparams(
    bindparam("sealed", type_=LargeBinary)
)
_STANDING = text("SELECT count(*) FROM slot WHERE round_id = :id AND NOT withdrawn")
_LINKED = text(
    "SELECT id FROM round WHERE municipality_id = :id AND anonymised_at IS NULL AND NOT imported"
    " AND (EXISTS (SELECT 1 FROM slot WHERE round_id = round.id)"
    " OR EXISTS (SELECT 1 FROM waiting_box WHERE round_id = round.id))"
)
_EMPTY = b""

_log = logging.getLogger(__name__)
_compact = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A ballot that waits: the way to its slot, what its leaf is to say, what the slot is to hold.

    What a later entry of the same slot has replaced keeps its leaf and its receipt, and has nothing `sealed` any more.
    """

    lookup: bytes
    kind: str
    held: Held


@dataclass(frozen=True, slots=True)
class Box:
    """What waits in a round, oldest first."""

    round_id: int
    entries: tuple[Entry, ...] = ()

    def newest(self, lookup: bytes) -> Held | None:
        """Return what the slot with this lookup is to hold, None if nothing of it waits."""
        return next((each.held for each in reversed(self.entries) if each.lookup == lookup), None)

    def of(self, commitment: bytes) -> Entry | None:
        """Return the entry whose leaf this is."""
        return next((each for each in self.entries if each.held.commitment == commitment), None)

    def commitment_of(self, number: str) -> bytes | None:
        """Return what a receipt that waits stands for."""
        return next((each.held.commitment for each in self.entries if each.held.number == number), None)


def room(step: int) -> int:
    """Return how many ballots wait until a box is full, so that full boxes make a batch of twice the step."""
    whole = 2 * step
    return 1 if step == 1 else -(-whole // -(-whole // MOST))


def opened(connection: Connection, round_id: int) -> Box:
    """Return what waits in a round. Raises KeyMissing."""
    sealed = connection.execute(_OPEN_LOCKED["sqlite"], {"id": round_id}).scalar()
    return Box(round_id, _entries(round_id, bytes(sealed or _EMPTY)))


def hold(connection: Connection, round_id: int) -> Box:
    """Return the same, and have nobody else write in it until the end of the transaction."""
    ask = _OPEN_LOCKED[connection.dialect.name]
    sealed = connection.execute(ask, {"id": round_id}).scalar()
    if sealed is None:
        # Another one may make it in this moment; then one waits for the other.
        connection.execute(_MAKE, {"id": round_id, "sealed": _EMPTY})
        sealed = connection.execute(ask, {"id": round_id}).scalar_one()
    return Box(round_id, _entries(round_id, bytes(sealed)))


def find(connection: Connection, round_id: int, person_id: int, box: Box | None = None) -> Held | None:
    """Return what is, or is to be, in the person's slot; None if she has none.

    `box`: the one that is held, by who is about to write in it. Raises KeyMissing.
    """
    if box is not None:
        slots.refuse_without_link(connection, round_id)
    held = slots.find(connection, round_id, person_id)
    if not keys.has_link_key(round_id):
        return held
    return (box or opened(connection, round_id)).newest(slots.lookup(round_id, person_id)) or held


def find_in(connection: Connection, round_ids: Iterable[int], person_id: int) -> dict[int, Held]:
    """Return the same for several rounds, by round, in two queries; a round whose key is missing is left out."""
    ways = {round_id: slots.lookup(round_id, person_id) for round_id in round_ids if keys.has_link_key(round_id)}
    kept = slots.find_in(connection, ways.values())
    found = {round_id: kept[way] for round_id, way in ways.items() if way in kept}
    for round_id, sealed in connection.execute(_BOXES, {"ids": list(ways)}):
        try:
            newest = Box(round_id, _entries(round_id, bytes(sealed))).newest(ways[round_id])
        except KeyMissing:
            # What waits cannot be read, so nobody can tell.
            found.pop(round_id, None)
            continue
        if newest is not None:
            found[round_id] = newest
    return found


def ballots(connection: Connection, round_id: int) -> int:
    """Return how many ballots are in, with those that wait. Raises KeyMissing."""
    standing: int = connection.execute(_STANDING, {"id": round_id}).scalar_one()
    return standing + sum(CHANGE[each.kind] for each in opened(connection, round_id).entries)


def stands_for(connection: Connection, municipality_id: int, person_id: int) -> bool:
    """Return whether a ballot of this person stands, or waits, in any round that a key still leads into."""
    rounds = connection.execute(_LINKED, {"id": municipality_id}).scalars().all()
    found = (find(connection, round_id, person_id) for round_id in rounds if keys.has_link_key(round_id))
    return any(held is not None and not held.withdrawn for held in found)


def put(connection: Connection, box: Box, person_id: int, new: Held, kind: str, step: int) -> None:
    """Have a ballot of this person wait in the box that is held; what fills the box empties it into the tables.

    Raises DatabaseReplaced.
    """
    serving.refuse_replaced(connection)
    lookup = slots.lookup(box.round_id, person_id)
    # What is replaced can be read no more, as in a slot.
    kept = [_replaced(each) if each.lookup == lookup else each for each in box.entries]
    fuller = Box(box.round_id, (*kept, Entry(lookup, kind, new)))
    if len(fuller.entries) >= room(step):
        _empty(connection, fuller, was_written=bool(box.entries))
        return
    sealed = _sealed(fuller, room(step) * (NAMES + len(b64encode(new.sealed))))
    connection.execute(_WRITE, {"id": box.round_id, "sealed": sealed})


def empty(connection: Connection, round_id: int) -> None:
    """Put all that waits into the tables, for a batch. Raises KeyMissing."""
    sealed = connection.execute(_OPEN_LOCKED[connection.dialect.name], {"id": round_id}).scalar()
    box = Box(round_id, _entries(round_id, bytes(sealed or _EMPTY)))
    if box.entries:
        _empty(connection, box, was_written=True)


def _empty(connection: Connection, box: Box, *, was_written: bool) -> None:
    round_id, drawn = box.round_id, secrets.SystemRandom().sample(box.entries, len(box.entries))
    for each in drawn:
        if each.held.sealed and not slots.write(connection, round_id, each.lookup, each.held):
            # Its leaf goes to the board all the same, so that the opening names it.
            _log.error("a slot of round %s was not what the box had seen", round_id)
    receipts = [
        {"round_id": round_id, "number": each.held.number, "commitment": each.held.commitment} for each in drawn
    ]
    leaves = [{**receipt, "kind": each.kind} for receipt, each in zip(receipts, drawn, strict=True)]
    connection.execute(insert(tables.table_of(tables.Receipt)), receipts)
    connection.execute(insert(tables.table_of(tables.PendingLeaf)), leaves)
    if was_written:
        connection.execute(_WRITE, {"id": round_id, "sealed": _EMPTY})


def _replaced(entry: Entry) -> Entry:
    return replace(entry, held=replace(entry.held, sealed=b""))


def _sealed(box: Box, length: int) -> bytes:
    """Return the box, filled up to a multiple of `length` bytes and sealed."""
    content = _compact([_told(each) for each in box.entries]).encode()
    return bytes(_key(box.round_id).encrypt(content.ljust(-(-len(content) // length) * length)))


def _entries(round_id: int, sealed: bytes) -> tuple[Entry, ...]:
    if not sealed:
        return ()
    try:
        content = _key(round_id).decrypt(sealed)
    except (CryptoError, ValueError) as error:
        raise KeyMissing(round_id=round_id, key="log") from error
    return tuple(_entry(*told) for told in json.loads(content))


def _told(entry: Entry) -> tuple[str | int | bool, ...]:
    held = entry.held
    return (
        entry.lookup.hex(), entry.kind, held.id, held.revision, b64encode(held.sealed).decode(), held.withdrawn,
        held.commitment.hex(), held.number, held.request_id,
    )  # fmt: skip


def _entry(
    lookup: str, kind: str, slot: str, revision: int, sealed: str, withdrawn: bool, commitment: str, number: str,
    request_id: str,
) -> Entry:  # fmt: skip
    held = Held(slot, revision, b64decode(sealed), withdrawn, bytes.fromhex(commitment), number, request_id)
    return Entry(bytes.fromhex(lookup), kind, held)


def _key(round_id: int) -> SecretBox:
    return SecretBox(hmac.digest(bytes(keys.log_key()), f"glas/waiting1|{round_id}".encode(), hashlib.sha256))
