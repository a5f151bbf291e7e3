"""The head of a .pb file: META and PROJECTS, read row by row.

Source of the format: https://pabulib.org/format
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.counting.election import Instance, Project
from core.counting.pabulib.notes import Notes
from core.currencies import digits
from core.errors import FileWrong

WITHDRAWN = "999999999"  # a cost that no budget pays: Pabulib's sign for a project withdrawn after the vote
AREA_COLUMNS = ("neighborhood", "neighbourhood", "district", "subunit", "area")
PLAIN = re.compile(r"\d+(\.\d+)?")
LONGEST = 24  # digits of a number; no amount, score or coordinate has as many
COMMA = re.compile(r"\d+,\d{1,2}")

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the votes."""

    meta: Mapping[str, str]
    instance: Instance
    selected: Mapping[str, int]
    votes: Mapping[str, int]  # as published, by project
    columns: tuple[str, ...]  # of the projects, as in the file


def decoded(data: bytes, line: int = 1) -> str:
    """Return the text. `line`: that of the first byte, for the error."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileWrong(reason="encoding", line=line + data.count(b"\n", 0, error.start)) from None


def rows_of(text: str, line: int = 1) -> Iterator[Row]:
    """Yield (line, fields) of each row that is not blank."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((part + "\n" for part in lines), delimiter=";", strict=True)
    start = line
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields):
                yield start, fields
            start = line + reader.line_num
    except csv.Error:
        raise FileWrong(reason="quotes", line=start) from None


def read_head(text: str, notes: Notes) -> Head:
    """Return META and PROJECTS of this text; FileWrong says where it cannot be read."""
    sections = _sections(rows_of(text))
    meta = _meta(sections["META"], notes)
    header, rows = _table(sections, "PROJECTS", ("project_id", "cost"))
    _check_header(header)
    budget_line = next((line for line, row in sections["META"] if row[0].lower() == "budget"), None)
    if "budget" not in meta:
        raise FileWrong(reason="missing", column="budget")
    budget = amount(meta["budget"], budget_line, "budget")
    facts = [_facts(header, line, row, notes) for line, row in rows]
    costs = [amount(row["cost"], line, "cost") for line, row in facts]
    places = max([digits(meta.get("currency", "")), *(_places(number) for number in (budget, *costs))])
    unit = 10**places
    projects = tuple(
        _project(line, row, int(cost * unit), budget) for (line, row), cost in zip(facts, costs, strict=True)
    )
    _check_unique(projects, facts)
    instance = Instance(projects, int(budget * unit), unit)
    return Head(
        meta,
        instance,
        {row["project_id"]: whole(row["selected"], line, "selected") for line, row in facts if row.get("selected")},
        {row["project_id"]: whole(row["votes"], line, "votes") for line, row in facts if row.get("votes")},
        tuple(header),
    )


def _sections(rows: Iterator[Row]) -> dict[str, list[Row]]:
    """Return the rows of each section by its name."""
    sections: dict[str, list[Row]] = {}
    current: list[Row] | None = None
    for line, row in rows:
        name = row[0].upper()
        if name in ("META", "PROJECTS") and not any(row[1:]):
            if name in sections:
                raise FileWrong(reason="section_twice", line=line, value=name)
            current = sections[name] = []
        elif current is None:
            raise FileWrong(reason="no_section", line=line, value=row[0])
        else:
            current.append((line, row))
    for name in ("META", "PROJECTS"):
        if name not in sections:
            raise FileWrong(reason="missing_section", value=name)
    return sections


def _meta(rows: Sequence[Row], notes: Notes) -> dict[str, str]:
    """Return the facts of META by key, keys in lower case."""
    meta: dict[str, str] = {}
    for line, row in rows:
        key, value = row[0].lower(), ";".join(row[1:]).rstrip(";") if len(row) > 2 else row[1] if len(row) > 1 else ""
        if (key, value.lower()) == ("key", "value"):
            continue
        if key in meta:
            notes.add("meta_twice", line, key, value)
        else:
            meta[key] = value
    return meta


def _table(sections: Mapping[str, list[Row]], name: str, needed: Sequence[str]) -> tuple[list[str], list[Row]]:
    """Return the header, in lower case, and the rows below it."""
    if not sections[name]:
        raise FileWrong(reason="no_header", value=name)
    (line, header), *rows = sections[name]
    columns = [column.lower() for column in header]
    for column in needed:
        if column not in columns:
            raise FileWrong(reason="missing_column", line=line, column=column)
    return columns, rows


