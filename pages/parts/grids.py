"""Tables of staff pages: Streamlit's data frame, beside it the same as an HTML table, and the same as a file.

A data frame is drawn on a canvas. Who cannot use one reads the HTML table; it is closed until somebody opens it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import streamlit as st

from core.texts import cleaned
from pages.parts import dates, money, tables, templates, visit
from pages.parts.i18n import n_, number
from pages.parts.text import plain
from pages.server import private_route

Cell = str | int | datetime | None
RENEWED = 60 * (private_route.MINUTES - 5)  # seconds after which a file is made anew, before it lapses

LATE = timedelta(seconds=5)  # after a press, for a slow line and a busy server


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cells hold, and whether they can be typed into. Money is in minor units."""

    name: str
    label: str
    kind: Literal["text", "number", "money", "time"] = "text"
    edit: bool = False
    most: int | None = None  # letters of a text
    width: Literal["small", "medium", "large"] | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: `title` tells what it holds, `file` is the name of its file without the ending."""

    title: str
    file: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    currency: str = "EUR"
    zone: str = "UTC"  # of moments
    links: Sequence[str] = ()  # one a row, for the first cell of the HTML table


def show_grid(grid: Grid) -> None:
    """Draw a table to look at, whose head sorts it, with what stands beside it."""
    st.dataframe(_data(grid), hide_index=True, column_config=_config(grid), placeholder="–", alt=grid.title, lazy=False)
    beside(grid)


def edit(grid: Grid, key: str, save: str) -> Mapping[int, Mapping[str, Any]] | None:
    """Draw a table to type into and a button `save`; return None until it is pressed, then what was changed.

    That is: row → name of the column → value, None if emptied. What was typed stays as long as `key` does.
    """
    st.data_editor(
        _data(grid),
        hide_index=True,
        column_config=_config(grid),
        disabled=[one.name for one in grid.columns if not one.edit],
        placeholder="–",
        alt=grid.title,
        key=key,
    )
    typed: Mapping[int, Mapping[str, Any]] = cleaned(st.session_state[key]["edited_rows"])
    pressed, handed = st.session_state.get(f"pressed-{key}", (None, None))
    # Who leaves a cell by pressing the button presses first: the browser tells of the cell 0.15 s later.
    late = pressed is not None and typed != handed and visit.at() - pressed < LATE
    if st.button(plain(save), type="primary", key=f"save-{key}") or late:
        st.session_state[f"pressed-{key}"] = (visit.at(), typed)
        return typed
    # What was handed over and is still there was refused, and whoever refused it says so.
    if typed and typed != handed:
        st.info(
            n_("{count} row is changed and not saved yet.", "{count} rows are changed and not saved yet.", len(typed))
        )
    return None


def csv(grid: Grid) -> str:
    """Return the table as a file in which no spreadsheet finds a formula."""
    rows = [[_filed(grid, one, cell) for one, cell in zip(grid.columns, row, strict=True)] for row in grid.rows]
    return tables.csv_text([_head(grid, one) for one in grid.columns], rows)


def words(grid: Grid, one: Column, cell: Cell) -> str:
    """Return a cell as the HTML table writes it."""
    if cell is None:
        return "–"
    if isinstance(cell, datetime):
        return dates.moment(cell, zone=grid.zone, year=True)
    if isinstance(cell, int):
        return money.text(cell, grid.currency) if one.kind == "money" else number(cell)
    return cell


def _filed(grid: Grid, one: Column, cell: Cell) -> object:
    if isinstance(cell, datetime):
        return _local(grid, cell).isoformat(" ", "seconds")
    return money.plain(cell, grid.currency) if one.kind == "money" and isinstance(cell, int) else cell


def _local(grid: Grid, at: datetime) -> datetime:
    """Return a moment by the clock on the wall, without a zone: browsers would move it to their own."""
    return at.astimezone(ZoneInfo(grid.zone)).replace(tzinfo=None)


def _head(grid: Grid, one: Column) -> str:
    return f"{one.label} ({grid.currency})" if one.kind == "money" else one.label


def _data(grid: Grid) -> dict[str, list[Any]]:
    return {one.name: [_shown(grid, one, row[at]) for row in grid.rows] for at, one in enumerate(grid.columns)}


def _shown(grid: Grid, one: Column, cell: Cell) -> object:
    if isinstance(cell, datetime):
        return _local(grid, cell)
    return money.major(cell, grid.currency) if one.kind == "money" and isinstance(cell, int) else cell


def _config(grid: Grid) -> dict[str, Any]:
    return {one.name: _column(grid, one) for one in grid.columns}


def _column(grid: Grid, one: Column) -> Any:
    head = _head(grid, one)
    if one.kind == "text":
        return st.column_config.TextColumn(head, max_chars=one.most, width=one.width)
    if one.kind == "time":
        return st.column_config.DatetimeColumn(head, format="DD.MM.YYYY HH:mm", width=one.width)
    # Numbers, so that they sort.
    written = f"%'{number(1_234)[1]},d"
    if one.kind == "money":
        at = grid.columns.index(one)
        written = money.cells((cell for row in grid.rows if isinstance(cell := row[at], int)), grid.currency)
    return st.column_config.NumberColumn(head, format=written, width=one.width)


def beside(grid: Grid) -> None:
    """Draw the file of a table, and the same as an HTML table."""
    templates.draw(
        "parts/plain_table.html",
        title=grid.title,
        heads=[(one.label, one.kind in ("number", "money")) for one in grid.columns],
        rows=[
            [
                (words(grid, one, cell), one.kind in ("number", "money"))
                for one, cell in zip(grid.columns, row, strict=True)
            ]
            for row in grid.rows
        ],
        links=grid.links,
        href=_address(grid),
        file=f"{grid.file}.csv",
    )


def _address(grid: Grid) -> str:
    """Return where the file lies: made anew when the table or the language has changed, or the old one lapses."""
    body, key, now = csv(grid).encode(), f"grid-{grid.file}", time.monotonic()
    kept: tuple[bytes, float, str] | None = st.session_state.get(key)
    if kept and kept[0] == body and now < kept[1] + RENEWED:
        return kept[2]
    if kept:
        private_route.forget(kept[2])
    address = private_route.keep(visit.visitor(), f"{grid.file}.csv", "text/csv", body)
    st.session_state[key] = (body, now, address)
    return address
