"""How the way of an idea ends: on the ballot, counted, chosen or not, being made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.ideas import Idea
from core.ideas.projects import Listed
from core.phases import Phase
from core.results import Result
from core.rounds import Round
from pages.ideas import cards
from pages.ideas.cards import Card, Point
from pages.parts import dates
from pages.parts.i18n import _
from pages.parts.notices import Badge


def mark(project: Listed | None, result: Result | None) -> Badge | None:
    """Return the mark of an idea whose round is decided: what became of its project; None of any other."""
    if project is None or result is None or project.withdrawn:
        return None
    return cards.chosen_mark(_chosen(project, result))


def _chosen(project: Listed, result: Result) -> bool:
    return any(one.id == project.code for one in result.allocation.funded)


def marked(
    drawn: Sequence[Card], shown: Sequence[Idea], on_list: Sequence[Listed], result: Result | None
) -> list[Card]:
    """Return the cards of ideas, in a decided round with what became of each."""
    project = {one.idea_id: one for one in on_list}
    return [
        replace(card, badge=mark(project.get(idea.id), result) or card.badge)
        for card, idea in zip(drawn, shown, strict=True)
    ]


def to_the_end(
    way: Sequence[Point], project: Listed | None, round_: Round, result: Result | None, *, at: datetime
) -> tuple[Point, ...]:
    """Return a way whose last point is the ballot, with all that came and comes after it."""
    if project is None or project.withdrawn or round_.voided_at:
        return tuple(way)
    zone, phase = round_.timezone, round_.phase(at)
    ballot = replace(way[-1], when=dates.span(round_.dates.voting_from, round_.dates.voting_until, zone=zone))
    planned = _("planned for {date}", date=dates.day(round_.dates.results_on, zone=zone))
    if result is None and phase is not Phase.counting:
        return (*way[:-1], ballot, Point(_("Result"), "next", planned))
    ballot = replace(ballot, state="done")
    if result is None:
        return (*way[:-1], ballot, Point(_("The votes are being counted"), "now", planned))
    funded = _chosen(project, result)
    day = dates.day(round_.result_published_at or at, zone=zone, year=True)
    decided = Point(cards.chosen_mark(funded).text, "now", day)
    if not funded:
        return (*way[:-1], ballot, decided)
    build = round_.dates.implementation_from
    later = _("from {date}", date=dates.day(build, zone=zone)) if build else ""
    if phase is Phase.implementation:
        return (*way[:-1], ballot, replace(decided, state="done"), Point(_("Making it happen"), "now", later))
    return (*way[:-1], ballot, decided, Point(_("Making it happen"), "next", later))
