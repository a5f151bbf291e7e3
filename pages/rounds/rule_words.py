"""Counting rules in plain words: their name, how they work, and what decides between equals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from core.ballots.types import TYPES
from core.counting.election import RuleWrong
from core.counting.rules import RULES, rule_name
from core.counting.ties import DEFAULT, decisive
from core.rounds import Round
from pages.parts.i18n import _, n_

_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule in words: what it is called, and how it works in two or three sentences that stand alone.

    `advice`: of a rule that organisers are offered, what people do and what that brings, a sentence each.
    """

    name: str
    lines: list[str]
    advice: tuple[str, str] = ("", "")


def name(rule: str, settings: Mapping[str, Any] = _NONE) -> str:
    """Return what a rule is called, however its name is spelled; by points or places it has a name of its own."""
    return _entry(rule, settings).name


def lines(rule: str, settings: Mapping[str, Any] = _NONE) -> list[str]:
    """Return how a rule works, in two or three sentences that stand alone."""
    return _entry(rule, settings).lines


def settings_of(round_: Round) -> Mapping[str, Any]:
    """Return the settings of a round's rule; where none says it, its ballot says what support is counted by."""
    by = {"ordinal": "borda", "cumulative": "points"}.get(TYPES[round_.ballot.type].kind, "votes")
    stated = round_.rule_settings
    return {**stated, "by": by if stated.get("by", "auto") == "auto" else stated["by"]}


def advice(rule: str) -> tuple[str, str]:
    """Return what an organiser should know who chooses this rule: what people do, and what that brings."""
    return _entry(rule, _NONE).advice


def is_equal_shares(rule: str) -> bool:
    """Return whether a rule gives every voter an equal share of the money."""
    return _key(rule) == "equal-shares"


def by_places(rule: str) -> bool:
    """Return whether a rule counts points for places on the ballot."""
    return _key(rule) == "greedy-borda"


def _key(rule: str) -> str:
    """Return our name of a rule, whichever way it is spelled; of what is no rule, what was given."""
    try:
        return rule_name(rule)
    except RuleWrong:
        return rule


def _entry(rule: str, settings: Mapping[str, Any]) -> Entry:
    """Return the rule in words. An imported election may state none, or one that we do not know."""
    key = _key(rule)
    if found := _entries(settings).get(key):
        return found
    unstated = key in ("", "unknown")
    return Entry(_("Rule not stated") if unstated else key, [_("This rule is explained in the round's own documents.")])


def _entries(settings: Mapping[str, Any]) -> dict[str, Entry]:
    """Return all rules in words, each by its name in `core.counting.rules`."""
    by = settings.get("by")
    skipping = _("If the next one doesn't fit in what is left, we skip it and look further down.")
    stopping = _("When the next one doesn't fit in what is left, the count stops there.")
    by_votes = _("We sort the projects by votes and fund them from the top down.")
    by_points = _("We sort the projects by points and fund them from the top down.")
    by_point, by_place = _("Most points first"), _("Most points for places first")
    in_order = places(settings)
    score = _("Points are those that the city published for each project.")
    threshold = _("Only projects that reach the threshold take part in the count.")
    from_top = by_points if by in ("points", "borda", "score") else by_votes
    least = [threshold] if settings.get("threshold") else []
    first = [*in_order, *least] if by == "borda" else [score, *least] if by == "score" else least
    return {
        "greedy": Entry(
            by_place if by == "borda" else by_point if by in ("points", "score") else _("Most votes first"),
            [*first, from_top, skipping],
            (
                _("From the top down, as long as the money lasts."),
                _("Simple, but one large majority can take everything."),
            ),
        ),
        "greedy-threshold": Entry(_("Most votes first, above a threshold"), [threshold, from_top, skipping]),
        "greedy-no-skip": Entry(_("Most votes first, until one does not fit"), [*first, from_top, stopping]),
        "greedy-custom": Entry(
            _("Most votes first, until one does not fit (city's own order)"),
            [*first, _("We take the projects in the order that was published, from the top down."), stopping],
        ),
        "greedy-exclusive": Entry(
            _("Most votes first, one of those that exclude each other"),
            [*first, from_top, _("Of projects that exclude each other only the first is funded."), skipping],
        ),
        "greedy-borda": Entry(
            by_place,
            [*in_order, *least, by_points, skipping],
            (
                _("A first place brings most points, the last one least. Then from the top down."),
                _("Simple, and every place counts."),
            ),
        ),
        "greedy-points": Entry(by_point, [*least, by_points, skipping]),
        "equal-shares": Entry(
            _("Method of Equal Shares"),
            _equal_shares(settings),
            (_("Every vote carries an equal part of the money."), _("Smaller groups and villages get their part too.")),
        ),
        "phragmen": Entry(
            _("Sequential Phragmén"),
            [
                _("The supporters of a project carry its cost together, split evenly with all they carry already."),
                _("The project that leaves each of its supporters with least to carry goes first."),
                stopping,
            ],
        ),
    }


