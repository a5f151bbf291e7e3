"""What stands in cells: rows of them, names and numbers, read as people and spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from core import letters
from core.counting.pabulib.notes import Notes
from core.counting.pabulib.opening import other_separator
from core.errors import FileWrong

LONGEST = 24  # digits of a number; no amount, score or coordinate has as many
WRITTEN = 100  # signs of a number, its zeros included
MOST_COLUMNS, LONGEST_ID = 200, 500  # of which no table, and no name of a project or voter, comes near
SPACES = re.compile(r"[\s\u00a0\u202f]")
PLAIN = re.compile(r"\d+(\.\d+)?", re.ASCII)
COMMA = re.compile(r"\d+,\d{1,2}", re.ASCII)
EXPONENT = re.compile(r"\d+([.,]\d+)?[eE]\+?\d{1,2}", re.ASCII)
# Thousands that can be nothing else: two marks of one kind, or one of each.
GROUPED = re.compile(
    r"\d{1,3}(\.\d{3})+,\d{1,2}|\d{1,3}(,\d{3})+\.\d{1,2}|\d{1,3}((\.\d{3}){2,}|(,\d{3}){2,})", re.ASCII
)
THREE = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)

Row = tuple[int, list[str]]


class Rows:
    """The rows of bytes from a place on. `place` and `line`: where the row begins that has not been read yet."""

    def __init__(self, data: bytes, place: int = 0, line: int = 1) -> None:
        """Begin at this byte, which is the first one of this line."""
        self.data, self.place, self.line = data, place, line

    def __iter__(self) -> Iterator[Row]:
        """Yield (line, fields) of each row that is not blank."""
        return _rows(self._lines(), self.line)

    def _lines(self) -> Iterator[str]:
        while self.place < len(self.data):
            end = self.data.find(b"\n", self.place) + 1 or len(self.data)
            text = decoded(self.data[self.place : end], self.line)
            self.place, self.line = end, self.line + 1
            yield text[:-2] + "\n" if text.endswith("\r\n") else text


def rows_of(data: bytes, line: int) -> Iterator[Row]:
    """Yield the same of whole lines at once; `line` is the number of the first."""
    return _rows(io.StringIO(decoded(data, line), newline=None), line)


def _rows(lines: Iterable[str], line: int) -> Iterator[Row]:
    """Yield (line, fields) of each row that is not blank; lines within quotes belong to their cell."""
    reader, start = csv.reader(lines, delimiter=";", strict=True), line
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields):
                yield start, fields
            start = line + reader.line_num
    except csv.Error as error:
        raise FileWrong(reason="cell_too_long" if "limit" in str(error) else "quotes", line=start) from None


def decoded(data: bytes, line: int = 1) -> str:
    """Return the text. `line`: that of the first byte, for the error."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileWrong(reason="encoding", line=line + data.count(b"\n", 0, error.start)) from None


def tidy(text: str, line: int | None, column: str | None, notes: Notes) -> str:
    """Return a name or number without signs that nobody can see, its letters in one piece, its spaces plain; noted."""
    if text.isascii():
        return text
    whole = unicodedata.normalize("NFC", text)
    if whole != text:
        notes.add("composed", line, column, whole)
    seen = letters.without_unseen(whole)
    if seen != whole:
        sign = next(each for each in whole if letters.unseen(each))
        notes.add("invisible", line, column, f"U+{ord(sign):04X}")
    plain = "".join(" " if unicodedata.category(each) == "Zs" else each for each in seen)
    if plain != seen:
        notes.add("odd_spaces", line, column, plain.strip())
    return plain.strip()


def columns_of(row: Row, needed: Sequence[str], notes: Notes) -> list[str]:
    """Return the columns that a header names, in lower case. Raises FileWrong where one is missing or named twice."""
    line, cells = row
    if len(cells) > MOST_COLUMNS:
        raise FileWrong(reason="too_many_columns", line=line, value=len(cells))
    columns = [tidy(cell, line, None, notes).lower() for cell in cells]
    for column in needed:
        if column not in columns:
            refuse_whole_line(cells, line)
            if len(columns) == 1 and (sign := other_separator(cells[0])):
                raise FileWrong(reason="separator", line=line, value=sign)
            alike = lookalike(column, dict.fromkeys(columns, line))
            raise alike or FileWrong(reason="missing_column", line=line, column=column)
    seen: set[str] = set()
    for column in filter(None, columns):
        if column in seen:
            raise FileWrong(reason="column_twice", line=line, column=column)
        seen.add(column)
    return columns


def refuse_long_id(text: str, line: int, column: str) -> None:
    """Refuse what is too long to be the name of a project or a voter."""
    if len(text) > LONGEST_ID:
        raise FileWrong(reason="cell_too_long", line=line, column=column, value=text[:40])


