"""The votes of a .pb file, read in bulk: regular lines all at once, others row by row, both chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counting.election import POINTED, Kind, Profile
from core.counting.pabulib.cells import (
    LONGEST_ID,
    decoded,
    fraction,
    refuse_long_id,
    refuse_whole_line,
    rows_of,
    tidy,
    unknown_project,
)
from core.counting.pabulib.grid import Grid, Ints, alike, prints_of
from core.counting.pabulib.head import SECTIONS
from core.counting.pabulib.notes import Notes
from core.errors import FileWrong

COLUMNS: Mapping[Kind, Sequence[str]] = {
    kind: ("voter_id", "vote", "points") if kind in POINTED else ("voter_id", "vote")
    for kind in ("approval", "ordinal", "cumulative", "scoring")
}
MOST_POINTS = 10**9  # for one project; sums of them stay exact


@dataclass(slots=True)
class Votes:
    """Gathers ballots chunk by chunk: one row of the arrays each."""

    kind: Kind
    projects: tuple[str, ...]
    header: list[str]
    notes: Notes
    lengths: list[Ints] = field(default_factory=list)
    entries: list[NDArray[np.integer[Any]]] = field(default_factory=list)
    points: list[Ints] = field(default_factory=list)
    voters: list[NDArray[np.uint64]] = field(default_factory=list)  # fingerprints of their ids
    named: list[NDArray[np.bool_]] = field(default_factory=list)  # whether there is an id
    lines: list[Ints] = field(default_factory=list)

    @property
    def pointed(self) -> bool:
        """Return whether ballots give points."""
        return self.kind in POINTED

    def tell_of_voters(self) -> None:
        """Note how many ballots have the id of a voter that stood before, and how many have none."""
        named, lines = joined(self.named, np.bool_), joined(self.lines, np.int64)
        if not named.all():
            self.notes.add("voter_missing", int(lines[~named][0]), "voter_id", count=int((~named).sum()))
        voters, lines = joined(self.voters, np.uint64)[named], lines[named]
        ascending = np.sort(voters)
        if not (ascending[1:] == ascending[:-1]).any():
            return
        order = np.argsort(voters, kind="stable")
        again = order[1:][voters[order[1:]] == voters[order[:-1]]]
        self.notes.add("voter_twice", int(lines[again.min()]), "voter_id", count=len(again))

    def add(self, data: bytes, line: int) -> None:
        """Take in these whole lines; `line` is the number of the first."""
        if not data.isascii():
            decoded(data, line)
        grid = Grid.of(data, len(self.header))
        if grid is None or not self._regular(grid, line):
            self._rows(data, line)

    def _regular(self, grid: Grid, line: int) -> bool:
        """Take in lines that are all plain; return False, with nothing done, if one is not."""
        lengths, starts, ends = grid.parts(self.header.index("vote"))
        entries = grid.named(starts, ends, self.projects)
        if entries is None:
            return False
        given = self._plain_points(grid, lengths) if self.pointed else None
        if self.pointed and given is None:
            return False
        column = self.header.index("voter_id")
        first, last = grid.bounds[:, column], grid.bounds[:, column + 1] - 1
        if (last - first).max(initial=0) > LONGEST_ID or grid.spaced(first, last):
            return False
        self.voters.append(grid.prints(first, last))
        self.named.append(last > first)
        self._keep(lengths, entries, given, np.arange(line, line + len(first)))
        return True

    def _plain_points(self, grid: Grid, lengths: Ints) -> Ints | None:
        """Return the points, None if some are not whole numbers, or not one for each project."""
        cells = grid.cells(self.header.index("points"))
        if [cell.count(b",") + 1 if cell else 0 for cell in cells] != lengths.tolist():
            return None
        numbers = b",".join(filter(None, cells)).split(b",") if lengths.any() else []
        try:
            values = np.fromiter(map(int, numbers), np.int64, len(numbers))
        except (ValueError, OverflowError):
            return None
        return values if not len(values) or np.abs(values).max() <= MOST_POINTS else None

    def _rows(self, data: bytes, line: int) -> None:
        """Take in lines of any form: blank, with quotes or spaces, short of cells."""
        place = {project: position for position, project in enumerate(self.projects)}
        whose = self.header.index("voter_id")
        needed = max(self.header.index(column) for column in COLUMNS[self.kind])
        ballots, lines, voters = [], [], []
        for number, row in rows_of(data, line):
            if not any(row[1:]) and row[0].upper() in SECTIONS:
                raise FileWrong(reason="section_twice", line=number, value=row[0].upper())
            if any(row[len(self.header) :]):
                raise FileWrong(reason="too_many_cells", line=number, value=row[len(self.header)])
            if len(row) <= needed:
                refuse_whole_line(row, number)
                raise FileWrong(reason="too_few_cells", line=number, column=self.header[len(row)])
            if len(row) < len(self.header):
                self.notes.add("cells_missing", number, self.header[len(row)])
            refuse_long_id(row[whose], number, "voter_id")
            ballots.append(self._ballot(row, number, place))
            lines.append(number)
            voters.append(row[whose])
        entries = np.array([entry for ids, _ in ballots for entry in ids], np.int64)
        given = np.array([value for _, values in ballots for value in values], np.int64) if self.pointed else None
        self.voters.append(prints_of(voters))
        self.named.append(np.array(list(map(bool, voters)), np.bool_))
        self._keep(np.array([len(ids) for ids, _ in ballots], np.int64), entries, given, np.array(lines, np.int64))

    def _ballot(self, row: Sequence[str], line: int, place: dict[str, int]) -> tuple[list[int], list[int]]:
        """Return the projects and points of one row, freed of spaces and empty places."""
        vote = row[self.header.index("vote")]
        ids = [part.strip() for part in vote.split(",")] if vote.strip() else []
        values = [0] * len(ids)
        if self.pointed:
            values = self._points(row[self.header.index("points")], len(ids), line)
        odd = ",".join(ids) != vote or "" in ids
        for number, project in enumerate(ids):
            if project and project not in place:
                ids[number] = project = tidy(project, line, "vote", self.notes)
                if project and project not in place:
                    raise unknown_project(project, place, line)
        if odd:
            self.notes.add("cleaned", line, "vote", vote)
        pairs = [(place[project], value) for project, value in zip(ids, values, strict=True) if project]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def _points(self, text: str, projects: int, line: int) -> list[int]:
        """Return the points of one row."""
        parts = text.split(",") if text.strip() else []
        if len(parts) != projects:
            raise FileWrong(reason="points_number", line=line, column="points", value=text)
        values = [fraction(part, line, "points") for part in parts]
        if any(value.denominator != 1 for value in values):
            raise FileWrong(reason="number", line=line, column="points", value=text)
        if any(abs(value) > MOST_POINTS for value in values):
            raise FileWrong(reason="range", line=line, column="points", value=text[:100])
        return [int(value) for value in values]

    def _keep(self, lengths: Ints, entries: Ints, given: Ints | None, lines: Ints) -> None:
        """Store rows in their one form: ascending but for rankings, each project once."""
        owners = np.repeat(np.arange(len(lengths)), lengths)
        keys = owners * len(self.projects) + entries
        ranked = np.sort(keys)
        if (ranked[1:] == ranked[:-1]).any():
            kept = np.sort(np.unique(keys, return_index=True)[1])
            twice = np.setdiff1d(np.arange(len(keys)), kept)
            line, project = int(lines[owners[twice[0]]]), self.projects[entries[twice[0]]]
            self.notes.add("project_twice", line, "vote", project, len(twice))
            owners, entries, keys = owners[kept], entries[kept], keys[kept]
            given = None if given is None else given[kept]
            lengths, ranked = np.bincount(owners, minlength=len(lengths)), np.sort(keys)
        if given is not None:
            order = np.argsort(keys, kind="stable")
            entries = entries[order]
            self.points.append(given[order])
        elif self.kind == "approval":
            entries = ranked - owners * len(self.projects)
        self.lengths.append(lengths)
        self.lines.append(lines)
        self.entries.append(entries.astype(np.uint16 if len(self.projects) < 65_536 else np.int32))

    def profile(self) -> tuple[Profile, NDArray[np.int32]]:
        """Return the profile, and for each ballot its class."""
        lengths, entries = joined(self.lengths, np.int64), joined(self.entries, np.uint16)
        points = joined(self.points, np.int64) if self.pointed else None
        of_ballot = alike(lengths, [entries] if points is None else [entries, points])
        weights = np.bincount(of_ballot)
        firsts = np.zeros(len(lengths), bool)
        firsts[np.unique(of_ballot, return_index=True)[1]] = True
        inside = np.repeat(firsts, lengths)
        starts = np.concatenate(([0], np.cumsum(lengths[firsts])))
        kept = None if points is None else points[inside]
        return Profile(self.kind, self.projects, starts, entries[inside], weights, kept), of_ballot


def joined(parts: Sequence[NDArray[Any]], kind: type[Any]) -> NDArray[Any]:
    """Return one array of these parts, empty of this type if there are none."""
    return np.concatenate(parts) if parts else np.zeros(0, kind)
