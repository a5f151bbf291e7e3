"""Short cards of other rounds: what was decided in them, or what they wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.permissions import Phase
from core.results import Result
from core.rounds import Round
from pages.parts import dates, draw, money
from pages.parts.i18n import _, n_
from pages.parts.links import to


@dataclass(frozen=True, slots=True)
class RoundCard:
    """A round, as a card on the home page shows it."""

    title: str
    text: str
    href: str
    icon: str


def decided(round: Round, result: Result) -> RoundCard:
    """Return the card of a round whose result is published."""
    amount = money.text(result.allocation.cost, round.currency)
    text = n_(
        "{count} project for {amount}", "{count} projects for {amount}", len(result.allocation.funded), amount=amount
    )
    return RoundCard(draw.told(round.titles), text, to("/results", round=round.slug), "verified")


def other(round: Round, *, at: datetime) -> RoundCard:
    """Return the card of a round that is not decided yet."""
    zone, plan = round.timezone, round.dates
    if round.voided_at:
        return RoundCard(draw.told(round.titles), _("This round is void."), to("/", round=round.slug), "block")
    match round.phase(at):
        case Phase.preparation:
            day = dates.day(plan.ideas_from or plan.voting_from, zone=zone)
            text, icon = _("Starts on {date}", date=day), "edit_calendar"
        case Phase.ideas:
            day = dates.until(plan.ideas_until or plan.voting_from, zone=zone)
            text, icon = _("Collecting ideas until {date}", date=day), "lightbulb"
        case Phase.review:
            text, icon = _("Voting starts on {date}", date=dates.day(plan.voting_from, zone=zone)), "fact_check"
        case Phase.voting:
            text, icon = _("Voting until {date}", date=dates.until(plan.voting_until, zone=zone)), "how_to_vote"
        case _:
            text, icon = _("Results planned for {date}", date=dates.day(plan.results_on, zone=zone)), "schedule"
    return RoundCard(draw.told(round.titles), text, to("/", round=round.slug), icon)
