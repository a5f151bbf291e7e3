"""The list of all rounds, with where each one stands and what waits in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.permissions import Action, Phase
from core.rounds import Round
from core.seconds import Pending
from pages.parts import dates, draw, money, phrases
from pages.parts.badges import Badge
from pages.parts.i18n import _
from pages.parts.links import to

_LOOKS = {
    Phase.preparation: ("edit_calendar", "in"),
    Phase.ideas: ("lightbulb", "pl"),
    Phase.review: ("fact_check", "pl"),
    Phase.voting: ("how_to_vote", "lm"),
    Phase.counting: ("schedule", "wa"),
    Phase.results: ("verified", "ok"),
    Phase.implementation: ("construction", "ok"),
}


def badge(round: Round, at: datetime) -> Badge:
    """Return the mark that says where a round stands."""
    if round.voided_at:
        return Badge(_("Void"), "block", "er")
    if round.draft:
        return Badge(_("Draft"), "edit", "in")
    phase = round.phase(at)
    icon, look = _LOOKS[phase]
    return Badge(phrases.phase(phase), icon, look)


def draw_list(rounds: Iterable[Round], waiting: Mapping[int, str], *, at: datetime) -> None:
    """Draw the rounds; `waiting` says for an id which action waits for a second person."""
    rows = [_row(round, waiting.get(round.id, ""), at) for round in rounds]
    draw.draw(
        "staff_rounds.html",
        rows=rows,
        label=_("All rounds"),
        empty=_("There is no round yet. Start the first one: it stays hidden until two organisers publish it."),
    )


def what_waits(pending: Mapping[int, Iterable[Pending]]) -> dict[int, str]:
    """Return, for rounds in which somebody waits for a second person, what for."""
    return {
        key: _("Waits for a second person: {action}", action=_asked(one.action))
        for key, requests in pending.items()
        for one in requests
    }


def _asked(action: Action) -> str:
    return {
        Action.publish_round: _("publication"),
        Action.count: _("count"),
        Action.void_round: _("declaring it void"),
    }.get(action) or phrases.action(action)


def _row(round: Round, waiting: str, at: datetime) -> dict[str, Any]:
    zone = round.timezone
    first = round.dates.ideas_from or round.dates.voting_from
    return {
        "badge": badge(round, at),
        "waiting": waiting,
        "mark": _("Demo") if round.demo else "",
        "href": to("/studio", round=round.slug),
        "title": draw.told(round.titles),
        "text": dates.span(first, round.dates.results_on, zone=zone, year=True),
        "amount": money.text(round.budget, round.currency),
    }
