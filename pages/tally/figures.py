"""Live figures: one JSON a round and language, made at most once a second however many look on."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from core import clock, municipalities, rounds, tally
from core.permissions import guest
from core.phases import Phase
from core.rounds import Round
from core.store import reading
from core.tally import LiveTally, Turnout
from pages.parts import dates, i18n
from pages.parts.i18n import _, n_, number
from pages.parts.templates import percent

SECONDS = 1.0
BARS = 31  # more days than that share a bar
MOST = 500  # rounds × languages


@dataclass(slots=True)
class Figures:
    """The bytes that every spectator gets, and until when they are fresh."""

    body: bytes
    etag: str
    until: float
    made_of: object = None


@dataclass(slots=True)
class _Place:
    figures: Figures | None = None
    lock: Lock = field(default_factory=Lock)


_places: dict[tuple[str, str], _Place] = {}


def fresh(slug: str, language: str) -> Figures | None:
    """Return the figures if they are no older than a second; costs nothing."""
    place = _places.get((slug, language))
    found = place.figures if place else None
    return found if found is not None and time.monotonic() < found.until else None


def figures(slug: str, language: str) -> Figures:
    """Return the figures of a round, made anew if they are old. Raises NotFound.

    One thread makes them; the others go on with the old ones meanwhile.
    """
    found = fresh(slug, language)
    if found is not None:
        return found
    place = _places.get((slug, language)) or _Place()
    if place.figures is not None and place.lock.locked():
        return place.figures
    with place.lock:
        if place.figures is None or time.monotonic() >= place.figures.until:
            place.figures = _made(slug, language, place.figures)
            if len(_places) >= MOST:
                _places.clear()
            # Only rounds that exist are kept, or any mistyped address would stay in memory.
            _places[slug, language] = place
        return place.figures


def forget() -> None:
    """Forget all figures, for tests."""
    _places.clear()


def _made(slug: str, language: str, before: Figures | None) -> Figures:
    at = clock.now()
    with reading() as session:
        town = municipalities.the_town(session)
        round_ = rounds.round_by_slug(session, slug, guest(town.id if town else 0))
        turnout = tally.turnout(session, round_.id)
        shown = tally.live(session, round_, at) if tally.visible(round_, at) else None
    until = time.monotonic() + SECONDS
    today = dates.local(at, round_.timezone).date()
    # The moment alone does not change a word, and the same bytes keep their tag.
    made_of = (turnout, shown and replace(shown, as_of=round_.dates.voting_from), today, round_, round_.phase(at))
    if before is not None and before.made_of == made_of:
        before.until = until
        return before
    with i18n.speaking(language):
        told = tell(round_, turnout, shown, today, round_.phase(at))
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return Figures(body, f'"{hashlib.sha256(body).hexdigest()[:20]}"', until, made_of)


def tell(round_: Round, turnout: Turnout, shown: LiveTally | None, today: date, phase: Phase) -> dict[str, Any]:
    """Return the figures in the current language."""
    return {
        "ballots": turnout.ballots,
        "number": number(turnout.ballots),
        "share": _share(turnout),
        "bars": bars(round_, turnout.by_day, today),
        "chart": _chart(turnout.by_day),
        "tally": _tally(shown, round_, phase) if shown else None,
    }


def _share(turnout: Turnout) -> str:
    """Return the percentage with its base, nothing where the base is not known."""
    if not turnout.eligible:
        return ""
    share = percent(turnout.ballots / turnout.eligible)
    return _("{share} of about {all}", share=share, all=number(turnout.eligible))


def _chart(by_day: Sequence[tuple[date, int]]) -> str:
    if not by_day:
        return _("Votes by day: none yet")
    (first, least), (last, most) = by_day[0], by_day[-1]
    if len(by_day) == 1:
        return _("Votes by day: {number} on {day}", number=number(least), day=dates.day(first))
    return _(
        "Votes by day: from {first} on {start} to {last} on {end}",
        first=number(least),
        start=dates.day(first),
        last=number(most),
        end=dates.day(last),
    )


def bars(round_: Round, by_day: Sequence[tuple[date, int]], today: date) -> list[dict[str, Any]]:
    """Return the bars from the first to the last day of voting; long votes share bars of several days."""
    zone = round_.timezone
    start = dates.local(round_.dates.voting_from, zone).date()
    end = dates.local(round_.dates.voting_until - timedelta(microseconds=1), zone).date()
    days = max(1, (end - start).days + 1)
    width = -(-days // BARS)
    count = dict(by_day)
    found = []
    for at in range(0, days, width):
        first, last = start + timedelta(days=at), min(end, start + timedelta(days=at + width - 1))
        ballots = sum(count.get(first + timedelta(days=more), 0) for more in range((last - first).days + 1))
        state = "left" if first > today else "now" if last >= today else "past"
        label = dates.short(first) if first == last else f"{dates.short(first)} – {dates.short(last)}"
        found.append({"label": label, "count": ballots, "number": number(ballots), "state": state})
    return found


def _tally(shown: LiveTally, round_: Round, phase: Phase) -> dict[str, Any]:
    winners = frozenset(shown.provisional or ())
    if not (shown.ballots or shown.final):
        return {"ballots": "", "state": _state(shown, round_, phase), "rows": [], "none": _first(shown, round_, phase)}
    return {
        "ballots": n_("{count} ballot counted", "{count} ballots counted", shown.ballots),
        "state": _state(shown, round_, phase),
        "rows": [[code, points, number(points), code in winners] for code, points in shown.supports],
    }


def _first(shown: LiveTally, round_: Round, phase: Phase) -> str:
    """Return when the first figures come, "" where the number of ballots does not tell."""
    if not shown.missing or phase is not Phase.voting or round_.voided_at is not None:
        return ""
    return n_(
        "The first figures come after {count} more ballot.",
        "The first figures come after {count} more ballots.",
        shown.missing,
    )


def _state(shown: LiveTally, round_: Round, phase: Phase) -> str:
    """Return what is to be said of the tally: void, final, opening, closing or running."""
    if round_.voided_at is not None:
        return "void"
    if shown.final:
        return "final"
    if not shown.ready:
        return "opening"
    return "running" if phase is Phase.voting else "closing"


def closes_in(round_: Round, at: datetime) -> tuple[int, str]:
    """Return the seconds to the next turn of the round and what turns then, (0, "") where nothing does by itself."""
    turn, words = (
        round_.next_change(at),
        {
            Phase.preparation: _("until it begins: {date}"),
            Phase.ideas: _("for ideas: until {date}"),
            Phase.review: _("until voting: {date}"),
            Phase.voting: _("left: until {date}"),
        }.get(round_.phase(at)),
    )
    if turn is None or words is None:
        return 0, ""
    return round_.seconds_left(at), words.format(date=dates.until(turn, zone=round_.timezone))
