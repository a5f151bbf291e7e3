"""How robust a result is: how many ballots more or fewer would change what is funded.

Source: N. Boehmer, P. Faliszewski, Ł. Janeczko, A. Kaczmarczyk, "Robustness of Participatory Budgeting Outcomes:
Complexity and Experiments", 2023. Here m ballots at a time are added (copies of ballots cast) or taken away, drawn with
a given seed; m doubles until at least half of the trials change the funded set.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from core.counting.allocation import Allocation
from core.counting.election import Instance, Profile
from core.counting.rules import RULES, allocate, rule_name

Z95 = 1.959963984540054  # of the normal distribution, for a 95 % interval


# (work of one count, samples): the more one count costs, the fewer samples; how many there were is always said.
SAMPLES = ((300_000, 200), (3_000_000, 50), (float("inf"), 20))

MOST_WORK = 200_000_000  # above this no robustness is looked for


Told = Callable[[int], None]


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


def work(allocation: Allocation, profile: Profile) -> int:
    """Return how much one count has to do, roughly: entries of different ballots, for each raise of the purses."""
    return (len(profile.entries) + 1) * (1 + allocation.raises)


def samples(allocation: Allocation, profile: Profile) -> int:
    """Return how many samples the robustness of this result is worth, 0: too large to look."""
    size = work(allocation, profile)
    return 0 if size > MOST_WORK else next(number for limit, number in SAMPLES if size <= limit)


def robust(instance: Instance, profile: Profile, allocation: Allocation, told: Told | None = None) -> Robustness | None:
    """Return how robust the result is, None where a count takes too long to be repeated."""
    number = samples(allocation, profile)
    if not number or not profile.ballots:
        return None
    return robustness(instance, profile, allocation.rule, dict(allocation.settings), samples=number, progress=told)


def main() -> None:
    """Read an election from standard input and write its robustness; end when nobody waits for it any more."""
    parent = os.getppid()
    os.nice(10)

    def told(_ballots: int) -> None:
        if os.getppid() != parent:
            sys.exit(1)

    # Both ends are this program, one started by the other.
    instance, profile, allocation = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(robust(instance, profile, allocation, told)))


if __name__ == "__main__":
    # Under its own name, so that what is handed over can be found by it.
    from core.counting import robustness as itself

    itself.main()