def places(settings: Mapping[str, Any]) -> list[str]:
    """Return what a place on a ballot brings: always the same, or – as in cities' files – by the ballot's length."""
    most = settings.get("places")
    same = _("A place always brings the same points, however many projects are ranked. What is not ranked gets none.")
    if isinstance(most, int):
        first = n_(
            "The first place on a ballot brings {count} point, each further place one point less.",
            "The first place on a ballot brings {count} points, each further place one point less.",
            most,
        )
        return [first, same]
    if most:
        first = _("The first place brings as many points as there are projects, each further place one point less.")
        return [first, same]
    return [
        _("The last place on a ballot brings 1 point, each place before it one point more."),
        _("So a ballot with one project gives it 1 point, and one with three gives its first project 3 points."),
    ]


def _equal_shares(settings: Mapping[str, Any]) -> list[str]:
    found = [
        _("We split the budget evenly, so everyone who votes gets the same share."),
        _("A project wins if its supporters can pay for it together from their shares. They pay equal parts."),
        _("The best buy for its supporters goes first. Who has paid has less for the next one."),
    ]
    completion = str(settings.get("completion", "add1"))
    if completion.startswith("add1"):
        found.append(_("If money is left, we raise the shares slightly and count again until the budget is used."))
    if completion.endswith("greedy"):
        found.append(_("What is still left goes to the projects with most votes that fit."))
    return found


def ties(settings: Mapping[str, Any], rule: str) -> list[str]:
    """Return what decides between projects that are equal, in order: as it is set, else as the rule does by itself."""
    key = _key(rule)
    try:
        first, *further = decisive(settings.get("ties") or RULES[key].defaults["ties"])
    except (KeyError, RuleWrong):  # an imported election may state a rule or an order that we do not know
        return [_("This rule is explained in the round's own documents.")]
    told = [_first_tie(key)[first]]
    for before, one in pairwise((first, *further)):
        again = _("If the cost is equal too, more votes decide.") if (before, one) == ("cost", "votes") else ""
        told.append(again or _further_tie()[one])
    return told


def drawn_order(settings: Mapping[str, Any]) -> str:
    """Return what the drawn order is for: what is asked before it, if anything is."""
    try:
        before = [key for key in decisive(settings.get("ties") or DEFAULT) if key != "lot"]
    except RuleWrong:
        before = []
    if not before:
        return _("Both together give this order; of equal projects the first one wins:")
    return _(
        "Both together give this order. It decides last, after: {keys}. Of projects that are still equal the first "
        "wins:",
        keys=", ".join(_value("ties", key) for key in before),
    )


def _first_tie(rule: str) -> dict[str, str]:
    """Return what is said of each key that decides first; what makes projects equal depends on the rule."""
    cheaper = {
        "equal-shares": _("If two projects are equally good a buy for their supporters, the cheaper one goes first."),
        "phragmen": _("If two projects leave their supporters with equally much to carry, the cheaper one goes first."),
    }
    return {
        "cost": cheaper.get(rule) or _("With equal support, the cheaper project goes first."),
        "votes": _("Of equal projects the one with more votes goes first."),
        "number": _("Of equal projects the one with the lower number goes first."),
        "lot": _("If projects are equal, a public draw decides: dice or a beacon, after the ballot box is closed."),
        "refuse": _("If projects are equal, the count stops and people decide."),
    }


def _further_tie() -> dict[str, str]:
    """Return what is said of each key that decides where those before it leave projects equal."""
    return {
        "cost": _("If they are still equal, the cheaper one goes first."),
        "votes": _("If they are still equal, more votes decide."),
        "number": _("If they are still equal, the one with the lower number goes first."),
        "lot": _("If they are still equal, a public draw decides: dice or a beacon, after the ballot box is closed."),
        "refuse": _("If they are still equal, the count stops and people decide."),
    }


def words(settings: Mapping[str, Any]) -> str:
    """Return all settings in one line; what has no words of its own stands as it was given."""
    return "; ".join(f"{_name(key)}: {_value(key, value)}" for key, value in settings.items()) or "–"


def _name(key: str) -> str:
    return {
        "by": _("support is counted by"),
        "utility": _("a project is worth to its supporters"),
        "threshold": _("least support"),
        "places": _("places that bring points, the first as many"),
        "completion": _("what is left of the money"),
        "step": _("step by which the shares are raised, in currency units"),
        "exhaustive": _("shares are raised until nothing more fits"),
        "start": _("share at the beginning"),
        "comparison": _("most votes first instead, if more voters prefer it"),
        "ties": _("equal projects are decided by"),
        "completion_ties": _("equal projects among the rest are decided by"),
        "parts": _("counted apart by"),
        "budgets": _("money of each part, in the smallest unit"),
    }.get(key, key)


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {number}" for name, number in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(_value(key, one) for one in value)
    if key == "utility" and value == "cost":
        return _("what it costs")
    return {
        "votes": _("votes"),
        "points": _("points"),
        "borda": _("places on the ballots"),
        "score": _("a published score"),
        "cost": _("lower cost"),
        "lot": _("the public draw"),
        "number": _("the project's number"),
        "refuse": _("people"),
        "projects": _("as many as there are projects"),
        "cardinality": _("the same, whatever it costs"),
        "none": _("stays"),
        "add1": _("raises the shares"),
        "greedy": _("goes to the projects with most votes that fit"),
        "add1-greedy": _("raises the shares, then goes to the projects with most votes that fit"),
        "fractional": _("exact to the fraction"),
        "integral": _("rounded down to whole units"),
        "area": _("area"),
        "category": _("topic"),
        0: "0",
    }.get(value, str(value))
