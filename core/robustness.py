"""How robust a result is: how many ballots more or fewer would change what is funded.

Source: N. Boehmer, P. Faliszewski, Ł. Janeczko, A. Kaczmarczyk, "Robustness of Participatory Budgeting Outcomes:
Complexity and Experiments", 2023. Here m ballots at a time are added (copies of ballots cast) or taken away, drawn with
a given seed; m doubles until at least half of the trials change the funded set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from core.election import Instance, Profile
from core.rules import RULES, allocate, rule_name

Z95 = 1.959963984540054  # of the normal distribution, for a 95 % interval


@dataclass(frozen=True, slots=True)
class Trial:
    """What m ballots more or fewer did: the share of the trials that changed the funded set, with its interval."""

    ballots: int
    changed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Robustness:
    """The smallest m that changed the funded set in half of the trials, None if not even all ballots did."""

    ballots: int | None
    trials: tuple[Trial, ...]
    samples: int
    seed: int


def robustness(
    instance: Instance,
    profile: Profile,
    rule: str,
    settings: Mapping[str, Any],
    *,
    seed: int = 1,
    samples: int = 200,
    progress: Callable[[int], None] | None = None,
) -> Robustness:
    """Return how robust the allocation by this rule is. The same seed gives the same answer. `progress` is told m."""
    quick = dict(settings) | ({"explain": False} if "explain" in RULES[rule_name(rule)].defaults else {})

    def funded(ballots: Profile) -> frozenset[str]:
        return frozenset(project.id for project in allocate(rule, instance, ballots, **quick).funded)

    draw, now = np.random.default_rng(seed), funded(profile)
    ballots = np.repeat(np.arange(profile.classes), profile.weights)
    trials: list[Trial] = []
    number = 1
    while number <= len(ballots):
        if progress:
            progress(number)
        changed = sum(funded(altered(profile, ballots, number, draw)) != now for _ in range(samples))
        trials.append(Trial(number, changed / samples, *wilson(changed, samples)))
        if 2 * changed >= samples:
            return Robustness(number, tuple(trials), samples, seed)
        number *= 2
    return Robustness(None, tuple(trials), samples, seed)


def altered(
    profile: Profile, ballots: np.ndarray[Any, np.dtype[np.intp]], number: int, draw: np.random.Generator
) -> Profile:
    """Return the profile with this many ballots drawn to be added, or taken away."""
    adds = bool(draw.integers(2))
    drawn = draw.choice(ballots, number, replace=adds)
    change = np.bincount(drawn, minlength=profile.classes)
    return profile.weighted(profile.weights + (change if adds else -change))


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by E. B. Wilson's formula (1927)."""
    share, square = hits / trials, Z95**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = Z95 * sqrt(share * (1 - share) / trials + square / (4 * trials**2)) / (1 + square / trials)
    return max(0.0, middle - half), min(1.0, middle + half)
