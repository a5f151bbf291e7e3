"""Feeds: what is new in the ballot box since the last look, at a cost that does not grow with the box."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from nacl.public import PrivateKey
from sqlalchemy import Connection, bindparam, text

from core.errors import KeyMissing
from core.tally._running import Running
from core.trust import sealing, waiting
from core.trust.sealing import SealBroken
from core.trust.waiting import CHANGE, Entry

_SIZE = text("SELECT coalesce(max(position) + 1, 0) FROM leaf WHERE round_id = :round_id")
_LEAVES = text("SELECT commitment, kind FROM leaf WHERE round_id = :round_id AND position >= :start ORDER BY position")
_PENDING = text("SELECT commitment, kind FROM pending_leaf WHERE round_id = :round_id")
_SLOTS = text(
    "SELECT id, revision, commitment, sealed FROM slot WHERE round_id = :round_id AND commitment IN :commitments"
).bindparams(bindparam("commitments", expanding=True))
_OPEN = {
    # SQLite walks the round's index from a number on; PostgreSQL walks the primary key.
    "sqlite": text("SELECT id, choices FROM open_ballot WHERE round_id = :round_id AND id > :top ORDER BY id"),
    "postgresql": text("SELECT id, choices FROM open_ballot WHERE round_id + 0 = :round_id AND id > :top ORDER BY id"),
}

CHUNK = 500

# A slot's newest ballot: slot, revision, commitment and choices (None: withdrawn).
Newest = tuple[str, int, bytes, str | None]


@dataclass(slots=True)
class Feed:
    """How far a round's ballots have been read: open ones up to a number, leaves up to a position and those that wait.

    `ballots`: how many lie in the box; `unread`: commitments that have not been opened yet.
    """

    round_id: int
    top: int = 0
    position: int = 0
    waiting: set[bytes] = field(default_factory=set)
    ballots: int = 0
    unread: list[bytes] = field(default_factory=list)

    def read_leaves(self, connection: Connection) -> bool:
        """Take in what is new on the board; False if this transaction sees an older one than is known already."""
        here = {"round_id": self.round_id}
        if connection.execute(_SIZE, here).scalar_one() < self.position:
            return False
        leaves = _read(connection, _LEAVES, {**here, "start": self.position})
        pending = _read(connection, _PENDING, here)
        pending |= {each.held.commitment: each.kind for each in _box(connection, self.round_id)}
        if not self.waiting <= leaves.keys() | pending.keys():
            return False
        for commitment, kind in (*leaves.items(), *pending.items()):
            if commitment not in self.waiting:
                self.ballots += CHANGE[kind]
                self.unread.append(commitment)
        self.position += len(leaves)
        self.waiting = set(pending)
        return True

    def read_open(self, connection: Connection, running: Running) -> None:
        """Take open ballots that are new into the tally."""
        found = connection.execute(_OPEN[connection.dialect.name], {"round_id": self.round_id, "top": self.top})
        for rows in found.partitions(5_000):
            running.add(choices for _number, choices in rows)
            self.top = rows[-1][0]
            self.ballots += len(rows)


def newest(connection: Connection, round_id: int, commitments: Sequence[bytes], key: PrivateKey) -> Iterable[Newest]:
    """Yield what these commitments stand for, unless it has been replaced; a ballot that cannot be read is left out.

    It stays in its slot, and the opening after the close names it.
    """
    wanted = set(commitments)
    for entry in _box(connection, round_id):
        held = entry.held
        if held.commitment in wanted and held.sealed:
            try:
                yield held.id, held.revision, held.commitment, _choices(held.sealed, key)
            except SealBroken:
                continue
    for start in range(0, len(commitments), CHUNK):
        some = {"round_id": round_id, "commitments": commitments[start : start + CHUNK]}
        for slot_id, revision, commitment, sealed in connection.execute(_SLOTS, some):
            try:
                yield slot_id, revision, commitment, _choices(sealed, key)
            except SealBroken:
                continue


def _box(connection: Connection, round_id: int) -> tuple[Entry, ...]:
    """Return what waits in the box; nothing while its key is missing: the round rests, its pages go on."""
    try:
        return waiting.opened(connection, round_id).entries
    except KeyMissing:
        return ()


def _choices(sealed: bytes | None, key: PrivateKey) -> str | None:
    # An empty text is a withdrawal.
    return sealing.opened(sealed, key).choices or None if sealed else None


def _read(
    connection: Connection, statement: Callable[..., object] | object, values: dict[str, int]
) -> dict[bytes, str]:
    return {row[0]: row[1] for row in connection.execute(statement, values)}  # type: ignore[call-overload]
