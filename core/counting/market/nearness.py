"""How near a project came under equal shares: its effective support.

At each step the price that was paid for a unit of utility is known. A project would have gone first if its supporters
could have raised its cost at that price. The share of the cost that they could raise, at the step where it was largest,
is the effective support: 1 would have been enough. Compare https://equalshares.net/explanation and the "effective
support" of N. Boehmer, P. Faliszewski, Ł. Janeczko, A. Kaczmarczyk, G. Lisowski, G. Pierczyński, S. Rey, D. Stolicki,
S. Szufa, T. Wąs, "Evaluation of Project Performance in Participatory Budgeting", 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from core.counting.market import Floats, Market
from core.counting.market.purses import Offer

CLEARLY = 1e-9  # shares that differ by less count as equal, and the earlier step is told
NUDGE = 1e-6  # sums in another order differ by less: what lies on the edge of a rounding is always rounded up


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near one project came, and the votes (or points) that decided it: needed at that price, and had."""

    share: Fraction
    needed: int
    had: int


def rounded(number: float, places: int = 6) -> Fraction:
    """Return the number to this many decimal places."""
    return Fraction(int(np.floor(number * 10**places + 0.5 + NUDGE)), 10**places)


def whole(number: float) -> int:
    """Return the whole part."""
    return int(np.floor(number + NUDGE))


def nearness(market: Market, purse: Fraction, bought: Sequence[Offer], places: Sequence[int]) -> dict[int, Nearness]:
    """Return for each of these projects how near it came in the count that bought these offers."""
    crowd = _Crowd.of(market, [place for place in places if market.payers[place].heads and market.costs[place]])
    if not crowd.places:
        return {}
    left = np.full(market.classes, float(purse))
    best, at = np.zeros(len(crowd.places)), np.full(len(crowd.places), np.inf)
    for offer in bought:
        price = offer.share / (market.scales[offer.place] or 1)
        _keep(best, at, crowd.raised(left, price), price)
        _pay(market, left, offer)
    # In the end nothing could be paid at any price; what the supporters still have is all they could raise.
    _keep(best, at, crowd.raised(left, np.inf), np.inf)
    return {
        place: _told(market, place, float(share), float(price))
        for place, share, price in zip(crowd.places, best, at, strict=True)
    }


def _keep(best: Floats, at: Floats, share: Floats, price: float) -> None:
    """Keep the larger shares, and the prices at which they were raised."""
    better = share > best * (1 + CLEARLY)
    best[better], at[better] = share[better], price


def _pay(market: Market, left: Floats, offer: Offer) -> None:
    """Take the price of this offer from the purses."""
    payers = market.payers[offer.place]
    asked = offer.share if payers.units is None else payers.units * offer.share
    left[payers.classes] = np.where(offer.broke, 0.0, np.maximum(left[payers.classes] - asked, 0.0))


def _told(market: Market, place: int, share: float, price: float) -> Nearness:
    """Return the values for one project."""
    payers, cost = market.payers[place], market.costs[place]
    asked = price * market.scales[place]
    if not np.isfinite(asked) or asked <= 0:
        needed = payers.total / share if share else payers.total
        return Nearness(min(rounded(share), Fraction(1)), ceil(needed - NUDGE), int(payers.total))
    return Nearness(min(rounded(share), Fraction(1)), ceil(cost / asked - NUDGE), whole(share * cost / asked))


@dataclass(frozen=True, slots=True)
class _Crowd:
    """The supporters of several projects one after the other, to be asked all at once."""

    places: list[int]
    classes: NDArray[np.intp]
    weights: Floats
    units: Floats  # of utility: scale times units
    starts: NDArray[np.intp]
    costs: Floats

    @staticmethod
    def of(market: Market, places: Sequence[int]) -> _Crowd:
        """Return the crowd behind these projects."""
        payers = [market.payers[place] for place in places]
        sizes = [len(one.classes) for one in payers]
        worth = [np.ones(len(one.weights)) if one.units is None else one.units for one in payers]
        units = [own * market.scales[place] for own, place in zip(worth, places, strict=True)]
        return _Crowd(
            list(places),
            np.concatenate([one.classes for one in payers]) if payers else np.zeros(0, np.intp),
            np.concatenate([one.weights for one in payers]) if payers else np.zeros(0),
            np.concatenate(units) if units else np.zeros(0),
            np.concatenate(([0], np.cumsum(sizes[:-1], dtype=np.intp))),
            np.array([market.costs[place] for place in places], np.float64),
        )

    def raised(self, left: Floats, price: float) -> Floats:
        """Return what share of each project's cost its supporters raise at this price."""
        given = left.take(self.classes)
        if np.isfinite(price):
            np.minimum(given, self.units * price, out=given)
        return np.add.reduceat(given * self.weights, self.starts) / self.costs
