"""One count by the Method of Equal Shares with a given purse.

Source: D. Peters, G. Pierczyński, P. Skowron, "Proportional Participatory Budgeting with Additive Utilities", 2021.
Everyone has the same purse. Again and again the project is bought that its supporters can get at the lowest price per
unit of utility, where each pays the price for her units, or all she has left. It ends when no project can be paid.
"""

from __future__ import annotations

from fractions import Fraction
from heapq import heapify, heappop, heappush

from core.rules.market import Market
from core.rules.purses import Offer, Purses
from core.rules.ties import TieBreaker

Queue = list[tuple[float, int]]  # (no lower price is possible, project)


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
