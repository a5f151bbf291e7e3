"""Tables to download: written so that no spreadsheet runs what people have typed."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

from babel.numbers import get_decimal_symbol

from pages.parts.i18n import locale

# What begins a formula in one spreadsheet or another, in full width too; some skip control characters.
_FORMULA = frozenset("=+-@|%＝＋－＠")
# A spreadsheet of another language parts cells elsewhere, and what stands behind the sign begins a cell there.
_PARTED = re.compile(r"([,;][\s\"']*)(?=[=+\-@|%＝＋－＠])")


def cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    # Lines inside a cell end rows in bad readers.
    text = " ".join(str(value).split()) if any(mark in str(value) for mark in "\r\n\t\v\f") else str(value)
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    text = _PARTED.sub(r"\1'", text)
    bare = text.lstrip(" '\u00a0")
    return "'" + text if bare[:1] in _FORMULA and bare else text


def csv_text(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV with the mark without which spreadsheets misread Cyrillic.

    Where the language writes a decimal comma its spreadsheets part cells with semicolons, and so does the file.
    """
    mark, kept = get_decimal_symbol(locale()), StringIO()
    writer = csv.writer(kept, delimiter=";" if mark == "," else ",")
    for row in (head, *rows):
        writer.writerow([str(one).replace(".", mark) if isinstance(one, float) else cell(one) for one in row])
    return "\ufeff" + kept.getvalue()
