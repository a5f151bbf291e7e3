"""The way of a round in five stages, for the strip on its home page and the dates on its rules page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.phases import Phase
from core.rounds import Round
from pages.parts import dates
from pages.parts.i18n import _
from pages.rounds import voided


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a round: its name, when it is, and whether it is done, now or next."""

    name: str
    when: str
    state: str
    part: int | None = None  # percent of the current stage that has passed; None where nobody can tell


def stages(round_: Round, *, at: datetime) -> tuple[Stage, ...]:
    """Return the stages of `round` as they stand at a moment: five, or three if it collects no ideas of its own."""
    order, phase = list(Phase), round_.voided_in or round_.phase(at)
    found = []
    for phases, name, when, start, end in _rows(round_):
        state = "now" if phase in phases else "done" if order.index(phase) > order.index(phases[-1]) else "next"
        if round_.voided_at and state != "done":
            found.append(Stage(name, voided.since(round_) if state == "now" else "", "next"))
            continue
        found.append(Stage(name, when, state, _passed(start, end, at) if state == "now" else None))
    return tuple(found)


def title(round_: Round, shown: Sequence[Stage]) -> str:
    """Return „Етап 3 от 5“, or a plain title while no stage has begun or if the round is void."""
    if round_.voided_at:
        return _("How far this round came")
    for number, stage in enumerate(shown, start=1):
        if stage.state == "now":
            return _("Stage {number} of {all}", number=number, all=len(shown))
    return _("How this round goes")


_Row = tuple[tuple[Phase, ...], str, str, datetime | None, datetime | None]


def _rows(round_: Round) -> list[_Row]:
    """Return the phases, name, dates in words, start and end of each stage."""
    plan, zone = round_.dates, round_.timezone
    rows: list[_Row] = []
    if plan.ideas_from and plan.ideas_until:
        collecting = dates.span(plan.ideas_from, plan.ideas_until, zone=zone)
        checking = dates.span(plan.ideas_until, plan.voting_from, zone=zone)
        rows.append(((Phase.ideas,), _("Ideas"), collecting, plan.ideas_from, plan.ideas_until))
        rows.append(((Phase.review,), _("Review"), checking, plan.ideas_until, plan.voting_from))
    voting = dates.span(plan.voting_from, plan.voting_until, zone=zone)
    build = plan.implementation_from
    later = _("from {date}", date=dates.day(build, zone=zone)) if build else ""
    return [
        *rows,
        ((Phase.voting,), _("Voting"), voting, plan.voting_from, plan.voting_until),
        ((Phase.counting, Phase.results), _("Results"), dates.day(plan.results_on, zone=zone), None, None),
        ((Phase.implementation,), _("Making it happen"), later, None, None),
    ]


def _passed(start: datetime | None, end: datetime | None, at: datetime) -> int | None:
    if start is None or end is None or end <= start:
        return None
    return max(3, min(97, int(100 * ((at - start) / (end - start)))))