def refuse_whole_line(cells: Sequence[str], line: int) -> None:
    """Refuse a row of one cell that holds a whole line: a spreadsheet has put it into quotation marks."""
    if len(cells) == 1 and ";" in cells[0]:
        raise FileWrong(reason="whole_line", line=line, value=cells[0][:100])


def lookalike(wanted: str, found: Mapping[str, int], column: str | None = None) -> FileWrong | None:
    """Return that one of these – with their lines – looks like what is wanted, and by which sign it is another."""
    look = letters.look(wanted)
    alike = next((each for each in found if each != wanted and letters.look(each) == look), None)
    if alike is None:
        return None
    sign = _other(alike, wanted)
    return FileWrong(reason="lookalike", line=found[alike], column=column, value=alike, meant=wanted, sign=sign)


def unknown_project(named: str, known: Collection[str], line: int) -> FileWrong:
    """Return that a ballot names a project that is not in the list, and which one may be meant."""
    like = letters.look(named)
    meant = next((each for each in known if letters.look(each) == like), None)
    if meant is not None:
        sign = _other(named, meant)
        return FileWrong(reason="lookalike", line=line, column="vote", value=named, meant=meant, sign=sign)
    bare = _bare(named)
    meant = next((each for each in known if _bare(each) == bare), None) if bare else None
    reason = "unknown_project" if meant is None else "changed_project"
    return FileWrong(reason=reason, line=line, column="vote", value=named[:200], meant=meant)


def _other(text: str, like: str) -> str | None:
    """Return the sign of either text by which they differ and that is not plain (ASCII); None if there is none."""
    differing = [sign for pair in zip(text, like, strict=False) if pair[0] != pair[1] for sign in pair]
    return next((sign for sign in differing if not sign.isascii()), None)


def _bare(text: str) -> str:
    """Return a number as a spreadsheet would change it: 007 and 7.0 become 7; "" if it is none."""
    found = re.fullmatch(r"0*(0|[1-9]\d*)(?:[.,]0+)?", text, re.ASCII)
    return found[1] if found else ""


def amount(text: str, line: int | None, column: str, notes: Notes, *, places: int = 2) -> Decimal:
    """Return the amount of money. `places`: of the currency.

    A comma before one or two digits is a decimal comma. A point before three digits is a decimal point, as the format
    has it, and noted; a comma there is refused, for it may be either.
    """
    plain = _unspaced(text, line, column, notes)
    if COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    elif EXPONENT.fullmatch(plain):
        notes.add("exponent", line, column, plain)
        plain = format(Decimal(plain.replace(",", ".")), "f")
    elif GROUPED.fullmatch(plain):
        notes.add("grouped", line, column, plain)
        whole, mark, part = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", plain).groups(default="")  # type: ignore[union-attr]
        plain = re.sub("[.,]", "", whole) + ("." + part if mark else "")
    elif THREE.fullmatch(plain) and places < 3:
        if "," in plain:
            raise FileWrong(reason="three_digits", line=line, column=column, value=text)
        notes.add("three_digits", line, column, f"{plain} / {_number(Decimal(plain))}")
    if not PLAIN.fullmatch(plain):
        raise FileWrong(reason="number", line=line, column=column, value=text[:100])
    if len(plain) > LONGEST:
        raise FileWrong(reason="range", line=line, column=column, value=plain[:LONGEST])
    return Decimal(plain)


def whole(text: str, line: int | None, column: str, notes: Notes | None = None) -> int:
    """Return the whole number, also where it is written as 3.0, or – with a place for notes – with spaces."""
    plain = text if notes is None else _unspaced(text, line, column, notes)
    number = fraction(plain, line, column)
    if number.denominator != 1:
        raise FileWrong(reason="number", line=line, column=column, value=text)
    return int(number)


def fraction(text: str, line: int | None, column: str) -> Fraction:
    """Return the number that this text writes, exactly."""
    if len(text) > WRITTEN:
        raise FileWrong(reason="range", line=line, column=column, value=text[:LONGEST])
    try:
        number = Decimal(text.strip().replace(",", "."))
        # A few signs can write a number that fills the memory: 1e999999999.
        if number.is_finite() and abs(number.adjusted()) > LONGEST:
            raise FileWrong(reason="range", line=line, column=column, value=text)
        return Fraction(number)
    except (ArithmeticError, ValueError):
        raise FileWrong(reason="number", line=line, column=column, value=text[:100]) from None


def _unspaced(text: str, line: int | None, column: str, notes: Notes) -> str:
    plain = SPACES.sub("", text)
    if plain != text.strip():
        notes.add("spaced_number", line, column, text)
    return plain


def _number(number: Decimal) -> str:
    return format(number.normalize(), "f")
