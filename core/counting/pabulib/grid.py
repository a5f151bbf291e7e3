"""Cells of many lines at once: where they stand in the bytes, which project each names, which ballots are alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
WORD = 8  # bytes


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of regular lines: cell c of line r stands at `data[bounds[r, c]:bounds[r, c + 1] - 1]`."""

    data: bytes
    bounds: Ints

    @staticmethod
    def of(data: bytes, columns: int) -> Grid | None:
        """Return the grid, None if a line has more or fewer cells, or there is a quote (or a zero byte)."""
        if b'"' in data or b"\0" in data:
            return None
        data = data.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
        marks, cells = np.frombuffer(data, np.uint8), columns - 1
        ends, cuts = np.flatnonzero(marks == ord("\n")), np.flatnonzero(marks == ord(";"))
        if cells < 1 or len(cuts) != len(ends) * cells:
            return None
        starts, table = np.concatenate(([0], ends[:-1] + 1)), cuts.reshape(-1, cells)
        if (table[:, 0] < starts).any() or (table[:, -1] > ends).any():
            return None
        return Grid(data, np.column_stack((starts, table + 1, ends + 1)))

    def cells(self, column: int) -> list[bytes]:
        """Return the cells of this column."""
        spans = zip(self.bounds[:, column].tolist(), (self.bounds[:, column + 1] - 1).tolist(), strict=True)
        return [self.data[start:end] for start, end in spans]

    def parts(self, column: int) -> tuple[Ints, Ints, Ints]:
        """Return the number of parts in each cell (between commas), and where each part starts and ends."""
        first, last = self.bounds[:, column], self.bounds[:, column + 1] - 1
        commas = np.flatnonzero(np.frombuffer(self.data, np.uint8) == ord(","))
        before, after = np.searchsorted(commas, first), np.searchsorted(commas, last)
        if int((after - before).sum()) < len(commas):  # other columns have some as well
            inside = np.bincount(before, minlength=len(commas) + 1) - np.bincount(after, minlength=len(commas) + 1)
            commas = commas[np.cumsum(inside[:-1]) > 0]
        filled = last > first
        lengths = np.where(filled, after - before + 1, 0)
        total = int(lengths.sum())
        starts, ends = np.zeros(total, np.int64), np.zeros(total, np.int64)
        closing = np.cumsum(lengths)[filled] - 1
        opening = closing - lengths[filled] + 1
        others = np.ones(total, bool)
        others[opening] = False
        starts[opening], starts[others] = first[filled], commas + 1
        others[:] = True
        others[closing] = False
        ends[closing], ends[others] = last[filled], commas
        return lengths, starts, ends

    def words(self, starts: Ints, ends: Ints) -> Iterator[Words]:
        """Yield the texts at these places as numbers of eight bytes, first the first eight of each, and so on.

        One text may be long and the others many: all words together could be much more than what they are made of.
        """
        padded = self.data + bytes(WORD)
        everywhere = np.ndarray((len(self.data) + 1,), "<u8", padded, strides=(1,))
        lengths = ends - starts
        masks = np.array([(1 << (WORD * size)) - 1 for size in range(WORD + 1)], np.uint64)
        for offset in range(0, max(int(lengths.max(initial=1)), 1), WORD):
            kept = np.clip(lengths - offset, 0, WORD)
            yield everywhere[np.minimum(starts + offset, len(self.data))] & masks[kept]

    def spaced(self, starts: Ints, ends: Ints) -> bool:
        """Return whether a text at one of these places begins or ends with a space."""
        marks = np.frombuffer(self.data, np.uint8)
        spaces = marks[np.stack((starts, np.maximum(ends - 1, starts)))]
        return bool((((spaces == ord(" ")) | (spaces == ord("\t"))) & (ends > starts)).any())

    def prints(self, starts: Ints, ends: Ints) -> Words:
        """Return a number for each of the texts at these places that equal texts share, wherever they stand."""
        words, lengths = self.words(starts, ends), ends - starts
        found = mixed(next(words))
        for number, word in enumerate(words, 1):
            # However long the longest is, a text is mixed as often as it has words.
            found = np.where(lengths > number * WORD, mixed(found + word), found)
        return found

    def named(self, starts: Ints, ends: Ints, names: Sequence[str]) -> Ints | None:
        """Return which of these names stands at each place, None if something else stands at one of them."""
        if not len(starts):
            return np.zeros(0, np.int64)
        text = ",".join(names).encode() + b";\n"
        own = Grid.of(text, 2)
        if own is None or not names or "" in names or any("," in name for name in names):
            return None
        _, firsts, lasts = own.parts(0)
        keys, known = np.zeros(len(starts), np.int64), np.zeros(len(names), np.int64)
        if (ends - starts).max() > (lasts - firsts).max():
            return None
        nothing = np.zeros(len(starts), np.uint64)
        theirs = self.words(starts, ends)
        for word in own.words(firsts, lasts):
            here = next(theirs, nothing)
            values = np.unique(word)
            ranks = np.minimum(np.searchsorted(values, here), len(values) - 1)
            if not np.array_equal(values[ranks], here):
                return None
            # Numbered anew after each word, so that numbers stay small: by the names that begin so far alike.
            keys, known = keys * len(values) + ranks, known * len(values) + np.searchsorted(values, word)
            begun = np.unique(known)
            numbers = np.full(int(max(known.max(), keys.max(initial=0))) + 1, -1, np.int64)
            numbers[begun] = np.arange(len(begun))
            keys, known = numbers[keys], numbers[known]
            if (keys < 0).any():
                return None
        table = np.empty(len(names), np.int64)
        table[known] = np.arange(len(names))
        return table[keys]


