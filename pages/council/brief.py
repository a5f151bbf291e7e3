"""What a council must see of a round, ready for its template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core.ideas.projects import Listed
from core.journal import Entry
from core.municipalities import Municipality
from core.results import Result
from core.rounds import Round
from core.tally import Turnout
from pages.ideas import cards
from pages.journal import words
from pages.parts import dates, money, names, templates
from pages.parts.i18n import _, n_, number
from pages.parts.links import to
from pages.results import result as result_view
from pages.rounds import advisory, overview, rule_words, voided

# The steps that a sitting wants to know about.
_DECISIVE = (
    "create_round", "publish_round", "extend_round", "count", "withdraw_project", "correct_words", "publish_result",
    "void_round", "import_election",
)  # fmt: skip


def view(
    round_: Round,
    result: Result | None,
    listed: Sequence[Listed],
    votes: Mapping[str, int],
    entries: Iterable[Entry],
    town: Municipality,
    *,
    facts: Iterable[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return the values of `brief.html`: what the decision rests on."""
    shown: dict[str, Any] = {"funded": [], "unfunded": [], "more": "", "votes_name": "", "strip": None}
    spent = unspent = ""
    if result is not None:
        shown = result_view.view(round_, result, listed, votes, town)
        spent = money.text(result.allocation.cost, round_.currency)
        unspent = money.text(round_.budget - result.allocation.cost, round_.currency)
    return {
        "turnout": _turnout(round_),
        "funded": [] if result is None else _funded(round_, result, listed, votes, town),
        "unfunded": shown["unfunded"],
        "more": shown["more"],
        "votes_name": shown["votes_name"],
        "strip": shown["strip"],
        "spent": spent,
        "unspent": unspent,
        "rule": _rule(round_, result, facts, shown.get("ties", ())),
        "lines": _lines(round_, entries),
        "journal": to("/journal", round=round_.slug),
        "fingerprint": (result.checksum or result.fingerprint) if result else "",
    }


def head(round_: Round, turnout: Turnout, result: Result | None, town: Municipality, *, at: datetime) -> dict[str, Any]:
    """Return the values of `brief_head.html`."""
    return {
        "town": templates.told(town.names),
        "title": templates.told(round_.titles),
        "status": overview.badge(round_, at),
        "sentence": sentence(round_, turnout, result),
    }


def figures(round_: Round, turnout: Turnout, result: Result | None) -> list[dict[str, str]]:
    """Return what a council asks first: ballots, turnout, projects, money."""
    found = [{"name": _("ballots"), "text": number(turnout.ballots)}]
    if round_.eligible_estimate:
        found.append({"name": _("turnout"), "text": templates.percent(turnout.ballots / round_.eligible_estimate)})
    if result is not None:
        found.append({"name": _("chosen projects"), "text": number(len(result.allocation.funded))})
        budget = money.text(round_.budget, round_.currency)
        spent = money.text(result.allocation.cost, round_.currency)
        found.append({"name": _("of {budget} allocated", budget=budget), "text": spent})
    return found


def sentence(round_: Round, turnout: Turnout, result: Result | None) -> str:
    """Return one sentence fit for a decision: who could vote, how many did, what was decided, for how much."""
    title = templates.told(round_.titles)
    if round_.voided_at:
        return _("The round '{title}' is void.", title=title) + " " + voided.text(round_)
    if result is None:
        return n_(
            "In the round '{title}' {count} ballot has been cast so far; there is no result yet.",
            "In the round '{title}' {count} ballots have been cast so far; there is no result yet.",
            turnout.ballots,
            title=title,
        )
    said = _outcome(round_, result, title)
    return " ".join(filter(None, (said, advisory.text(round_))))


