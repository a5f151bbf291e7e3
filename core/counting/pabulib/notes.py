"""What a reader of a file should know: nothing is dropped, changed or doubted without a note, one for each kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

LONGEST = 200  # letters of a value that are kept


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd: how often, and where it stands first. `value` is what stands there, or the facts in short."""

    kind: str
    line: int | None = None
    column: str | None = None
    value: str | None = None
    count: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return it by name, for programs."""
        return asdict(self)


class Notes:
    """Gathers notes: one of each kind, which keeps the first place and the number."""

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        """Begin with these."""
        self._kept: dict[str, Note] = {}
        for note in notes:
            self.keep(note)

    def add(
        self, kind: str, line: int | None = None, column: str | None = None, value: object = None, count: int = 1
    ) -> None:
        """Note something once, or `count` times at once."""
        self.keep(Note(kind, line, column, None if value is None else str(value)[:LONGEST], count))

    def keep(self, note: Note) -> None:
        """Take in a note; of a kind that is here already only its number. One without a number in it is none."""
        if (known := self._kept.get(note.kind)) is not None:
            self._kept[note.kind] = replace(known, count=known.count + note.count)
        elif note.count:
            self._kept[note.kind] = note

    @property
    def all(self) -> tuple[Note, ...]:
        """Return them, in the order in which their kinds came first."""
        return tuple(self._kept.values())


def stored(notes: Iterable[Note]) -> list[list[Any]]:
    """Return notes as an imported round keeps them."""
    return [[note.kind, note.line, note.column, note.value, note.count] for note in notes]


def from_stored(rows: Iterable[Sequence[Any]]) -> tuple[Note, ...]:
    """Return notes that an imported round has kept; an earlier Glas kept each one by itself, without a number."""
    return Notes(Note(*row) for row in rows).all
