"""The votes of a .pb file, read in bulk.

Most ballots of an election repeat others word for word. So the text of a ballot is looked up first, and only new texts
are taken apart, all of a chunk at once. A million ballots pass through in chunks and are never all text at one time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from operator import itemgetter, methodcaller
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.election import POINTED, Kind, Profile
from core.errors import FileWrong
from core.pabulib_head import Note, decoded, fraction, rows_of

MOST_POINTS = 10**9  # for one project; sums of them stay exact
SHOWN = 1_000  # notes that are kept one by one


class Numbers(dict[Any, int]):
    """Numbers things in the order in which they are first looked up."""

    def __missing__(self, key: Any) -> int:
        """Give a new key the next number."""
        self[key] = number = len(self)
        return number


@dataclass(slots=True)
class Votes:
    """Gathers ballots chunk by chunk. Each new ballot text becomes one row of the arrays."""

    kind: Kind
    projects: tuple[str, ...]
    header: list[str]
    known: Numbers = field(default_factory=Numbers)  # ballot texts
    texts: list[NDArray[np.int32]] = field(default_factory=list)  # for each ballot the number of its text
    lengths: list[NDArray[np.int64]] = field(default_factory=list)
    entries: list[NDArray[np.integer[Any]]] = field(default_factory=list)
    points: list[NDArray[np.int64]] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)  # texts that name a project twice
    notes: list[Note] = field(default_factory=list)
    voters: set[str] = field(default_factory=set)

    @property
    def pointed(self) -> bool:
        """Return whether ballots give points."""
        return self.kind in POINTED

    def add(self, data: bytes, line: int) -> None:
        """Take in these whole lines; `line` is the number of the first."""
        text = decoded(data, line)
        cells = self._quoted(text, line) if '"' in text else self._plain(text, line)
        before = len(self.known)
        self.texts.append(np.fromiter(map(self.known.__getitem__, cells), np.int32, len(cells)))
        fresh = list(islice(self.known, before, None))
        try:
            self._take_apart(fresh)
        except (KeyError, ValueError, OverflowError):
            self._take_apart(self._cleaned(fresh, text, line))
        if self.repeated and not self.repeated.isdisjoint(cells):
            for number, row in rows_of(text, line):
                if self._cell(row) in self.repeated:
                    self.note("project_twice", number, "vote", self._cell(row))

    def _cell(self, row: Sequence[str]) -> str:
        """Return the text of the ballot in this row: ids, and after a semicolon points."""
        vote = row[self.header.index("vote")]
        return f"{vote};{row[self.header.index('points')]}" if self.pointed else vote

    def _plain(self, text: str, line: int) -> list[str]:
        """Return the ballot texts of lines without quotes."""
        lines = text.replace("\r", "").split("\n")
        if not all(lines):
            lines = [part for part in lines if part.strip("; \t")]
        width, vote = len(self.header) - 1, self.header.index("vote")
        if set(map(methodcaller("count", ";"), lines)) - {width}:
            return self._quoted(text, line)
        rows = [part.split(";", vote + 1) for part in lines]
        self.voters.update(map(itemgetter(0), rows))
        if self.pointed:
            return [self._cell(part.split(";")) for part in lines]
        return list(map(itemgetter(vote), rows))

    def _quoted(self, text: str, line: int) -> list[str]:
        """Return the ballot texts of any lines: with quotes, or short of cells."""
        cells = []
        needed = max(self.header.index(column) for column in ("vote", *(["points"] if self.pointed else [])))
        for number, row in rows_of(text, line):
            if any(row[len(self.header) :]):
                raise FileWrong(reason="too_many_cells", line=number, value=row[len(self.header)])
            if len(row) <= needed:
                raise FileWrong(reason="too_few_cells", line=number, column=self.header[len(row)])
            if len(row) < len(self.header):
                self.note("cells_missing", number, self.header[len(row)], row[0])
            self.voters.add(row[0])
            cells.append(self._cell(row))
        return cells

    def note(self, kind: str, line: int | None, column: str | None, value: str) -> None:
        """Keep a note."""
        if len(self.notes) < SHOWN:
            self.notes.append(Note(kind, line, column, value))

    def _take_apart(self, texts: Sequence[str]) -> None:
        """Turn ballot texts into rows, all at once. KeyError or ValueError where one is not plain."""
        place = {project: position for position, project in enumerate(self.projects)}
        halves = [text.partition(";") for text in texts] if self.pointed else []
        named = [half[0] for half in halves] if self.pointed else texts
        lengths = np.array([text.count(",") + 1 if text else 0 for text in named], np.int64)
        tokens = ",".join(filter(None, named)).split(",") if lengths.any() else []
        entries = np.fromiter(map(place.__getitem__, tokens), np.int64, len(tokens))
        given = None
        if self.pointed:
            if [half[2].count(",") + 1 if half[2] else 0 for half in halves] != lengths.tolist():
                raise ValueError
            numbers = ",".join(half[2] for half in halves if half[2]).split(",") if lengths.any() else []
            given = np.fromiter(map(int, numbers), np.int64, len(numbers))
        self._keep(texts, lengths, entries, given)

    def _keep(
        self,
        texts: Sequence[str],
        lengths: NDArray[np.int64],
        entries: NDArray[np.int64],
        given: NDArray[np.int64] | None,
    ) -> None:
        """Store rows in their one form: ascending but for rankings, each project once."""
        owners = np.repeat(np.arange(len(lengths)), lengths)
        keys = owners * len(self.projects) + entries
        order = np.argsort(keys, kind="stable")
        ranked = keys[order]
        first = np.ones(len(ranked), bool)
        np.not_equal(ranked[1:], ranked[:-1], out=first[1:])
        if not first.all():
            self.repeated.update(texts[number] for number in np.unique(owners[order[~first]]).tolist())
            order = order[first]
            lengths = np.bincount(owners[order], minlength=len(lengths))
        if self.kind == "ordinal":
            order.sort()
        self.lengths.append(lengths)
        self.entries.append(entries[order].astype(np.uint16 if len(self.projects) < 65_536 else np.int32))
        if given is not None:
            self.points.append(given[order])

    def _cleaned(self, texts: Sequence[str], text: str, line: int) -> list[str]:
        """Return the ballot texts freed of spaces and empty places; FileWrong names the first line that is wrong."""
        known = set(self.projects)
        clean: dict[str, str] = {}
        for number, row in rows_of(text, line):
            cell = self._cell(row)
            if cell not in clean:
                clean[cell] = self._clean(cell, known, number)
                if clean[cell] != cell:
                    self.note("cleaned", number, "vote", cell)
        # Lines without quotes were taken apart as they stand; here every cell is freed of the spaces round it.
        found = [clean.get(";".join(map(str.strip, cell.split(";", 1)))) for cell in texts]
        if None in found:
            raise FileWrong(reason="unknown_project", line=line, column="vote", value=texts[found.index(None)])
        return [cell for cell in found if cell is not None]

    def _clean(self, cell: str, known: set[str], line: int) -> str:
        """Return one ballot text in its plain form."""
        vote, _, points = cell.partition(";")
        ids = [part.strip() for part in vote.split(",")] if vote.strip() else []
        if self.pointed:
            numbers = [part.strip() for part in points.split(",")] if points.strip() else []
            if len(numbers) != len(ids):
                raise FileWrong(reason="points_number", line=line, column="points", value=points)
            values = [fraction(number, line, "points") for number in numbers]
            if any(value.denominator != 1 for value in values):
                raise FileWrong(reason="number", line=line, column="points", value=points)
            if any(abs(value) > MOST_POINTS for value in values):
                raise FileWrong(reason="range", line=line, column="points", value=points[:100])
        for project in ids:
            if project and project not in known:
                raise FileWrong(reason="unknown_project", line=line, column="vote", value=project)
        if not self.pointed:
            return ",".join(filter(None, ids))
        pairs = [(project, int(value)) for project, value in zip(ids, values, strict=True) if project]
        return ",".join(pair[0] for pair in pairs) + ";" + ",".join(str(pair[1]) for pair in pairs)

    def profile(self) -> tuple[Profile, NDArray[np.int32]]:
        """Return the profile, and for each ballot its class."""
        lengths = joined(self.lengths, np.int64)
        entries, points = joined(self.entries, np.uint16), joined(self.points, np.int64)
        starts = np.concatenate(([0], np.cumsum(lengths)))
        numbers = _same_rows(starts, entries, points if self.pointed else None)
        firsts = np.unique(numbers, return_index=True)[1]
        kept = np.zeros(len(lengths), bool)
        kept[firsts] = True
        of_ballot = numbers[joined(self.texts, np.int32)]
        if not kept.all():
            inside = np.repeat(kept, lengths)
            entries, points = entries[inside], points[inside] if self.pointed else points
            starts = np.concatenate(([0], np.cumsum(lengths[kept])))
        weights = np.bincount(of_ballot, minlength=len(firsts))
        return Profile(self.kind, self.projects, starts, entries, weights, points if self.pointed else None), of_ballot


def joined(parts: Sequence[NDArray[Any]], kind: type[Any]) -> NDArray[Any]:
    """Return one array of these parts, empty of this type if there are none."""
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _same_rows(
    starts: NDArray[np.int64], entries: NDArray[np.integer[Any]], points: NDArray[np.int64] | None
) -> NDArray[np.int32]:
    """Return for each row the number of its class, in the order of their first rows."""
    rows = _pieces(entries, starts)
    if points is not None:
        rows = [row + more for row, more in zip(rows, _pieces(points, starts), strict=True)]
    classes: Numbers = Numbers()
    return np.fromiter(map(classes.__getitem__, rows), np.int32, len(rows))


def _pieces(values: NDArray[Any], starts: NDArray[np.int64]) -> list[Any]:
    """Return the bytes of each row."""
    raw, bounds = values.tobytes(), (starts * values.itemsize).tolist()
    return [raw[start:end] for start, end in pairwise(bounds)]
