"""Dates and times in words, in the time zone of the town or of the round."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, get_timezone_location

from pages.parts.i18n import _, locale, n_, plain_spaces

_zone: ContextVar[str] = ContextVar("zone", default="Europe/Sofia")


# Where the visitor's own clock stands, as the browser says; "" where nobody looks on, as in a file.
_visitors: ContextVar[str] = ContextVar("visitors", default="")


def use_zone(name: str, visitors: str = "") -> None:
    """Let dates of this run or request be told in the time zone `name`; `visitors`: the one of the visitor."""
    _zone.set(name)
    _visitors.set(visitors)


def _elsewhere(at: datetime, zone: str | None) -> bool:
    """Return whether the visitor's clock shows another time at this moment."""
    try:
        own = ZoneInfo(_visitors.get())
    except (KeyError, ValueError, OSError):
        # None, or one that only the browser knows.
        return False
    return at.astimezone(own).utcoffset() != local(at, zone).utcoffset()


def in_zone(told: str, at: datetime, zone: str | None = None) -> str:
    """Return a time with whose clock it is by, where the visitor's shows another: „20:00 ч. (час в София)“."""
    if not _elsewhere(at, zone):
        return told
    city = get_timezone_location(zone or _zone.get(), locale=locale(), return_city=True)
    return _("{time} ({city} time)", time=told, city=city)


def local(at: datetime, zone: str | None = None) -> datetime:
    """Return a moment as the clock on the wall shows it."""
    return at.astimezone(ZoneInfo(zone or _zone.get()))


def _day(when: date | datetime, zone: str | None) -> date:
    return local(when, zone).date() if isinstance(when, datetime) else when


def day(when: date | datetime, *, zone: str | None = None, year: bool = False) -> str:
    """Return „29 ноември“, with `year` „29 ноември 2026 г.“."""
    if year:
        return plain_spaces(format_date(_day(when, zone), "long", locale=locale()))
    return format_skeleton("MMMMd", _day(when, zone), locale=locale())


def short(when: date | datetime, *, zone: str | None = None) -> str:
    """Return a day for an axis: „16.11“, "16 Nov"."""
    return format_skeleton("MMMd", _day(when, zone), locale=locale())


def weekday(when: date | datetime, *, zone: str | None = None) -> str:
    """Return „неделя, 29 ноември“."""
    return format_date(_day(when, zone), "EEEE, d MMMM", locale=locale())


def clock(at: datetime, *, zone: str | None = None) -> str:
    """Return „20:00 ч.“ / "20:00"."""
    return _("{time}", time=format_time(local(at, zone).time(), "HH:mm", locale=locale()))


def moment(at: datetime, *, zone: str | None = None, year: bool = False) -> str:
    """Return „29 ноември, 20:00 ч.“."""
    return f"{day(at, zone=zone, year=year)}, {clock(at, zone=zone)}"


def until(end: datetime, *, zone: str | None = None, year: bool = False) -> str:
    """Return the end of a period as people say it: midnight is the evening before, „29 ноември, 23:59 ч.“."""
    wall = local(end, zone)
    if wall.hour == wall.minute == wall.second == 0:
        told = f"{day(wall.date() - timedelta(days=1), year=year)}, {_('{time}', time='23:59')}"
    else:
        told = moment(end, zone=zone, year=year)
    return in_zone(told, end, zone)


def span(start: date | datetime, end: date | datetime, *, zone: str | None = None, year: bool = False) -> str:
    """Return „16–29 ноември“; the end of a period of moments is excluded, of days included."""
    first = _day(start, zone)
    last = _day(end - timedelta(microseconds=1), zone) if isinstance(end, datetime) else end
    last = max(first, last)
    if first == last:
        return day(first, year=year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last, year=year)}"
    return f"{day(first, year=year and first.year != last.year)} – {day(last, year=year)}"


def countdown(end: datetime, *, at: datetime) -> str:
    """Return what is left: „7 дни 3 ч“, in the last day „5 ч 12 мин“; empty once it is over."""
    left = end - at
    if left <= timedelta(0):
        return ""
    minutes = -(-int(left.total_seconds()) // 60)
    hours = minutes // 60
    if hours >= 24:
        days = n_("{count} day", "{count} days", hours // 24)
        return _("{days} {hours} h", days=days, hours=hours % 24) if hours % 24 else days
    if hours:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)
    return _("{minutes} min", minutes=minutes)
