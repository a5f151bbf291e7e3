"""Withdrawn after the vote: a project keeps its ballots' word and is passed over, whatever the rule.

What is counted is the election without it: without the project, and with its name taken out of every ballot. So every
rule knows it, a file without it gives the same winners, and nobody's other choices lose by it – in a ranking those
behind it move up. A ballot that named nothing else stays as an empty one: its voter has voted, so shares of the budget
and thresholds in percent are what they were.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.counting.allocation import Allocation, Unfunded
from core.counting.election import Instance, Profile
from core.counting.support import votes


def standing(instance: Instance, profile: Profile) -> tuple[Instance, Profile]:
    """Return the election without what is withdrawn; the very same where nothing is."""
    return leaving_out(instance, profile, frozenset(project.id for project in instance.projects if project.withdrawn))


def leaving_out(instance: Instance, profile: Profile, gone: frozenset[str]) -> tuple[Instance, Profile]:
    """Return the election without these projects."""
    if not gone:
        return instance, profile
    projects = tuple(project for project in instance.projects if project.id not in gone)
    left = replace(instance, projects=projects, lot=tuple(code for code in instance.lot if code not in gone))
    return left, without(profile, gone)


def without(profile: Profile, gone: frozenset[str]) -> Profile:
    """Return the ballots without these projects; classes stay apart, also where they say the same now."""
    places = [place for place, code in enumerate(profile.projects) if code in gone]
    stays = ~np.isin(profile.entries, places)
    lengths = np.bincount(profile.owners[stays], minlength=profile.classes)
    starts = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    points = None if profile.points is None else profile.points[stays]
    return Profile(profile.kind, profile.projects, starts, profile.entries[stays], profile.weights, points)


def told(instance: Instance, profile: Profile, counted: Allocation) -> Allocation:
    """Return what was counted without them with the withdrawn ones told, last, each with the ballots that name it."""
    named = zip(instance.projects, votes(instance, profile), strict=True)
    gone = tuple(Unfunded(one.id, "withdrawn", votes_had=number) for one, number in named if one.withdrawn)
    return replace(counted, unfunded=counted.unfunded + gone) if gone else counted
