"""Add1: raise every voter's purse in equal steps, as long as what is bought stays within the budget.

Source: https://equalshares.net/implementation/completion. Between two purses, as long as the same projects are bought
in the same order, what each voter has left rises with the purse and prices fall. So if the project that is chosen at
the smaller purse is dearer there than no other project is at the larger one, step for step, then every purse between
them buys the same, and the steps between need no count of their own. Where that cannot be shown the distance is
halved, down to a single step.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from core.rules.market import Market
from core.rules.purchase import best_offers, buy, opening, settle
from core.rules.purses import Offer, Purses
from core.rules.ties import TieBreaker

FARTHEST = 1 << 40  # steps


def raised(
    market: Market, purse: Fraction, step: Fraction, stops_exhausted: bool, breaker: TieBreaker
) -> tuple[Fraction, int]:
    """Return the last purse whose count stays within the budget, and by how many steps it was raised."""
    raises, stride = 0, 1  # no jump is tried from a stride of 1, and after jumps that failed not at once
    wait = misses = 0
    bought = buy(market, purse, breaker)[0]
    supported = len(market.standing)
    while len(bought) < supported and not (stops_exhausted and exhaustive(market, bought)):
        further = None
        while stride > 1 and (further := same(market, bought, purse + stride * step, breaker)) is None:
            stride //= 2
        if further is None:
            further = buy(market, purse + step, breaker)[0]
            if sum(market.costs[offer.place] for offer in further) > market.instance.budget:
                break
            wait, misses = (wait - 1, misses) if wait > 0 else (2**misses - 1, min(misses + 1, 4))
        else:
            wait = misses = 0
        purse, raises, bought = purse + stride * step, raises + stride, further
        stride = 1 if wait > 0 else min(2 * stride, FARTHEST)
    return purse, raises


def same(market: Market, bought: Sequence[Offer], purse: Fraction, breaker: TieBreaker) -> list[Offer] | None:
    """Return what is bought with this larger purse if it is certain that every purse between buys the same."""
    purses = Purses.full(market, purse)
    queue = opening(market)
    again: list[Offer] = []
    for before in bought:
        offers = best_offers(purses, queue, before.high)
        chosen = next((offer for offer in offers if offer.place == before.place), None)
        if chosen is None:
            return None
        rivals = [offer.place for offer in offers if offer is not chosen and offer.low <= before.high]
        if not all(_later(market, breaker, rival, before) for rival in rivals):
            return None
        settle(queue, offers, chosen)
        again.append(purses.pay(chosen))
    return again if not best_offers(purses, queue) else None


def _later(market: Market, breaker: TieBreaker, place: int, before: Offer) -> bool:
    """Return whether this project comes after the chosen one at any purse although their prices meet.

    Either all supporters of the chosen one pay alike, which is the lowest price it can ever have: then the lowest
    price that the other can ever have is compared, exactly. Or both have the same supporters at the same cost.
    """
    ours, theirs = market.payers[before.place], market.payers[place]
    after = breaker.ranks[before.place] < breaker.ranks[place]
    price = Fraction(market.costs[before.place], int(ours.total) * (market.scales[before.place] or 1))
    lowest = Fraction(market.costs[place], int(theirs.total) * (market.scales[place] or 1))
    if not before.broke.any():
        return lowest > price or (lowest == price and after)
    # Equal weighed supporters of the same classes have equal units as well.
    twins = np.array_equal(ours.classes, theirs.classes) and np.array_equal(ours.weighed, theirs.weighed)
    return after and lowest == price and twins


def exhaustive(market: Market, bought: Sequence[Offer]) -> bool:
    """Return whether no further project fits into what is left."""
    places = {offer.place for offer in bought}
    left = market.instance.budget - sum(market.costs[place] for place in places)
    return all(cost > left for place, cost in enumerate(market.costs) if place not in places)
