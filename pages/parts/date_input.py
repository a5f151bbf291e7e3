"""Dates to fill in: the browser's own date and time fields, in rows with a bar each on a common time line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pages.parts.components import component
from pages.parts.i18n import _
from pages.parts.packed import packed

_MINUTE = timedelta(minutes=1)


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
    """Draw rows of dates; return what stands in them by field name. A new `reset` writes the given values anew."""
    start = {field.name: _written(field, zone) for row in shown for field in row.fields}
    data = {
        "label": label,
        "single": len(shown) == 1 and not shown[0].bar,
        "reset": str(reset),
        "words": {"to": _("until"), "day": _("day"), "hour": _("hour")},
        "rows": [_row(row, start) for row in shown],
    }
    found = component("date")(key=key, data=packed(data), default={"value": start}, on_value_change=lambda: None)
    typed: Mapping[str, Any] = found.get("value") or start
    fields = [field for row in shown for field in row.fields]
    return {field.name: _read(field, typed.get(field.name, start[field.name]), zone) for field in fields}


def one(key: str, label: str, value: date | None, *, disabled: bool = False, note: str = "") -> date | None:
    """Draw one labelled date; return what stands in it."""
    field = Field("day", value, disabled=disabled)
    found = rows(key, [DateRow("day", label, (field,), note=note)], label=label)["day"]
    return found if isinstance(found, date) else None


def _row(row: DateRow, start: Mapping[str, str]) -> dict[str, Any]:
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
        "error": row.error,
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
    try:
        wall = datetime.fromisoformat(str(text or ""))
    except ValueError:
        return None
    if not zone:
        return wall.date()
    if field.end and not field.timed:
        wall += timedelta(days=1)
    elif field.end and wall.time() == time(23, 59):
        wall += _MINUTE
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
