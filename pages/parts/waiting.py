"""What happens between the close of voting and the result: who does what next, and where to look meanwhile."""

from __future__ import annotations

from datetime import datetime

from core.rounds import Round
from pages.parts import dates
from pages.parts.badges import Point
from pages.parts.i18n import _
from pages.parts.links import Link, to


def steps(round_: Round) -> list[Point]:
    """Return the steps from the last ballot to the result, as far as they have come."""
    closed = dates.until(round_.dates.voting_until, zone=round_.timezone)
    counted = round_.counted_at is not None
    return [
        Point(_("Voting is closed"), "done", closed),
        Point(_start(round_), "done" if counted else "now"),
        Point(_("Glas counts the ballots by the rule announced beforehand"), "done" if counted else "next"),
        Point(_("An organiser publishes the result"), "now" if counted else "next", _planned(round_)),
    ]


def _start(round_: Round) -> str:
    # An imported election is secret no more and decides nothing here, so one person is enough.
    return _("An organiser starts the count") if round_.imported else _("Two organisers start the count together")


def when(round_: Round, at: datetime) -> str:
    """Return when the result is expected; past that day, whom to ask."""
    if at <= round_.dates.results_on:
        return _planned(round_)
    if round_.contact_email:
        return _(
            "The result was planned for {date}. Ask {email} how far it is.",
            date=_day(round_),
            email=round_.contact_email,
        )
    return _("The result was planned for {date}. Ask the organisers how far it is.", date=_day(round_))


def links(round_: Round) -> list[Link]:
    """Return where to look while there is no result."""
    return [
        Link(to("/projects", round=round_.slug), _("See the projects")),
        Link(to("/rules", round=round_.slug), _("See the rules")),
    ]


def _planned(round_: Round) -> str:
    return _("Results are planned for {date}.", date=_day(round_))


def _day(round_: Round) -> str:
    return dates.day(round_.dates.results_on, zone=round_.timezone)