def _outcome(round_: Round, result: Result, title: str) -> str:
    """Return what came of the vote."""
    facts: dict[str, Any] = {
        "title": title,
        "who": _who(round_),
        "period": dates.span(round_.dates.voting_from, round_.dates.voting_until, zone=round_.timezone, year=True),
        "projects": n_("{count} project was chosen", "{count} projects were chosen", len(result.allocation.funded)),
        "amount": money.text(result.allocation.cost, round_.currency),
        "budget": money.text(round_.budget, round_.currency),
        "rule": rule_words.name(result.rule, result.settings),
    }
    if not result.ballots:
        return _("In the round '{title}', open to {who}, nobody voted ({period}), so no project was funded.", **facts)
    if not result.allocation.funded:
        return n_(
            "In the round '{title}', open to {who}, {count} ballot was cast ({period}); "
            "by the rule '{rule}' no project could be funded from {budget}.",
            "In the round '{title}', open to {who}, {count} ballots were cast ({period}); "
            "by the rule '{rule}' no project could be funded from {budget}.",
            result.ballots,
            **facts,
        )
    return n_(
        "In the round '{title}', open to {who}, {count} ballot was cast ({period}); "
        "by the rule '{rule}' {projects} for {amount} of {budget}.",
        "In the round '{title}', open to {who}, {count} ballots were cast ({period}); "
        "by the rule '{rule}' {projects} for {amount} of {budget}.",
        result.ballots,
        **facts,
    )


def _who(round_: Round) -> str:
    if round_.age_min is None and round_.age_max is None:
        return _("everyone who was entitled")
    return names.people(round_.age_min, round_.age_max)


def _turnout(round_: Round) -> list[dict[str, str]]:
    """Return what the figures of turnout rest on."""
    if round_.eligible_estimate:
        source = templates.told(round_.eligible_source) or _("not stated")
        found = [
            {"name": _("Young people"), "text": _("about {total}", total=number(round_.eligible_estimate))},
            {"name": _("Source of this number"), "text": source},
        ]
    else:
        found = [{"name": _("Turnout"), "text": _("unknown: the number of young people is not stated")}]
    entry = _("with a participation code") if round_.code_required else _("anyone could join: advisory")
    if round_.imported:
        entry = _("imported, not cast here")
    found.append({"name": _("How voters were admitted"), "text": entry})
    return found


def _funded(
    round_: Round, result: Result, listed: Sequence[Listed], votes: Mapping[str, int], town: Municipality
) -> list[dict[str, str]]:
    by_code = {one.code: one for one in listed}
    return [
        {
            "title": templates.told(by_code[one.id].title) if one.id in by_code else one.name or one.id,
            "area": cards.area_name(town, by_code[one.id].area_id) if one.id in by_code else "",
            "votes": number(votes[one.id]) if one.id in votes else "",
            "cost": money.text(one.cost, round_.currency),
        }
        for one in result.allocation.funded
    ]


def _rule(
    round_: Round, result: Result | None, further: Iterable[Mapping[str, str]], ties: Iterable[str]
) -> dict[str, Any]:
    rule, settings = (result.rule, result.settings) if result else (round_.rule, rule_words.settings_of(round_))
    facts: list[dict[str, str]] = []
    if round_.published_at and not round_.imported:
        when = dates.day(round_.published_at, zone=round_.timezone, year=True)
        facts.append({"name": _("Announced"), "text": _("{date}, by two organisers", date=when)})
        when = dates.day(round_.dates.voting_from, zone=round_.timezone, year=True)
        facts.append({"name": _("Locked"), "text": _("from the first ballot on, {date} at the earliest", date=when)})
    if result:
        facts.append({"name": _("Counted"), "text": dates.moment(result.counted_at, zone=round_.timezone, year=True)})
    facts.append({"name": _("Tie-breaks"), "text": " ".join(ties) or (_("none") if result else "–")})
    facts.extend(map(dict, further))
    return {
        "name": rule_words.name(rule, settings),
        "text": " ".join(rule_words.lines(rule, settings)),
        "facts": facts,
    }


def _lines(round_: Round, entries: Iterable[Entry]) -> list[dict[str, str]]:
    """Return what was decided, the newest first: a step of two people once, with both of them."""
    asked: dict[str, str] = {}  # by whom last, by what
    both: dict[tuple[datetime, str], str] = {}
    lines: dict[tuple[datetime, str], dict[str, str]] = {}
    for one in entries:
        action, who = one.action.removeprefix("agree_"), words.who(one)
        if one.action.startswith("ask_"):
            asked[one.action.removeprefix("ask_")] = who
        if one.action.startswith("agree_") and (first := asked.get(action)):
            both[one.at, action] = _("asked for by {first}, agreed to by {second}", first=first, second=who)
        if action in _DECISIVE:
            lines[one.at, action] = {
                "when": dates.moment(one.at, zone=round_.timezone),
                "text": words.words(action),
                "who": both.get((one.at, action), who),
            }
    return list(reversed(lines.values()))
