"""The count of a round in words: turnout so far, what happens next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.phases import Phase
from core.rounds import Round
from core.tally import Turnout
from pages.ideas.cards import Point
from pages.parts import dates, forms, templates
from pages.parts.i18n import _, number
from pages.parts.links import Link, to
from pages.rounds import choices, rule_words


def turnout_view(round_: Round, turnout: Turnout, at: datetime) -> dict[str, Any]:
    """Return the values of `count.html`."""
    most = max((count for _day, count in turnout.by_day), default=0)
    return {
        "bars": [
            {
                "day": dates.short(day),
                "count": number(count),
                "height": max(3, round_percent(count, most)),
            }
            for day, count in turnout.by_day[-31:]
        ],
        "bars_label": _("Votes by day"),
        "facts": _facts(round_, at),
        "next": _next(round_, at),
    }


def round_percent(part: int, whole: int) -> int:
    """Return a part of a whole as a whole percent."""
    return int(100 * part / whole + 0.5) if whole else 0


def figures(round_: Round, turnout: Turnout) -> list[dict[str, str]]:
    """Return the turnout so far."""
    found = [{"text": number(turnout.ballots), "name": _("ballots")}]
    if round_.eligible_estimate:
        share = templates.percent(turnout.ballots / round_.eligible_estimate)
        total = number(round_.eligible_estimate)
        found.append({"text": share, "name": _("turnout of about {total} young people", total=total)})
    return found


def _facts(round_: Round, at: datetime) -> list[dict[str, str]]:
    zone = round_.timezone
    rule = {"name": _("Counting rule"), "text": rule_words.name(round_.rule, rule_words.settings_of(round_))}
    # A file knows neither a planned day nor what was shown to whom.
    if round_.imported:
        return [rule]
    over = at >= round_.dates.voting_until
    shown = _("Shown meanwhile") if over else _("What is shown while people vote")
    return [
        {"name": _("Voting closes"), "text": dates.until(round_.dates.voting_until, zone=zone, year=True)},
        {"name": _("Results"), "text": dates.day(round_.dates.results_on, zone=zone, year=True)},
        rule,
        {"name": shown, "text": forms.name_of(choices.visibilities(), round_.visibility)},
    ]


def _next(round_: Round, at: datetime) -> list[str]:
    """Return what will happen, step by step."""
    phase = round_.phase(at)
    if round_.imported:
        return [
            _("You count it here by the rule of its file. It takes seconds, with many ballots a little longer."),
            _("The result is shown to everyone at once, marked as imported."),
        ]
    lines = []
    if phase in (Phase.preparation, Phase.ideas, Phase.review):
        lines.append(_("Voting opens by itself, at the hour that is set."))
    if phase is not Phase.counting:
        lines.append(_("Voting closes by itself. A ballot that arrives later is refused."))
    lines.append(_("Two organisers close the round: final root, public randomness, opening, count."))
    lines.append(_("You look at the result and the protocol, with every step of the count. Nobody else sees it yet."))
    lines.append(_("Two organisers publish it. From then on everyone sees it, and it stays."))
    return lines


def steps(round_: Round) -> list[Point]:
    """Return the steps from the last ballot to the result, as far as they have come."""
    closed = dates.until(round_.dates.voting_until, zone=round_.timezone)
    counted = round_.counted_at is not None
    return [
        Point(_("Voting is closed"), "done", closed),
        Point(_start(round_), "done" if counted else "now"),
        Point(_("Glas counts the ballots by the rule announced beforehand"), "done" if counted else "next"),
        Point(_publishes(round_), "now" if counted else "next", _planned(round_)),
    ]


def _start(round_: Round) -> str:
    # An imported election is secret no more and decides nothing here, so one person is enough.
    return _("An organiser starts the count") if round_.imported else _("Two organisers start the count together")


def _publishes(round_: Round) -> str:
    return _("An organiser publishes the result") if round_.imported else _("Two organisers publish the result")


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
