"""Budgets of categories or areas, around any rule: each part is counted on its own, with its own money.

A project belongs to the first of its categories (or to its area) that has a budget; projects of no such part share what
the named budgets leave. In each part those ballots are counted that name one of its projects. Source: cities that hold
one vote for all districts (Amsterdam's `budget_per_category` at https://pabulib.org/format).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.election import Allocation, Instance, Profile, Project, RuleWrong

REST = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an election: its name (empty for the rest), projects, money and ballots."""

    name: str
    instance: Instance
    profile: Profile


def split(instance: Instance, profile: Profile, by: str, budgets: Mapping[str, int]) -> tuple[Part, ...]:
    """Return the parts `by` category or area. `budgets`: minor units by name; together at most the budget."""
    if by not in ("category", "area"):
        raise RuleWrong(rule="parts", setting="by", value=by)
    rest = instance.budget - sum(budgets.values())
    if rest < 0 or min(budgets.values(), default=0) < 0:
        raise RuleWrong(rule="parts", setting="budgets", value=dict(budgets))
    parts = []
    for name, budget in {**budgets, REST: rest}.items():
        projects = tuple(project for project in instance.projects if _part(project, by, budgets) == name)
        if projects:
            own = {project.id for project in projects}
            lot = tuple(project for project in instance.lot if project in own)
            parts.append(Part(name, replace(instance, projects=projects, budget=budget, lot=lot), _own(profile, own)))
    return tuple(parts)


def in_parts(
    count: Callable[[Instance, Profile], Allocation],
    instance: Instance,
    profile: Profile,
    *,
    by: str,
    budgets: Mapping[str, int],
) -> Allocation:
    """Return one allocation of all parts, each counted by `count`; the steps stand part after part."""
    found = [count(part.instance, part.profile) for part in split(instance, profile, by, budgets)]
    cost = sum(allocation.cost for allocation in found)
    own = dict(found[0].settings) if found else {}
    return Allocation(
        funded=tuple(project for allocation in found for project in allocation.funded),
        cost=cost,
        steps=tuple(step for allocation in found for step in allocation.steps),
        unfunded=tuple(unfunded for allocation in found for unfunded in allocation.unfunded),
        ties=tuple(tie for allocation in found for tie in allocation.ties),
        rule=found[0].rule if found else "",
        settings=(*own.items(), ("parts", by), ("budgets", dict(budgets))),
        budget=instance.budget,
        ballots=profile.ballots,
    )


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
