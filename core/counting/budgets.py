"""Budgets of categories or areas, around any rule: each part is counted on its own, with its own money.

A project belongs to the first of its categories (or to its area) that has a budget; projects of no such part share what
the named budgets leave. In each part those ballots are counted that name one of its projects. Source: cities that hold
one vote for all districts (Amsterdam's `budget_per_category` at https://pabulib.org/format).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.counting.allocation import Allocation
from core.counting.election import Instance, Profile, Project, RuleWrong

REST = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an election: its name (empty for the rest), projects, money and ballots."""

    name: str
    instance: Instance
    profile: Profile


def split(instance: Instance, profile: Profile, by: str, budgets: Mapping[str, int]) -> tuple[Part, ...]:
    """Return the parts `by` category or area. `budgets`: minor units by name; together at most the budget."""
    rest = instance.budget - _sum(budgets)
    if rest < 0:
        raise RuleWrong(rule="", setting="budgets", value=dict(budgets))
    if by not in ("category", "area"):
        raise RuleWrong(rule="", setting="parts", value=by)
    parts = []
    for name, budget in {**budgets, REST: rest}.items():
        projects = tuple(project for project in instance.projects if _part(project, by, budgets) == name)
        if projects:
            own = {project.id for project in projects}
            lot = tuple(project for project in instance.lot if project in own)
            parts.append(Part(name, replace(instance, projects=projects, budget=budget, lot=lot), _own(profile, own)))
    return tuple(parts)


def in_parts(
    count: Callable[..., Allocation],
    instance: Instance,
    profile: Profile,
    *,
    by: str,
    budgets: Mapping[str, int],
) -> Allocation:
    """Return one allocation of all parts, each counted by `count`; the steps stand part after part."""
    parts = split(instance, profile, by, budgets)
    # Without money and ballots a rule only says its settings: those of the whole, which then hold in every part.
    told = count(replace(instance, budget=0), profile.weighted(np.zeros_like(profile.weights)))
    found = [count(part.instance, part.profile, **dict(told.settings)) for part in parts]
    return Allocation(
        funded=tuple(project for allocation in found for project in allocation.funded),
        cost=sum(allocation.cost for allocation in found),
        steps=tuple(step for allocation in found for step in allocation.steps),
        unfunded=tuple(unfunded for allocation in found for unfunded in allocation.unfunded),
        ties=tuple(tie for allocation in found for tie in allocation.ties),
        rule=told.rule,
        settings=(*told.settings, ("parts", by), ("budgets", dict(budgets))),
        budget=instance.budget,
        ballots=profile.ballots,
    )


def _sum(budgets: object) -> int:
    """Return the money of all named parts. Raises RuleWrong unless there is an amount for each name."""
    amounts = budgets.values() if isinstance(budgets, Mapping) else ()
    if not isinstance(budgets, Mapping) or not all(type(amount) is int and amount >= 0 for amount in amounts):
        raise RuleWrong(rule="", setting="budgets", value=budgets)
    return sum(amounts)


def _part(project: Project, by: str, budgets: Mapping[str, int]) -> str:
    """Return the part that this project belongs to."""
    names = project.categories if by == "category" else (project.area,)
    return next((name for name in names if name in budgets), REST)


def _own(profile: Profile, ids: set[str]) -> Profile:
    """Return the ballots that name one of these projects, cut down to them."""
    kept = np.array([project in ids for project in profile.projects], bool)[profile.entries]
    lengths = np.bincount(profile.owners[kept], minlength=profile.classes)
    named = lengths > 0
    return Profile(
        profile.kind,
        profile.projects,
        np.concatenate(([0], np.cumsum(lengths[named]))),
        profile.entries[kept],
        profile.weights[named],
        None if profile.points is None else profile.points[kept],
    )
