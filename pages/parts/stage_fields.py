"""The stages of a round as dates with bars, and what to watch out for in them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import cast

from core.phases import Dates
from core.rounds import Round
from pages.parts import date_input, dates
from pages.parts.date_input import DateRow, Field
from pages.parts.i18n import _, n_


def draw(
    round_: Round, prefix: str, *, at: datetime, locked: Collection[str], errors: dict[str, str], reset: object = 0
) -> Dates | None:
    """Draw the dates of a round, those `locked` to read; return what they are, None while a needed one is empty."""
    found = date_input.rows(
        f"{prefix}-dates",
        _rows(round_, at, locked, errors),
        zone=round_.timezone,
        label=_("Stages"),
        reset=reset,
    )
    needed = [found.get(name) for name in ("voting_from", "voting_until", "results_on")]
    if round_.dates.ideas_from or not round_.imported:
        needed += [found.get("ideas_from"), found.get("ideas_until")]
    if None in needed:
        return None
    return Dates(**cast(dict[str, datetime], found))


def length(plan: Dates) -> str:
    """Return how long the whole round takes until its results: „95 дни“."""
    first = plan.ideas_from or plan.voting_from
    return n_("{count} day", "{count} days", max(0, (plan.results_on - first).days))


def _rows(round_: Round, at: datetime, locked: Collection[str], errors: dict[str, str]) -> list[DateRow]:
    plan, zone = round_.dates, round_.timezone
    today = dates.local(at, zone).date()

    def field(name: str, label: str, *, timed: bool = False, end: bool = False) -> Field:
        value = getattr(plan, name)
        off = name in locked or round_.counted_at is not None
        least = _least(value, today, zone) if not round_.draft else None
        return Field(name, value, label, timed=timed, end=end, disabled=off, least=least)

    return [
        DateRow(
            "ideas",
            _("Ideas"),
            (field("ideas_from", _("from")), field("ideas_until", _("until"), end=True)),
            bar="plum",
            error=errors.get("ideas_from") or errors.get("ideas_until", ""),
        ),
        DateRow(
            "review",
            _("Review"),
            bar="plum",
            between=("ideas_until", "voting_from"),
            text=_("from the last idea to the first vote"),
        ),
        DateRow(
            "voting",
            _("Voting"),
            (field("voting_from", _("from"), timed=True), field("voting_until", _("until"), timed=True, end=True)),
            bar="lime",
            error=errors.get("voting_from") or errors.get("voting_until", ""),
        ),
        DateRow(
            "results",
            _("Results"),
            (field("results_on", _("on"), timed=True),),
            error=errors.get("results_on", ""),
        ),
        DateRow(
            "build",
            _("Making it happen"),
            (field("implementation_from", _("from")),),
            error=errors.get("implementation_from", ""),
        ),
    ]


def _least(value: datetime | None, today: date, zone: str) -> date:
    """Return the first day a published date may move to: never earlier than promised."""
    if value is None:
        return today
    return max(today, dates.local(value, zone).date())
