"""Counting rules in plain words: their name, how they work, and what decides between equals."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pages.parts import phrases
from pages.parts.i18n import _

_NONE: Mapping[str, Any] = MappingProxyType({})


def name(rule: str, settings: Mapping[str, Any] = _NONE) -> str:
    """Return what a rule is called; by points it has a name of its own."""
    if _key(rule) == "greedy-points" or (rule == "greedy" and settings.get("by") in ("points", "borda")):
        return _("Most points first")
    return phrases.rule(_key(rule))


def _key(rule: str) -> str:
    """Return the key by which a rule is worded, whichever way its name is spelled."""
    plain = rule.replace("_", "-")
    return {
        "equal-shares": "equalshares",
        "mes": "equalshares",
        "borda": "greedy-borda",
        "points": "greedy-points",
    }.get(plain, plain)


def lines(rule: str, settings: Mapping[str, Any] = _NONE) -> list[str]:
    """Return how a rule works, in two or three sentences that stand alone."""
    skipping = _("If the next one doesn't fit in what is left, we skip it and look further down.")
    stopping = _("When the next one doesn't fit in what is left, the count stops there.")
    from_top = _("We sort the projects by votes and fund them from the top down.")
    if settings.get("by") in ("points", "borda") or _key(rule) in ("greedy-borda", "greedy-points"):
        from_top = _("We sort the projects by points and fund them from the top down.")
    places = _("The first place on a ballot brings most points, each further place one point less.")
    ranked = [places] if settings.get("by") == "borda" or _key(rule) == "greedy-borda" else []
    return {
        "equalshares": _equal_shares(settings),
        "greedy": [*ranked, from_top, skipping],
        "greedy-borda": [places, from_top, skipping],
        "greedy-points": [from_top, skipping],
        "greedy-threshold": [_("Only projects that reach the threshold take part in the count."), from_top, skipping],
        "greedy-no-skip": [from_top, stopping],
        "greedy-custom": [_("We take the projects in the order that was published, from the top down."), stopping],
        "greedy-exclusive": [from_top, _("Of projects that exclude each other only the first is funded."), skipping],
    }.get(_key(rule), [_("This rule is explained in the round's own documents.")])


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


def ties(settings: Mapping[str, Any]) -> list[str]:
    """Return what decides between projects that are equal, in order."""
    order = settings.get("ties") or ("cost", "votes", "lot")
    if isinstance(order, str):
        order = (order,)
    words = {
        "cost": _("With equal support, the cheaper project goes first."),
        "votes": _("If the cost is equal too, more votes decide."),
        "lot": _("If they are still equal, a public draw decides: dice or a beacon, after the ballot box is closed."),
        "refuse": _("If they are still equal, the count stops and people decide."),
    }
    return [words[key] for key in order if key in words]