def _check_header(header: Sequence[str]) -> None:
    """Refuse a header that names a column twice."""
    for column in header:
        if column and header.count(column) > 1:
            raise FileWrong(reason="column_twice", column=column)


def _facts(header: Sequence[str], line: int, row: list[str], notes: Notes) -> tuple[int, dict[str, str]]:
    """Return the row by column. Missing cells at the end are empty; cells too many must be."""
    if any(row[len(header) :]):
        raise FileWrong(reason="too_many_cells", line=line, value=row[len(header)])
    if len(row) < len(header):
        notes.add("cells_missing", line, header[len(row)], row[0])
    cells = dict(zip(header, row + [""] * (len(header) - len(row)), strict=False))
    if not cells["project_id"]:
        raise FileWrong(reason="empty", line=line, column="project_id")
    return line, cells


def _check_unique(projects: Sequence[Project], facts: Sequence[tuple[int, dict[str, str]]]) -> None:
    """Refuse two projects with one id."""
    seen: set[str] = set()
    for project, (line, _) in zip(projects, facts, strict=True):
        if project.id in seen:
            raise FileWrong(reason="project_twice", line=line, column="project_id", value=project.id)
        seen.add(project.id)


def _project(line: int, row: Mapping[str, str], cost: int, budget: Decimal) -> Project:
    """Return the project of this row."""
    own = {"project_id", "cost", "name", "score", "category", "beneficiaries", "target", "latitude", "longitude"}
    area = next((column for column in AREA_COLUMNS if row.get(column)), "")
    conflicts = row.get("conflicts") or row.get("conflict") or ""
    more = tuple((key, value) for key, value in row.items() if key not in own and value)
    return Project(
        id=row["project_id"],
        cost=cost,
        name=row.get("name", ""),
        score=fraction(row["score"], line, "score") if row.get("score") else None,
        categories=_parts(row.get("category", "")),
        targets=_parts(row.get("beneficiaries") or row.get("target", "")),
        area=row.get(area, ""),
        conflicts=frozenset(_parts(conflicts)),
        latitude=_degrees(row, line, "latitude", 90),
        longitude=_degrees(row, line, "longitude", 180),
        withdrawn=row["cost"].split(".")[0] == WITHDRAWN and budget < Decimal(WITHDRAWN),
        more=more,
    )


def _parts(text: str) -> tuple[str, ...]:
    """Return the parts of a list with commas."""
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part)


def _degrees(row: Mapping[str, str], line: int, column: str, limit: int) -> float | None:
    """Return the coordinate, None where there is none."""
    text = row.get(column, "")
    if not text or text.lower() in ("nan", "none", "null"):
        return None
    try:
        degrees = float(text.replace(",", "."))
    except ValueError:
        raise FileWrong(reason="number", line=line, column=column, value=text) from None
    if not -limit <= degrees <= limit:
        raise FileWrong(reason="range", line=line, column=column, value=text)
    return degrees


def amount(text: str, line: int | None, column: str) -> Decimal:
    """Return the amount of money. A comma with one or two digits after it is a decimal comma."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    if COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    if not PLAIN.fullmatch(plain):
        raise FileWrong(reason="number", line=line, column=column, value=text)
    if len(plain) > LONGEST:
        raise FileWrong(reason="range", line=line, column=column, value=plain[:LONGEST])
    return Decimal(plain)


def whole(text: str, line: int | None, column: str) -> int:
    """Return the whole number, also where it is written as 3.0."""
    number = fraction(text, line, column)
    if number.denominator != 1:
        raise FileWrong(reason="number", line=line, column=column, value=text)
    return int(number)


def fraction(text: str, line: int | None, column: str) -> Fraction:
    """Return the number that this text writes, exactly."""
    try:
        number = Decimal(text.strip().replace(",", "."))
        # A few signs can write a number that fills the memory: 1e999999999.
        if number.is_finite() and abs(number.adjusted()) > LONGEST:
            raise FileWrong(reason="range", line=line, column=column, value=text)
        return Fraction(number)
    except (ArithmeticError, ValueError):
        raise FileWrong(reason="number", line=line, column=column, value=text[:100]) from None


def _places(number: Decimal) -> int:
    """Return how many decimal places the number has, zeros at the end not counted."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
