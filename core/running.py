"""The running tally: what each project has so far, changed ballot by ballot and never recounted."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Worth = Callable[[str], tuple[tuple[str, int], ...]]


def worth_of(kind: str) -> Worth:
    """Return the function that says what a written ballot of this kind gives to which project.

    One for an approval or a place in a knapsack; Borda points for a ranking – the last of k gets 1, the first k,
    as in the count; points as they stand.
    """
    if kind == "points":
        return lambda text: tuple(json.loads(text).items())
    if kind == "ranking":
        return lambda text: tuple((code, place) for place, code in enumerate(reversed(json.loads(text)), start=1))
    return lambda text: tuple((code, 1) for code in json.loads(text))


@dataclass(slots=True)
class Running:
    """A tally that takes ballots in and out, each at the cost of its own length.

    `classes` counts ballots that are alike, so that a recount needs no database.
    """

    worth: Worth
    supports: dict[str, int]
    classes: Counter[str] = field(default_factory=Counter)
    slots: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    ballots: int = 0
    changes: set[str] = field(default_factory=set)
    added: int = 0

    def put(self, slot_id: str, revision: int, text: str | None) -> None:
        """Take in the newest ballot of a slot (None: withdrawn) in place of an older one."""
        known, before = self.slots.get(slot_id, (0, None))
        if revision <= known:
            return
        if before is not None:
            self._fold(before, -1)
        if text is not None:
            self._fold(text, 1)
            # Ballots that are alike share one text, or a hundred thousand would each keep their own.
            text = sys.intern(text)
        self.slots[slot_id] = (revision, text)
        self.changes.add(slot_id)

    def add(self, texts: Iterable[str]) -> None:
        """Take in ballots that nobody can replace."""
        for text in texts:
            self._fold(text, 1)
            self.added += 1

    @property
    def changed(self) -> int:
        """Return how many voters' ballots changed since the last `rest`."""
        return len(self.changes) + self.added

    def rest(self) -> None:
        """Count changes anew from here."""
        self.changes.clear()
        self.added = 0

    def _fold(self, text: str, by: int) -> None:
        self.ballots += by
        self.classes[text] += by
        if not self.classes[text]:
            del self.classes[text]
        for code, points in self.worth(text):
            self.supports[code] = self.supports.get(code, 0) + by * points
