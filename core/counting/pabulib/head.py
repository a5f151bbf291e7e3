"""The head of a .pb file: META and PROJECTS, read row by row, and where the votes stand.

Source of the format: https://pabulib.org/format
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core import letters
from core.counting.election import Instance, Project
from core.counting.pabulib.cells import (
    Row,
    Rows,
    amount,
    columns_of,
    fraction,
    lookalike,
    refuse_long_id,
    refuse_whole_line,
    tidy,
    whole,
)
from core.counting.pabulib.notes import Notes
from core.currencies import digits
from core.errors import FileWrong

META, PROJECTS, VOTES = SECTIONS = ("META", "PROJECTS", "VOTES")
LOOKS = {letters.look(name): name for name in SECTIONS}
# Where the head goes on behind the votes.
FURTHER = re.compile(rb'(?im)^[ \t]*"?(?:meta|projects)"?[ \t;]*\r?$')
WITHDRAWN = "999999999"  # a cost that no budget pays: Pabulib's sign for a project withdrawn after the vote
AREA_COLUMNS = ("neighborhood", "neighbourhood", "district", "subunit", "area")
# Texts for people; of all other cells signs that nobody can see are no part.
FREE = ("description", "comment", "acknowledgments", "country", "unit", "subunit", "district", "instance")
NO_PLACE = ("", "nan", "none", "null")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands outside of the votes."""

    meta: Mapping[str, str]
    lines: Mapping[str, int]  # of META, by key
    instance: Instance
    places: Mapping[str, int]  # lines of the projects
    selected: Mapping[str, int]
    votes: Mapping[str, int]  # as published, by project


@dataclass(frozen=True, slots=True)
class Span:
    """Where the votes stand below their name: the first byte, the one behind the last, the number of the first line."""

    start: int
    end: int
    line: int


def split(data: bytes, notes: Notes) -> tuple[Mapping[str, Sequence[Row]], Span]:
    """Return the rows of META and PROJECTS by name, and where the votes stand. Raises FileWrong where one is missing.

    Names of sections count outside of quotes only.
    """
    sections: dict[str, list[Row]] = {}
    votes: Span | None = None
    rows = Rows(data)
    while True:
        begins = _read_until_votes(rows, sections, votes is not None, notes)
        if begins is None:
            break
        end = len(data) if len(sections) == 2 else _further(data, begins.start)
        votes = Span(begins.start, end, begins.line)
        if end == len(data):
            break
        rows = Rows(data, end, begins.line + data.count(b"\n", begins.start, end))
    found = (*sections, *([VOTES] if votes else []))
    for name in SECTIONS:
        if name not in found:
            raise FileWrong(reason="missing_section", value=name)
    assert votes is not None
    if tuple(sections) != (META, PROJECTS) or votes.end != len(data):
        notes.add("sections_order")
    return sections, votes


def _read_until_votes(rows: Rows, sections: dict[str, list[Row]], voted: bool, notes: Notes) -> Span | None:
    """Take in the rows before the votes; return where these begin, None where the file ends before."""
    current: list[Row] | None = None
    for line, row in rows:
        name = "" if any(row[1:]) else tidy(row[0], line, None, notes).upper()
        if name in SECTIONS:
            if name in sections or (voted and name == VOTES):
                raise FileWrong(reason="section_twice", line=line, value=name)
            if name == VOTES:
                return Span(rows.place, len(rows.data), rows.line)
            current = sections[name] = []
        elif name and letters.look(name) in LOOKS:
            alike = lookalike(LOOKS[letters.look(name)], {row[0]: line})
            raise alike or FileWrong(reason="no_section", line=line, value=row[0])
        elif current is None:
            raise FileWrong(reason="no_section", line=line, value=row[0][:100])
        else:
            current.append((line, row))
    return None


def _further(data: bytes, place: int) -> int:
    """Return where a section begins behind the votes, outside of quotes; the end of the file if none does."""
    quotes, counted = 0, place
    while found := FURTHER.search(data, place):
        quotes += data.count(b'"', counted, found.start())
        if quotes % 2 == 0:
            return found.start()
        counted, place = found.start(), found.end()
    return len(data)


def read_head(sections: Mapping[str, Sequence[Row]], notes: Notes) -> Head:
    """Return what META and PROJECTS say; FileWrong says where they cannot be read."""
    meta, lines = _meta(sections[META], notes)
    if not sections[PROJECTS]:
        raise FileWrong(reason="no_header", value=PROJECTS)
    first, *rows = sections[PROJECTS]
    header = columns_of(first, ("project_id", "cost"), notes)
    needed("budget", meta, lines)
    places = digits(meta.get("currency", ""))
    budget = amount(meta["budget"], lines["budget"], "budget", notes, places=places)
    facts = [_facts(header, line, row, notes) for line, row in rows]
    costs = [amount(row["cost"], line, "cost", notes, places=places) for line, row in facts]
    unit = 10 ** max([places, *(_places(number) for number in (budget, *costs))])
    projects = tuple(
        _project(line, row, int(cost * unit), budget, notes) for (line, row), cost in zip(facts, costs, strict=True)
    )
    _check_unique(projects, facts, notes)
    return Head(
        meta,
        lines,
        Instance(projects, int(budget * unit), unit),
        {row["project_id"]: line for line, row in facts},
        {row["project_id"]: whole(row["selected"], line, "selected") for line, row in facts if row.get("selected")},
        {row["project_id"]: whole(row["votes"], line, "votes", notes) for line, row in facts if row.get("votes")},
    )


