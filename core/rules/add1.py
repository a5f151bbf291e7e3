"""Add1: raise every voter's purse in equal steps, as long as what is bought stays within the budget.

Source: https://equalshares.net/implementation/completion
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from core.rules.market import Market
from core.rules.purchase import buy
from core.rules.ties import TieBreaker


def raised(
    market: Market, purse: Fraction, step: Fraction, stops_exhausted: bool, breaker: TieBreaker
) -> tuple[Fraction, int]:
    """Return the last purse whose count stays within the budget, and by how many steps it was raised."""
    budget, raises = market.instance.budget, 0
    bought = [offer.place for offer in buy(market, purse, breaker)[0]]
    while len(bought) < len(market.standing) and not (stops_exhausted and exhaustive(market, bought)):
        bought = [offer.place for offer in buy(market, purse + step, breaker)[0]]
        if sum(market.costs[place] for place in bought) > budget:
            break
        purse, raises = purse + step, raises + 1
    return purse, raises


def exhaustive(market: Market, bought: Sequence[int]) -> bool:
    """Return whether no further project fits into what is left."""
    left = market.instance.budget - sum(market.costs[place] for place in bought)
    return all(cost > left for place, cost in enumerate(market.costs) if place not in bought)
