"""Every rule takes an instance and a profile and gives an allocation: pure, exact, repeatable, explained.

Why this way: a rule is a plain function of values, so an auditor counts at home with the same lines as the server. It
gives back its settings complete, with defaults and what it chose by itself, so that an allocation says how to get it
again: `allocate(found.rule, instance, profile, **dict(found.settings)) == found`. Cities differ in such settings more
than in rules: of 897 small elections the choice of utility changed 311 outcomes, the stop of Add1 98.
What else was tried: a class for each rule, with steps to override. Nine classes shared one walk, and a reader had to
follow two of them to see what a rule does.
Units: money in minor units of the currency (`int`), shares and prices exact (`Fraction`), a lot in `Instance.lot`.
Sources: the modules name theirs; the names in files are those of https://pabulib.org/format.

May import: `counting`.
Begin with: `RULES`, then `greedy`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from inspect import signature
from typing import Any

from core.counting import withdrawn
from core.counting.allocation import Allocation
from core.counting.budgets import in_parts
from core.counting.election import POINTED, Instance, Kind, Profile, RuleWrong
from core.counting.rules.equal_shares import PRESETS, equal_shares
from core.counting.rules.greedy import greedy
from core.counting.rules.greedy_variants import borda, custom, exclusive, no_skip, points, threshold
from core.counting.rules.phragmen import phragmen

ALL: tuple[Kind, ...] = ("approval", "ordinal", *POINTED)


@dataclass(frozen=True)  # not slotted: its defaults are looked up once
class Rule:
    """A rule as it is registered: how it counts, which ballots it suits, what others call it.

    `files`: what Pabulib calls it, with the settings that a name stands for where they are not the defaults.
    `beside`: the settings with which a comparison sets it beside others, none: it stands in no comparison.
    `variant`: of a rule that stands there already; who looks at a result need not see it, who compares rules does.
    """

    count: Callable[..., Allocation]
    suits: tuple[Kind, ...] = ALL
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    beside: tuple[Mapping[str, Any], ...] = ()
    variant: bool = False

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """Return every setting that the rule takes, with its default."""
        taken = signature(self.count).parameters.values()
        return {setting.name: setting.default for setting in taken if setting.kind is setting.KEYWORD_ONLY}


RULES: dict[str, Rule] = {
    "greedy": Rule(greedy, files={"greedy": {}}, beside=({},)),
    "greedy-threshold": Rule(threshold, files={"greedy-threshold": {}}, aliases=("threshold",)),
    "greedy-no-skip": Rule(no_skip, files={"greedy-no-skip": {}}, aliases=("no-skip",), beside=({},), variant=True),
    "greedy-custom": Rule(custom, files={"greedy-custom": {}}, aliases=("custom",)),
    "greedy-exclusive": Rule(exclusive, files={"greedy-exclusive": {}}, aliases=("exclusive",)),
    "greedy-borda": Rule(borda, ("ordinal",), {"greedy": {}}, ("borda",)),
    "greedy-points": Rule(points, POINTED, {"greedy": {}}, ("points",)),
    "equal-shares": Rule(
        equal_shares,
        files={
            "equalshares": {"completion": "none"},
            "equalshares-comparison": {"completion": "none", "comparison": True},
            "equalshares/add1": {},
            "equalshares/add1-comparison": {"comparison": True},
        },
        aliases=("equalshares", "mes", "method-of-equal-shares"),
        beside=(PRESETS["official"], PRESETS["compute-tool"], {**PRESETS["official"], "utility": "auto"}),
    ),
    "phragmen": Rule(phragmen, ("approval",), aliases=("sequential-phragmen", "phragmén"), beside=({},)),
}
NAMES: Mapping[str, str] = {alias: name for name, rule in RULES.items() for alias in rule.aliases}


def rule_name(text: str) -> str:
    """Return our name of the rule that goes by this name, in a file or on a command line."""
    name = text.strip().lower().replace("_", "-").replace(" ", "-")
    name = NAMES.get(name, name)
    if name not in RULES:
        raise RuleWrong(rule=text)
    return name


def suitable(kind: Kind) -> tuple[str, ...]:
    """Return the rules that make use of what this kind of ballot says."""
    return tuple(name for name, rule in RULES.items() if kind in rule.suits)


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

    `parts` (category or area) and `budgets` by their names (minor units) count each part on its own. What is withdrawn is
    passed over: the count runs over the election without it.
    """
    name = rule_name(rule)
    known = RULES[name]
    for setting in settings.keys() - known.defaults.keys():
        raise RuleWrong(rule=name, setting=setting, value=settings[setting])
    counted = partial(known.count, **settings)
    left, ballots = withdrawn.standing(instance, profile)
    if parts is None and budgets is None:
        found = counted(left, ballots)
    else:
        found = in_parts(counted, left, ballots, by=parts or "", budgets={} if budgets is None else budgets)
    return withdrawn.told(instance, profile, found)