def _meta(rows: Sequence[Row], notes: Notes) -> tuple[dict[str, str], dict[str, int]]:
    """Return the facts of META by key, keys in lower case, and the line of each."""
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, row in rows:
        key = tidy(row[0], line, None, notes).lower()
        value = ";".join(row[1:]).rstrip(";") if len(row) > 2 else row[1] if len(row) > 1 else ""
        if (key, value.lower()) == ("key", "value"):
            continue
        if key in meta:
            notes.add("meta_twice", line, key, value)
        else:
            meta[key] = value if key in FREE else tidy(value, line, key, notes)
            lines[key] = line
    return meta, lines


def needed(key: str, meta: Mapping[str, str], lines: Mapping[str, int]) -> str:
    """Return what META says of this. Raises FileWrong if it is silent, or says it under a name that only looks so."""
    if key not in meta:
        raise lookalike(key, lines) or FileWrong(reason="missing", column=key)
    return meta[key]


def _facts(header: Sequence[str], line: int, row: list[str], notes: Notes) -> tuple[int, dict[str, str]]:
    """Return the row by column. Missing cells at the end are empty; cells too many must be."""
    if any(row[len(header) :]):
        raise FileWrong(reason="too_many_cells", line=line, value=row[len(header)])
    if len(row) < len(header):
        refuse_whole_line(row, line)
        notes.add("cells_missing", line, header[len(row)], row[0])
    # What is empty is left out: a list may have many columns.
    cells = {"project_id": "", "cost": ""} | {column: cell for column, cell in zip(header, row, strict=False) if cell}
    for column in ("project_id", "cost", "votes", "score", "selected", "conflicts", "conflict"):
        if column in cells:
            cells[column] = tidy(cells[column], line, column, notes)
    if not cells["project_id"]:
        raise FileWrong(reason="empty", line=line, column="project_id")
    refuse_long_id(cells["project_id"], line, "project_id")
    return line, cells


def _check_unique(projects: Sequence[Project], facts: Sequence[tuple[int, dict[str, str]]], notes: Notes) -> None:
    """Refuse two projects with one id, and note ids that only look like another: a ballot may mean either."""
    seen: set[str] = set()
    for project, (line, _) in zip(projects, facts, strict=True):
        if project.id in seen:
            raise FileWrong(reason="project_twice", line=line, column="project_id", value=project.id)
        seen.add(project.id)
    if all(map(str.isascii, seen)):
        return
    looks: dict[str, str] = {}
    for project, (line, _) in zip(projects, facts, strict=True):
        if looks.setdefault(letters.look(project.id), project.id) != project.id:
            notes.add("alike", line, "project_id", project.id)


def _project(line: int, row: Mapping[str, str], cost: int, budget: Decimal, notes: Notes) -> Project:
    """Return the project of this row."""
    own = {"project_id", "cost", "name", "score", "category", "beneficiaries", "target", "latitude", "longitude"}
    area = next((column for column in AREA_COLUMNS if row.get(column)), "")
    conflicts = row.get("conflicts") or row.get("conflict") or ""
    latitude, longitude = _place(line, row, notes)
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
        latitude=latitude,
        longitude=longitude,
        withdrawn=row["cost"].split(".")[0] == WITHDRAWN and budget < Decimal(WITHDRAWN),
        more=more,
    )


def _parts(text: str) -> tuple[str, ...]:
    """Return the parts of a list with commas."""
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part)


def _place(line: int, row: Mapping[str, str], notes: Notes) -> tuple[float | None, float | None]:
    """Return latitude and longitude, None where there is none. What are no degrees is left out, both of them."""
    texts = [row.get(column, "") for column in ("latitude", "longitude")]
    degrees = [_degrees(text, limit) for text, limit in zip(texts, (90, 180), strict=True)]
    for text, found, column in zip(texts, degrees, ("latitude", "longitude"), strict=True):
        if found is None and text.lower() not in NO_PLACE:
            notes.add("coordinate", line, column, text)
            return None, None
    return degrees[0], degrees[1]


def _degrees(text: str, limit: int) -> float | None:
    """Return the coordinate, None if there is none within the limit."""
    try:
        degrees = float(text.replace(",", "."))
    except ValueError:
        return None
    return degrees if -limit <= degrees <= limit else None


def _places(number: Decimal) -> int:
    """Return how many decimal places the number has, zeros at the end not counted."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
