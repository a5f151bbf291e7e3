"""The list of all rounds, with where each one stands and what waits in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.permissions import Action
from core.phases import Phase
from core.rounds import Round
from core.rounds.second_person import Pending
from pages.parts import dates, money, names, templates
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.parts.notices import Badge
from pages.rounds import rule_words
from pages.voting import ballot_types

_LOOKS = {
    Phase.preparation: ("edit_calendar", "in"),
    Phase.ideas: ("lightbulb", "pl"),
    Phase.review: ("fact_check", "pl"),
    Phase.voting: ("how_to_vote", "lm"),
    Phase.counting: ("schedule", "wa"),
    Phase.results: ("verified", "ok"),
    Phase.implementation: ("construction", "ok"),
}


def badge(round_: Round, at: datetime) -> Badge:
    """Return the mark that says where a round stands."""
    if round_.voided_at:
        return Badge(_("Void"), "block", "er")
    if round_.draft:
        return Badge(_("Draft"), "edit", "in")
    phase = round_.phase(at)
    icon, look = _LOOKS[phase]
    return Badge(names.phase(phase), icon, look)


def draw_list(rounds: Iterable[Round], waiting: Mapping[int, str], *, at: datetime) -> None:
    """Draw the rounds; `waiting` says for an id which action waits for a second person."""
    rows = [_row(round_, waiting.get(round_.id, ""), at) for round_ in rounds]
    templates.draw(
        "rounds/staff_rounds.html",
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
        if not one.ended
    }


def _asked(action: Action) -> str:
    return {
        Action.publish_round: _("publication"),
        Action.count: _("count"),
        Action.void_round: _("declaring it void"),
        Action.close_vote: _("close the ballot box"),
        Action.draw_ties: _("draw the public randomness"),
        Action.publish_result: _("publish the result"),
    }.get(action) or names.action(action)


def _row(round_: Round, waiting: str, at: datetime) -> dict[str, Any]:
    zone = round_.timezone
    first = round_.dates.ideas_from or round_.dates.voting_from
    return {
        "badge": badge(round_, at),
        "waiting": waiting,
        "mark": _("Demo") if round_.demo else "",
        "href": to("/studio", round=round_.slug),
        "title": templates.told(round_.titles),
        "text": dates.span(first, round_.dates.results_on, zone=zone, year=True),
        "amount": money.text(round_.budget, round_.currency),
    }


def view(known: Sequence[Round], at: datetime) -> dict[str, Any]:
    """Return the values of `imported_rows.html`."""
    return {"rows": [_imported_row(one, at) for one in known], "empty": _("Nothing has been imported yet.")}


def _imported_row(round_: Round, at: datetime) -> dict[str, Any]:
    facts = (
        str(dates.local(round_.dates.voting_from, round_.timezone).year),
        ballot_types.name(round_.ballot.type),
        rule_words.name(round_.rule, rule_words.settings_of(round_)),
        money.text(round_.budget, round_.currency),
    )
    ready = round_.result_published_at is not None
    return {
        "href": to("/results", round=round_.slug) if ready else to("/projects", round=round_.slug),
        "title": templates.told(round_.titles),
        "text": " · ".join(facts),
        "badge": Badge(_("Counted"), "verified", "ok") if round_.counted_at else badge(round_, at),
        "act": Link(to("/results", round=round_.slug), _("Results"))
        if ready
        else Link(to("/count", round=round_.slug), _("Count")),
    }


def plain(name: str) -> str:
    """Return a file's name without signs that Markdown would read."""
    return "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in name)[:80]
