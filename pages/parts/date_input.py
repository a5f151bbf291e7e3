"""Dates to fill in: the browser's own date and time fields, in rows with a bar each on a common time line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from pages.parts.components import component
from pages.parts.i18n import _
from pages.parts.packed import packed

_MINUTE = timedelta(minutes=1)
# The years that a date may have.
YEARS = (1990, 2100)


@dataclass(frozen=True, slots=True)
class Field:
    """One date, with `timed` also its hour. `label` tells screen readers which one of the row it is."""

    name: str
    value: date | datetime | None
    label: str = ""
    timed: bool = False
    end: bool = False  # the end of a period: its last minute is shown, the moment after it is kept
    disabled: bool = False
    least: date | None = None


@dataclass(frozen=True, slots=True)
class DateRow:
    """One row: a name, its dates, and the look of its bar ("plum", "lime" or none)."""

    name: str
    label: str
    fields: tuple[Field, ...] = ()
    bar: str = ""
    between: tuple[str, str] | None = None  # a row without dates of its own lies between two others
    text: str = ""
    note: str = ""
    error: str = ""


def rows(
    key: str, shown: Sequence[DateRow], *, zone: str = "", label: str = "", reset: object = 0
) -> dict[str, date | datetime | None]:
    """Draw rows of dates; return what stands in them by field name, None for what is empty or refused.

    A new `reset` writes the given values anew. `problems` tells which are refused: that is told in their row.
    """
    start = _start(key, shown, zone)
    data = {
        "label": label,
        "single": len(shown) == 1 and not shown[0].bar,
        "reset": str(reset),
        "words": {"to": _("until"), "day": _("day"), "hour": _("hour")},
        "rows": [_row(row, start, _wrong(row, _typed(key, start), zone)) for row in shown],
    }
    component("date")(key=key, data=packed(data), default={"value": start}, on_value_change=lambda: None)
    typed = _typed(key, start)
    fields = [field for row in shown for field in row.fields]
    return {field.name: _read(field, typed[field.name], zone) for field in fields}


def problems(key: str, shown: Sequence[DateRow], zone: str = "") -> dict[str, str]:
    """Return why dates are refused, by name; those that are not are left out."""
    typed = _typed(key, _start(key, shown, zone))
    fields = [field for row in shown for field in row.fields]
    return {one.name: why for one in fields if (why := _problem(one, typed[one.name], zone))}


def carry_over(old: str, new: str) -> None:
    """Take what was typed in the rows of the key `old` along to those of `new`, which start from newer values."""
    starts: Mapping[str, str] = st.session_state.get(f"{old}|starts", {})
    typed = _typed(old, starts)
    st.session_state[f"{new}|carried"] = {name: (typed[name], at) for name, at in starts.items() if typed[name] != at}


def theirs(key: str, shown: Sequence[DateRow], zone: str = "") -> dict[str, str]:
    """Return the dates that somebody else has changed meanwhile, where another one was typed here."""
    carried: Mapping[str, tuple[str, str]] = st.session_state.get(f"{key}|carried", {})
    start, now = {one.name: _written(one, zone) for row in shown for one in row.fields}, _start(key, shown, zone)
    typed = _typed(key, now)
    return {
        name: start[name]
        for name, (_mine, before) in carried.items()
        if name in start and start[name] not in (before, typed[name])
    }


def _start(key: str, shown: Sequence[DateRow], zone: str) -> dict[str, str]:
    """Return what the fields show at first: what is kept, or what was typed before somebody else changed that."""
    kept = {field.name: _written(field, zone) for row in shown for field in row.fields}
    st.session_state.setdefault(f"{key}|starts", kept)
    carried: Mapping[str, tuple[str, str]] = st.session_state.get(f"{key}|carried", {})
    free = {field.name for row in shown for field in row.fields if not field.disabled}
    return kept | {name: mine for name, (mine, _before) in carried.items() if name in free}


def _typed(key: str, start: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in the fields, of which the browser has told the newest state before the page is drawn."""
    told: Mapping[str, Any] = (st.session_state.get(key) or {}).get("value") or {}
    return {name: str(told.get(name, value) or "") for name, value in start.items()}


def _wrong(row: DateRow, typed: Mapping[str, str], zone: str) -> str:
    """Return why what was typed in a row is refused, "" if it is not."""
    return next(filter(None, (_problem(field, typed[field.name], zone) for field in row.fields)), "")


def _problem(field: Field, text: str, zone: str) -> str:
    """Return why a date or a time cannot be: another year, or a time that its day does not have, or has twice."""
    if not text or text == _written(field, zone):
        return ""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return _("There is no such date. Check the day, the month and the year.")
    first, last = YEARS
    if not first <= wall.year <= last:
        return _("Check the year: it must be from {first} to {last}.", first=str(first), last=str(last))
    if not zone or not field.timed:
        return ""
    place = ZoneInfo(zone)
    early, late = (wall.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1))
    if early == late:
        return ""
    there = wall.replace(tzinfo=place).astimezone(ZoneInfo("UTC")).astimezone(place).replace(tzinfo=None) == wall
    time_ = _("{time}", time=wall.strftime("%H:%M"))
    if there:
        return _("On this day {time} comes twice, for the clock goes back. Take an hour earlier or later.", time=time_)
    return _("On this day there is no {time}, for the clock goes forward. Take an hour earlier or later.", time=time_)


def one(
    key: str, label: str, value: date | None, *, disabled: bool = False, note: str = "", error: str = ""
) -> date | None:
    """Draw one labelled date; return what stands in it."""
    field = Field("day", value, disabled=disabled)
    found = rows(key, [DateRow("day", label, (field,), note=note, error=error)], label=label)["day"]
    return found if isinstance(found, date) else None


def _row(row: DateRow, start: Mapping[str, str], wrong: str) -> dict[str, Any]:
    fields = []
    for field in row.fields:
        day, _mark, hour = start[field.name].partition("T")
        fields.append(
            {
                "name": field.name,
                "label": field.label,
                "value": day,
                "time": (hour or "00:00") if field.timed else "",
                "disabled": field.disabled,
                "min": field.least.isoformat() if field.least else "",
            }
        )
    return {
        "name": row.name,
        "label": row.label,
        "fields": fields,
        "bar": row.bar,
        "between": list(row.between) if row.between else None,
        "text": row.text,
        "note": row.note,
        "error": wrong or row.error,
    }


def _written(field: Field, zone: str) -> str:
    """Return a value as the fields hold it: `2026-11-29` or `2026-11-29T20:00`, on the clock of the round."""
    value = field.value
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return value.isoformat()
    wall = value.astimezone(ZoneInfo(zone))
    if field.end and (not field.timed or wall.time() == time()):
        wall -= _MINUTE
    return wall.strftime("%Y-%m-%dT%H:%M" if field.timed else "%Y-%m-%d")


def _read(field: Field, text: object, zone: str) -> date | datetime | None:
    """Return the date or moment that was typed, None if it is empty or no date.

    Untouched, it is the given one: the fields show no seconds, and leaving them alone changes nothing.
    """
    if isinstance(field.value, datetime) and text == _written(field, zone):
        return field.value
    if not text or _problem(field, str(text), zone):
        return None
    wall = datetime.fromisoformat(str(text))
    if not zone:
        return wall.date()
    if field.end and not field.timed:
        wall += timedelta(days=1)
    elif field.end and wall.time() == time(23, 59):
        wall += _MINUTE
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
