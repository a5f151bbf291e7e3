"""Sequential Phragmén: supporters share the cost so that the largest load grows as little as possible.

Why this way: everyone's load rises from 0. When a project is bought, all its supporters carry the same load: (its cost
+ their loads so far) / their number. It needs no purses, so nothing is left to complete, and it is proportional like
equal shares: a second opinion beside them. The count stops when the next project would overspend, as its authors say.
What else was tried: going on to cheaper projects after that, which gives up the order that makes it proportional; and
loads in floats, where equal loads differ by rounding and a tie is missed. They are whole numbers over one common
denominator; loads only rise, so the queue's old ones are lower bounds and few are worked out anew.
Units: money in minor units; a load is minor units for each voter, exact. Ranked and pointed ballots count as approvals.
Sources: E. Phragmén, "Sur une méthode nouvelle pour réaliser, dans les élections, la représentation proportionnelle des
partis", 1894; M. Los, Z. Christoff, D. Grossi, "Proportional Budget Allocations", 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd

import numpy as np
from numpy.typing import NDArray

from core.counting.allocation import Allocation, Step, Unfunded
from core.counting.election import Instance, Profile
from core.counting.market import Market
from core.counting.ties import DEFAULT, TieBreaker

Queue = list[tuple[Fraction, int]]


def phragmen(instance: Instance, profile: Profile, *, ties: Sequence[str] | str = DEFAULT) -> Allocation:
    """Return the allocation by sequential Phragmén; ranked and pointed ballots count as approvals."""
    market = Market.of(instance, profile, "cardinality")
    breaker = TieBreaker.of(instance, profile, ties)
    loads = Loads(market, np.zeros(market.classes, np.int64))
    queue: Queue = [(loads.of(place), place) for place in market.standing if market.costs[place] <= instance.budget]
    heapify(queue)
    left, steps, funded = instance.budget, [], []
    while tied := _next(loads, queue):
        if max(market.costs[place] for _, place in tied) > left:
            queue += tied
            break
        chosen = breaker.first(place for _, place in tied)
        load = tied[0][0]
        for other in tied:
            if other[1] != chosen:
                heappush(queue, other)
        left -= market.costs[chosen]
        loads.buy(chosen, load)
        funded.append(chosen)
        heads = int(market.payers[chosen].heads)
        steps.append(Step(instance.ids[chosen], heads, left, price=load, payers=heads))
    return Allocation(
        funded=tuple(instance.projects[place] for place in funded),
        cost=instance.budget - left,
        steps=tuple(steps),
        unfunded=tuple(_unfunded(loads, queue, funded, left)),
        ties=tuple(breaker.met),
        rule="phragmen",
        settings=(("ties", list(breaker.keys)),),
        budget=instance.budget,
        ballots=profile.ballots,
    )


@dataclass(slots=True)
class Loads:
    """What each ballot class carries: the load of the last step in which it took part, 0 before."""

    market: Market
    last: NDArray[np.int64]  # number of that step
    values: list[int] = field(default_factory=lambda: [0])  # load of each step, times the denominator
    denominator: int = 1

    def of(self, place: int) -> Fraction:
        """Return the load that the supporters of this project would carry."""
        payers = self.market.payers[place]
        heads = np.bincount(self.last[payers.classes], payers.weights, len(self.values))
        carried = sum(int(number) * value for number, value in zip(heads.tolist(), self.values, strict=True))
        return Fraction(self.market.costs[place] * self.denominator + carried, int(payers.heads) * self.denominator)

    def buy(self, place: int, load: Fraction) -> None:
        """Lay this load on the supporters of the project."""
        factor = load.denominator // gcd(load.denominator, self.denominator)
        self.values = [value * factor for value in self.values]
        self.denominator *= factor
        self.values.append(load.numerator * (self.denominator // load.denominator))
        self.last[self.market.payers[place].classes] = len(self.values) - 1


def _next(loads: Loads, queue: Queue) -> Queue:
    """Take the projects with the least load from the queue. Loads only rise, so old ones are lower bounds."""
    best: Queue = []
    while queue and (not best or queue[0][0] <= best[0][0]):
        _, place = heappop(queue)
        load = loads.of(place)
        if best and load > best[0][0]:
            heappush(queue, (load, place))
            continue
        if best and load < best[0][0]:
            for other in best:
                heappush(queue, other)
            best = []
        best.append((load, place))
    return best


def _unfunded(loads: Loads, queue: Queue, funded: Sequence[int], left: int) -> list[Unfunded]:
    """Return for each other project what was missing when the count stopped."""
    market, instance = loads.market, loads.market.instance
    waiting = {place for _, place in queue}
    limit = min((loads.of(place) for place in waiting), default=Fraction(0))
    stopper = tuple(instance.ids[place] for place in sorted(waiting) if loads.of(place) == limit)
    reasons = []
    for place, project in enumerate(instance.projects):
        if place in funded:
            continue
        if place in waiting:
            load = loads.of(place)
            reason = "overspend" if load == limit else "stopped"
            near = limit / load if load else None
            against = () if reason == "overspend" else stopper
            reasons.append(Unfunded(project.id, reason, project.cost, left, against=against, nearness=near))
        elif project.withdrawn or not market.payers[place].heads:
            reasons.append(Unfunded(project.id, "withdrawn" if project.withdrawn else "no_votes"))
        else:
            reasons.append(Unfunded(project.id, "over_budget", project.cost, instance.budget))
    return reasons
