"""Feeds: what is new in the ballot box since the last look, at a cost that does not grow with the box."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, text

from core import clock
from core.running import Running

# On PostgreSQL a smaller number may be committed after a greater one, but hardly this much later.
# What comes later still is found by the full recount at the close.
AGE = timedelta(seconds=30)

# Adding zero keeps the databases from walking all receipts of the round where a few numbers will do.
_CAST = (
    "SELECT receipt.id, slot.id, slot.revision, slot.choices FROM receipt JOIN slot ON slot.id = receipt.slot_id"
    " WHERE receipt.round_id + 0 = :round_id AND "
)
_CAST_NEW = text(_CAST + "receipt.id > :top ORDER BY receipt.id")
_CAST_LATE = text(_CAST + "receipt.id IN :ids").bindparams(bindparam("ids", expanding=True))
_NUMBERS = text("SELECT id FROM receipt WHERE round_id + 0 = :round_id AND id > :low AND id <= :top")
_IMPORTED = {
    # SQLite walks the round's index from a number on; PostgreSQL walks the primary key.
    "sqlite": text("SELECT id, choices FROM open_ballot WHERE round_id = :round_id AND id > :top ORDER BY id"),
    "postgresql": text(
        "SELECT id, choices FROM open_ballot WHERE round_id + 0 = :round_id AND id > :top ORDER BY id"
    ),
}


@dataclass(slots=True)
class Feeds:
    """Two marks in two tables, and the numbers seen above a low-water mark that only moves past a bounded age."""

    round_id: int
    cast_top: int = 0
    imported_top: int = 0
    low: int = 0
    seen: set[int] = field(default_factory=set)
    order: deque[tuple[datetime, int]] = field(default_factory=deque)

    def fold(self, connection: Connection, running: Running) -> None:
        """Take into the tally what is new. The session must be a reading one: what is folded is not undone."""
        late = connection.dialect.name != "sqlite"
        if late and self.cast_top:
            self._fold_late(connection, running)
        now = clock.now()
        found = connection.execute(_CAST_NEW, {"round_id": self.round_id, "top": self.cast_top})
        for number, slot_id, revision, choices in found:
            running.put(slot_id, revision, choices)
            self.cast_top = number
            if late:
                self._remember(number, now)
        if late:
            self._move_on(now)
        statement = _IMPORTED[connection.dialect.name]
        for rows in connection.execute(statement, {"round_id": self.round_id, "top": self.imported_top}).partitions(
            5_000
        ):
            running.add(choices for _number, choices in rows)
            self.imported_top = rows[-1][0]

    def _fold_late(self, connection: Connection, running: Running) -> None:
        span = {"round_id": self.round_id, "low": self.low, "top": self.cast_top}
        missing = set(connection.execute(_NUMBERS, span).scalars()) - self.seen
        if not missing:
            return
        now = clock.now()
        for number, slot_id, revision, choices in connection.execute(
            _CAST_LATE, {"round_id": self.round_id, "ids": sorted(missing)}
        ):
            running.put(slot_id, revision, choices)
            self._remember(number, now)

    def _remember(self, number: int, now: datetime) -> None:
        self.seen.add(number)
        self.order.append((now, number))

    def _move_on(self, now: datetime) -> None:
        while self.order and now - self.order[0][0] > AGE:
            _seen_at, number = self.order.popleft()
            self.low = max(self.low, number)
        if len(self.seen) != len(self.order):
            self.seen = {number for _seen_at, number in self.order}
