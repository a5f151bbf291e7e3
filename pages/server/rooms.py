"""Room for open pages: how many browsers may be connected, in all and from one network, and who makes room.

An open page takes four of the files that the system lets a process open. Guests have three quarters of the room, the
rest is kept for who has signed in, and so may be about to vote. Where the room of guests is full, one makes room that
has not done anything for long, from the network that holds most: who only holds places holds none.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Protocol

from pages.server import open_files

# Open pages whatever the system allows: each holds a tenth of a megabyte.
MOST = 3_000
# Open pages of one person.
OF_ONE = 24
# Seconds without a click after which a guest's page may make room; its browser connects anew when it is looked at.
IDLE = 20.0
# Open pages of a class behind one address, and some that were left open.
CLASS = 40


class Visitor(Protocol):
    """An open page as the rooms see it."""

    person: int | None
    network: str | None
    used: float

    def put_out(self) -> None:
        """Close it, because others need the room."""


class Rooms:
    """Who is connected at this moment."""

    def __init__(self, most: int | None = None) -> None:
        """Make room for `most` open pages; by default for as many as the system lets us open files for."""
        self._most = most
        self.inside: dict[Visitor, None] = {}
        self.guests: dict[Visitor, None] = {}

    @property
    def most(self) -> int:
        """Return how many pages may be open in all."""
        if self._most is None:
            self._most = min(MOST, open_files.pages())
        return self._most

    @property
    def most_guests(self) -> int:
        """Return how many of them may be of guests."""
        return self.most * 3 // 4

    @property
    def most_of_network(self) -> int:
        """Return how many of them may be of guests from one network: a large school."""
        return max(60, self.most // 3)

    def enter(self, visitor: Visitor) -> bool:
        """Return whether there is room for one more, and take it; one that is not used may be put out for it."""
        if not self._makes_room(visitor):
            return False
        self.inside[visitor] = None
        if visitor.person is None:
            self.guests[visitor] = None
        return True

    def leave(self, visitor: Visitor) -> None:
        """Give the room back."""
        self.inside.pop(visitor, None)
        self.guests.pop(visitor, None)

    def _makes_room(self, visitor: Visitor) -> bool:
        if visitor.person is not None:
            own = [each for each in self.inside if each.person == visitor.person]
            if len(own) >= OF_ONE:
                self._put_out(min(own, key=lambda each: each.used))
            return len(self.inside) < self.most or self._least_used(list(self.guests), idle=0.0)
        if visitor.network is not None:
            near = [each for each in self.guests if each.network == visitor.network]
            if len(near) >= self.most_of_network and not self._least_used(near):
                return False
        full = len(self.guests) >= self.most_guests or len(self.inside) >= self.most
        if not full:
            return True
        largest = self._of_largest()
        # A network that holds more than a class has makes room for others also where each page is used now and then.
        crowd = len(largest) > CLASS and largest[0].network not in (None, visitor.network)
        return self._least_used(largest, idle=0.0 if crowd else IDLE)

    def _of_largest(self) -> list[Visitor]:
        """Return the guests of the network that holds most; all of them where it is not known who comes from where."""
        networks = Counter(each.network for each in self.guests)
        if not networks:
            return []
        largest = networks.most_common(1)[0][0]
        return [each for each in self.guests if each.network == largest]

    def _least_used(self, among: list[Visitor], idle: float = IDLE) -> bool:
        """Put out the one that was used least lately, and return whether there was one."""
        found = min(among, key=lambda each: each.used, default=None)
        if found is None or time.monotonic() - found.used < idle:
            return False
        self._put_out(found)
        return True

    def _put_out(self, visitor: Visitor) -> None:
        self.leave(visitor)
        visitor.put_out()