def prints_of(texts: Sequence[str]) -> Words:
    """Return the same numbers for texts that stand nowhere."""
    parts = [text.encode() for text in texts]
    ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))[: len(ends)]
    return Grid(b"".join(parts), np.zeros((0, 2), np.int64)).prints(starts, ends)


def mixed(numbers: NDArray[Any]) -> Words:
    """Return the numbers thoroughly mixed (G. Steele, D. Lea, C. Flood, "SplitMix", 2014)."""
    mix = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mix = (mix ^ (mix >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mix = (mix ^ (mix >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mix ^ (mix >> np.uint64(31))


def alike(lengths: Ints, values: Sequence[NDArray[Any]]) -> NDArray[np.int32]:
    """Return for each row the number of its class: rows of equal values, numbered by their first appearance.

    Rows with equal fingerprints are compared in full; should two different ones meet, the slow way is taken.
    """
    starts = np.concatenate(([0], np.cumsum(lengths)))
    prints = _fingerprints(lengths, starts, values)
    order = np.argsort(prints, kind="stable")
    same = np.concatenate(([False], prints[order[1:]] == prints[order[:-1]])) if len(order) else np.zeros(0, bool)
    if not _truly(lengths, starts, values, order[1:][same[1:]], order[:-1][same[1:]]):
        return _slowly(starts, values)
    group = np.cumsum(~same) - 1
    firsts = order[~same]  # stable: the first of each group
    ranks = np.empty(len(firsts), np.int64)
    ranks[np.argsort(firsts, kind="stable")] = np.arange(len(firsts))
    classes = np.empty(len(order), np.int32)
    classes[order] = ranks[group]
    return classes


def _fingerprints(lengths: Ints, starts: Ints, values: Sequence[NDArray[Any]]) -> Words:
    """Return a number for each row that equal rows share."""
    places = np.arange(len(values[0])) - np.repeat(starts[:-1], lengths)
    mix = mixed(places)
    for value in values:
        mix = mixed(mix + value.astype(np.uint64))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mix, dtype=np.uint64)))
    return mixed(lengths) + sums[starts[1:]] - sums[starts[:-1]]


def _truly(lengths: Ints, starts: Ints, values: Sequence[NDArray[Any]], left: Ints, right: Ints) -> bool:
    """Return whether these pairs of rows are equal, value for value."""
    if not np.array_equal(lengths[left], lengths[right]):
        return False
    sizes = lengths[left]
    places = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    ours, theirs = np.repeat(starts[left], sizes) + places, np.repeat(starts[right], sizes) + places
    return all(np.array_equal(value[ours], value[theirs]) for value in values)


def _slowly(starts: Ints, values: Sequence[NDArray[Any]]) -> NDArray[np.int32]:
    """Return the same as `alike`, by the bytes of each row."""
    rows = [b"".join(value[start:end].tobytes() + b";" for value in values) for start, end in pairwise(starts.tolist())]
    classes = dict(zip(dict.fromkeys(rows), count(), strict=False))
    return np.fromiter(map(classes.__getitem__, rows), np.int32, len(rows))
