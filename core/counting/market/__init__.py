"""An election made ready for rules with purses: who could pay for which project, in flat arrays.

May import: `counting`, numpy.
Begin with: this file, then `purchase`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counting.election import Instance, Profile, RuleWrong
from core.counting.support import Support, natural, supports

Floats = NDArray[np.float64]
UTILITIES = ("cost", "cardinality", "points", "borda")


@dataclass(frozen=True, slots=True)
class Payers:
    """The supporters of one project, by ballot class. Sums of whole numbers below 2**53 are exact in floats."""

    classes: NDArray[np.integer[Any]]
    weights: Floats  # ballots in each class
    units: Floats | None  # utility of one ballot, None: 1
    weighed: Floats  # weights * units
    heads: float  # ballots
    total: float  # sum of `weighed`
    most: float  # largest of `units`


@dataclass(frozen=True, slots=True)
class Market:
    """Projects with their payers. A price is per unit of utility: a supporter pays price * scale * units."""

    instance: Instance
    ballots: int
    classes: int
    costs: tuple[int, ...]
    scales: tuple[int, ...]  # utility of a project of which each supporter has `units`: its cost, or 1
    payers: tuple[Payers, ...]

    @staticmethod
    def of(instance: Instance, profile: Profile, utility: str) -> Market:
        """Return the market in which supporters value projects by this utility."""
        if utility not in UTILITIES:
            raise RuleWrong(rule="equal-shares", setting="utility", value=utility)
        weights = profile.weights.astype(np.float64)
        said = utility if utility in ("points", "borda") else "votes"
        costs = tuple(project.cost for project in instance.projects)
        return Market(
            instance,
            profile.ballots,
            profile.classes,
            costs,
            costs if utility == "cost" else (1,) * len(costs),
            tuple(_payers(support, weights) for support in supports(instance, profile, said)),
        )

    @property
    def standing(self) -> list[int]:
        """Return the projects that somebody supports and that still stand."""
        projects = self.instance.projects
        return [place for place, payers in enumerate(self.payers) if payers.heads and not projects[place].withdrawn]


def utility_of(profile: Profile) -> str:
    """Return the utility that suits these ballots where none is asked for."""
    return {"votes": "cost"}.get(natural(profile), natural(profile))


def _payers(support: Support, weights: Floats) -> Payers:
    """Return the supporters with their weights."""
    own = weights[support.classes]
    units = None if support.units is None else support.units.astype(np.float64)
    most = 1.0 if units is None or not len(units) else float(units.max())
    weighed = own if units is None else own * units
    return Payers(support.classes, own, units, weighed, float(own.sum()), float(weighed.sum()), most)
