"""The running tally: what each project has so far, changed ballot by ballot and never recounted."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.ballots.types import Worth


@dataclass(frozen=True, slots=True)
class Change:
    """A voter's newest ballot (`text` None: withdrawn) that is not in the tally yet."""

    revision: int
    text: str | None
    commitment: bytes = b""


@dataclass(slots=True)
class Running:
    """A tally that takes ballots in and out, each at the cost of its own length.

    What is `put` waits, one change a voter, until it is taken in. `withdrawals`: so many have been put. `classes`
    counts ballots that are alike, so that a recount needs no database.
    """

    worth: Worth
    supports: dict[str, int]
    classes: Counter[str] = field(default_factory=Counter)
    slots: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    ballots: int = 0
    waiting: dict[str, Change] = field(default_factory=dict)
    added: int = 0
    withdrawals: int = 0

    def put(self, slot_id: str, revision: int, text: str | None, commitment: bytes = b"") -> None:
        """Have the newest ballot of a slot (None: withdrawn) wait; an older one than is known changes nothing."""
        known, before = self.slots.get(slot_id, (0, None))
        waits = self.waiting.get(slot_id)
        if revision <= (waits.revision if waits else known):
            return
        self.withdrawals += text is None
        if text == before:
            # She is back at what the tally shows of her, so there is nothing to hide or to show.
            self.waiting.pop(slot_id, None)
            self.slots[slot_id] = (revision, before)
            return
        # Ballots that are alike share one text, or a hundred thousand would each keep their own.
        self.waiting[slot_id] = Change(revision, None if text is None else sys.intern(text), commitment)

    def take(self, but: int = 0) -> int:
        """Take in what waits, `but` for the voters who came last; return how many were taken in."""
        taken = list(self.waiting)[: max(0, len(self.waiting) - but)]
        for slot_id in taken:
            self.take_one(slot_id)
        return len(taken)

    def take_one(self, slot_id: str) -> None:
        """Take in what waits of one slot."""
        change = self.waiting.pop(slot_id, None)
        if change is None:
            return
        _known, before = self.slots.get(slot_id, (0, None))
        if before is not None:
            self._fold(before, -1)
        if change.text is not None:
            self._fold(change.text, 1)
        self.slots[slot_id] = (change.revision, change.text)

    def add(self, texts: Iterable[str]) -> None:
        """Take in ballots that nobody can replace."""
        for text in texts:
            self._fold(text, 1)
            self.added += 1

    def _fold(self, text: str, by: int) -> None:
        self.ballots += by
        self.classes[text] += by
        if not self.classes[text]:
            del self.classes[text]
        for code, points in self.worth(text):
            self.supports[code] = self.supports.get(code, 0) + by * points
