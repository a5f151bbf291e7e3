"""Every rule takes an instance and a profile and gives an allocation: pure, exact, repeatable, explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from inspect import signature
from typing import Any

from core.election import Allocation, Instance, Profile, RuleWrong
from core.rules.borda import borda
from core.rules.custom import custom
from core.rules.equal_shares import PRESETS, equal_shares
from core.rules.exclusive import exclusive
from core.rules.greedy import greedy
from core.rules.no_skip import no_skip
from core.rules.parts import in_parts
from core.rules.phragmen import phragmen
from core.rules.points import points
from core.rules.threshold import threshold

__all__ = ["NAMES", "PRESETS", "RULES", "Rule", "allocate", "rule_name"]

Rule = Callable[..., Allocation]

RULES: Mapping[str, Rule] = {
    "greedy": greedy,
    "greedy-threshold": threshold,
    "greedy-no-skip": no_skip,
    "greedy-custom": custom,
    "greedy-exclusive": exclusive,
    "greedy-borda": borda,
    "greedy-points": points,
    "equal-shares": equal_shares,
    "phragmen": phragmen,
}
NAMES: Mapping[str, str] = {
    "threshold": "greedy-threshold",
    "no-skip": "greedy-no-skip",
    "custom": "greedy-custom",
    "exclusive": "greedy-exclusive",
    "borda": "greedy-borda",
    "points": "greedy-points",
    "equalshares": "equal-shares",
    "mes": "equal-shares",
    "method-of-equal-shares": "equal-shares",
    "sequential-phragmen": "phragmen",
    "phragmén": "phragmen",
}


def rule_name(text: str) -> str:
    """Return our name of the rule that goes by this name, in a file or on a command line."""
    name = text.strip().lower().replace("_", "-").replace(" ", "-")
    name = NAMES.get(name, name)
    if name not in RULES:
        raise RuleWrong(rule=text)
    return name


def allocate(
    rule: str,
    instance: Instance,
    profile: Profile,
    *,
    parts: str | None = None,
    budgets: Mapping[str, int] | None = None,
    **settings: Any,
) -> Allocation:
    """Return the allocation by this rule. Settings that are not given are the rule's defaults.

    `parts` (category or area) and `budgets` by their names (minor units) count each part on its own.
    """
    name = rule_name(rule)
    counted = RULES[name]
    for setting in settings.keys() - signature(counted).parameters.keys():
        raise RuleWrong(rule=name, setting=setting, value=settings[setting])
    if parts is None and budgets is None:
        return counted(instance, profile, **settings)
    whole = partial(counted, **settings)
    return in_parts(whole, instance, profile, by=parts or "", budgets=budgets or {})
