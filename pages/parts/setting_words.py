"""The settings of a counting rule in words, one for each, for the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pages.parts.i18n import _


def words(settings: Mapping[str, Any]) -> str:
    """Return all settings in one line; what has no words of its own stands as it was given."""
    return "; ".join(f"{_name(key)} – {_value(key, value)}" for key, value in settings.items()) or "–"


def _name(key: str) -> str:
    return {
        "by": _("support is counted by"),
        "utility": _("a project is worth to its supporters"),
        "threshold": _("least support"),
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
