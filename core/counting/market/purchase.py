"""One count by the Method of Equal Shares with a given purse.

Source: D. Peters, G. Pierczyński, P. Skowron, "Proportional Participatory Budgeting with Additive Utilities", 2021.
Everyone has the same purse. Again and again the project is bought that its supporters can get at the lowest price per
unit of utility, where each pays the price for her units, or all she has left. It ends when no project can be paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush

import numpy as np

from core.counting.market import Market
from core.counting.market.purses import Offer, Purses
from core.counting.ties import TieBreaker

Queue = list[tuple[float, int]]  # (no lower price is possible, project)


FARTHEST = 1 << 40  # steps


def buy(market: Market, purse: Fraction, breaker: TieBreaker, *, exact: bool = False) -> tuple[list[Offer], Purses]:
    """Return what was bought, in order, and what the voters have left. `exact`: never decide by floats."""
    purses = Purses.full(market, purse)
    purses.exact = exact
    breaker.met.clear()
    queue = opening(market)
    bought: list[Offer] = []
    while offers := best_offers(purses, queue):
        chosen = cheapest(purses, offers, breaker)
        settle(queue, offers, chosen)
        bought.append(purses.pay(chosen))
    return bought, purses


def opening(market: Market) -> Queue:
    """Return the projects by the lowest price they can ever have: that at which all supporters pay alike."""
    queue = [
        (market.costs[place] / market.payers[place].total / (market.scales[place] or 1) * (1 - 2**-50), place)
        for place in market.standing
    ]
    heapify(queue)
    return queue


def settle(queue: Queue, offers: list[Offer], chosen: Offer) -> None:
    """Put the offers that were not chosen back in the queue."""
    for offer in offers:
        if offer is not chosen:
            heappush(queue, (offer.low, offer.place))


def best_offers(purses: Purses, queue: Queue, limit: float = float("inf")) -> list[Offer]:
    """Return the offers that could be the best, or below the limit. Prices only rise: old ones are lower bounds."""
    offers: list[Offer] = []
    given = limit
    while queue and queue[0][0] <= limit:
        least, place = heappop(queue)
        if (offer := purses.offer(place, least)) is not None:
            offers.append(offer)
            limit = min(limit, offer.high) if given == float("inf") else given
    return offers


def cheapest(purses: Purses, offers: list[Offer], breaker: TieBreaker) -> Offer:
    """Return the offer with the lowest price; equal ones are a tie."""
    rivals = _rivals(offers)
    if len(rivals) > 1:
        rivals = _rivals([purses.refined(offer) for offer in rivals])
    if len(rivals) > 1:
        rivals = [purses.settled(offer) for offer in rivals]
        prices = [(offer.exact or Fraction(0)) / (purses.market.scales[offer.place] or 1) for offer in rivals]
        lowest = min(prices)
        rivals = [offer for offer, price in zip(rivals, prices, strict=True) if price == lowest]
    place = breaker.first([offer.place for offer in rivals])
    chosen = next(offer for offer in rivals if offer.place == place)
    for number, offer in enumerate(offers):
        if offer.place == place:
            offers[number] = chosen
    return chosen


def _rivals(offers: list[Offer]) -> list[Offer]:
    """Return the offers whose price may be the lowest."""
    limit = min(offer.high for offer in offers)
    return [offer for offer in offers if offer.low <= limit]


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
