"""What an allocation means for the voters: who got something, how much, and where the money goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from core.counting.allocation import Allocation
from core.counting.election import Instance, Profile, Project
from core.counting.market import utility_of
from core.counting.rules import RULES, allocate, suitable
from core.counting.support import supports

Labels = Mapping[str, tuple[tuple[str, ...], str]]  # categories and area of a project


@dataclass(frozen=True, slots=True)
class Share:
    """A category or an area: its part of the money spent, and of the support given on the ballots."""

    name: str
    spent: Fraction
    support: Fraction


@dataclass(frozen=True, slots=True)
class Measures:
    """An allocation from the voters' side."""

    served: Fraction  # share of voters with at least one funded project
    projects: Fraction  # funded projects that a voter supported, on average
    money: Fraction  # their cost, minor units, on average
    categories: tuple[Share, ...]
    areas: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One rule of a comparison."""

    rule: str
    settings: Mapping[str, Any]
    allocation: Allocation
    measures: Measures


def measures(instance: Instance, profile: Profile, allocation: Allocation) -> Measures:
    """Return what this allocation means for the voters of the profile."""
    funded = {project.id for project in allocation.funded}
    voters = max(profile.ballots, 1)
    hits = np.zeros(profile.classes, np.int64)
    votes: dict[str, int] = {}
    for project, support in zip(instance.projects, supports(instance, profile), strict=True):
        votes[project.id] = int(profile.weights[support.classes].sum())
        if project.id in funded:
            hits[support.classes] += 1
    won = [project for project in instance.projects if project.id in funded]
    return Measures(
        Fraction(int(profile.weights[hits > 0].sum()), voters),
        Fraction(sum(votes[project.id] for project in won), voters),
        Fraction(sum(votes[project.id] * project.cost for project in won), voters),
        _shares(instance.projects, funded, votes, lambda project: project.categories),
        _shares(instance.projects, funded, votes, lambda project: (project.area,) if project.area else ()),
    )


def compare(
    instance: Instance, profile: Profile, rules: Iterable[tuple[str, Mapping[str, Any]]]
) -> tuple[Compared, ...]:
    """Return what each of these rules, with its settings, makes of the same ballots."""
    found = []
    for rule, settings in rules:
        allocation = allocate(rule, instance, profile, **settings)
        found.append(Compared(allocation.rule, settings, allocation, measures(instance, profile, allocation)))
    return tuple(found)


def _shares(
    projects: Sequence[Project],
    funded: set[str],
    votes: Mapping[str, int],
    names_of: Callable[[Project], Sequence[str]],
) -> tuple[Share, ...]:
    """Return the shares of each name; a project of several names counts for each in equal parts."""
    spent: dict[str, Fraction] = {}
    given: dict[str, Fraction] = {}
    for project in projects:
        names = names_of(project)
        for name in names:
            part = Fraction(1, len(names))
            spent[name] = spent.get(name, Fraction(0)) + part * project.cost * (project.id in funded)
            given[name] = given.get(name, Fraction(0)) + part * votes[project.id]
    money, support = sum(spent.values()) or 1, sum(given.values()) or 1
    return tuple(Share(name, spent[name] / money, given[name] / support) for name in sorted(spent))


def labelled(instance: Instance, labels: Labels) -> Instance:
    """Return the instance with these categories and areas; what is not named stays."""
    none: tuple[tuple[str, ...], str] = ((), "")
    projects = []
    for project in instance.projects:
        categories, area = labels.get(project.id, none)
        projects.append(replace(project, categories=project.categories or categories, area=area or project.area))
    return replace(instance, projects=tuple(projects))


def candidates(profile: Profile) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the rules that a comparison sets beside each other, each with its settings as these ballots fill them."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name, rule in RULES.items():
        for settings in rule.beside:
            natural = {"utility": utility_of(profile)} if settings.get("utility") == "auto" else {}
            one = (name, {**settings, **natural})
            if one not in found:
                found.append(one)
    return found


def others(allocation: Allocation, profile: Profile) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the rules to compare a result with: those that suit the ballots, without the one that was used."""
    natural, fitting = utility_of(profile), suitable(profile.kind)
    return [
        (name, settings)
        for name, settings in candidates(profile)
        if name in fitting and not RULES[name].variant and settings.get("utility", natural) == natural
        if not same(allocation, name, settings)
    ]


def same(allocation: Allocation, rule: str, settings: Mapping[str, Any]) -> bool:
    """Return whether this is the rule, with its settings, of the allocation."""
    used = dict(allocation.settings)
    if rule == "greedy":
        # Greedy by what suits the ballots; what counts by one measure only is called greedy in files too.
        return "greedy" in RULES[allocation.rule].files
    return allocation.rule == rule and all(used.get(name) == _plain(value) for name, value in settings.items())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
