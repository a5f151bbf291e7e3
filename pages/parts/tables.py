"""Tables to download: written so that no spreadsheet runs what people have typed."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

# What begins a formula in one spreadsheet or another, in full width too; some skip control characters.
_FORMULA = frozenset("=+-@|%＝＋－＠")


def cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    # Lines inside a cell end rows in bad readers.
    text = " ".join(str(value).split()) if any(mark in str(value) for mark in "\r\n\t\v\f") else str(value)
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    bare = text.lstrip(" '\u00a0")
    return "'" + text if bare[:1] in _FORMULA and bare else text


def csv_text(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV with the mark without which spreadsheets misread Cyrillic."""
    kept = StringIO()
    writer = csv.writer(kept)
    writer.writerow([cell(each) for each in head])
    writer.writerows([cell(each) for each in row] for row in rows)
    return "\ufeff" + kept.getvalue()
