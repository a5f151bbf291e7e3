"""A part of a paper: what page and PDF show alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One part: facts by name, sentences, and a table.

    `bad`: its sentences say that something is wrong. `widths`: of the columns on paper, 180 in all. `right`: the
    columns of numbers.
    """

    title: str
    pairs: Sequence[Pair] = ()
    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    bad: bool = False
    widths: Sequence[int] = ()
    right: Sequence[int] = ()
