"""What happens between the close of voting and the result: who does what next, and where to look meanwhile."""

from __future__ import annotations

from datetime import datetime

from core.rounds import Round
from pages.parts import dates
from pages.parts.badges import Point
from pages.parts.i18n import _
from pages.parts.links import Link, to


def steps(round: Round) -> list[Point]:
    """Return the steps from the last ballot to the result, as far as they have come."""
    closed = dates.until(round.dates.voting_until, zone=round.timezone)
    counted = round.counted_at is not None
    return [
        Point(_("Voting is closed"), "done", closed),
        Point(_start(round), "done" if counted else "now"),
        Point(_("Glas counts the ballots by the rule announced beforehand"), "done" if counted else "next"),
        Point(_("An organiser publishes the result"), "now" if counted else "next", _planned(round)),
    ]


def _start(round: Round) -> str:
    # An imported election is secret no more and decides nothing here, so one person is enough.
    return _("An organiser starts the count") if round.imported else _("Two organisers start the count together")


def when(round: Round, at: datetime) -> str:
    """Return when the result is expected; past that day, whom to ask."""
    if at <= round.dates.results_on:
        return _planned(round)
    if round.contact_email:
        return _(
            "The result was planned for {date}. Ask {email} how far it is.", date=_day(round), email=round.contact_email
        )
    return _("The result was planned for {date}. Ask the organisers how far it is.", date=_day(round))


def links(round: Round) -> list[Link]:
    """Return where to look while there is no result."""
    return [
        Link(to("/projects", round=round.slug), _("See the projects")),
        Link(to("/rules", round=round.slug), _("See the rules")),
    ]


def _planned(round: Round) -> str:
    return _("Results are planned for {date}.", date=_day(round))


def _day(round: Round) -> str:
    return dates.day(round.dates.results_on, zone=round.timezone)
