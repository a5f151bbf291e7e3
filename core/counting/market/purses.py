"""What the voters have left, in floats with a bound on their error, and an exact ledger where that is not enough.

The condition under which floats decide. `left` differs from the truth by at most `slack`, class by class. The price x
of a project solves f(x) = sum of weight * min(left, x * units) = cost; f is concave, so Newton's steps from any lower
bound reach x from below. With B the supporters that are broke at x, U the units of the others, all of whom have more
than x * units + margin, the true price lies within (sum over B of weight * slack + rounding) / U of x, as long as that
is below the margin. Two projects are compared by these intervals. Intervals that overlap, an interval that is too wide,
a supporter within the margin, money that just suffices: the ledger decides. Rounding: numpy adds pairwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from core.counting.market import Floats, Market, Payers
from core.counting.market.ledger import Bidders, Ledger

EPS = 2.0**-52
SUM = 64 * EPS  # bound on the relative error of a pairwise sum of products; 2 * (16 + log2(n)) roundings are less
ROUNDS = 200


@dataclass(slots=True, eq=False)
class Offer:
    """A project at its price now: what one unit of utility costs lies in [low, high]."""

    place: int
    share: float  # what a supporter pays for one of his units
    error: float  # of `share`
    low: float
    high: float
    left: Floats  # of its supporters
    broke: NDArray[np.bool_]
    units: float  # of those who pay in full
    exact: Fraction | None = None  # the share


@dataclass(slots=True)
class Purses:
    """The purses of one count."""

    market: Market
    purse: Fraction
    left: Floats
    slack: Floats
    margin: float
    worst: float  # largest slack
    ledger: Ledger
    bought: list[Offer] = field(default_factory=list)  # steps that the ledger does not know yet
    exact: bool = False  # decide everything by the ledger (for tests)

    @staticmethod
    def full(market: Market, purse: Fraction) -> Purses:
        """Return the purses before anything is bought."""
        start = float(purse)
        slack = 0.0 if Fraction(start) == purse else start * EPS
        left, bounds = np.full(market.classes, start), np.full(market.classes, slack)
        return Purses(market, purse, left, bounds, _margin(start, slack), slack, Ledger.open(purse, market.classes))

    def offer(self, place: int, least: float) -> Offer | None:
        """Return the offer of this project, None if its supporters cannot pay. `least`: no price is below this."""
        payers, cost = self.market.payers[place], self.market.costs[place]
        left = self.left.take(payers.classes)
        money = payers.weights * left
        total = float(np.add.reduce(money))
        doubt = payers.heads * self.worst + SUM * total
        if total + doubt < cost:
            return None
        if total - doubt < cost or self.exact:
            return self._exactly(place, left)
        share = max(least * self.market.scales[place], cost / payers.total)
        units, before = 0.0, -1.0
        for _ in range(ROUNDS):
            limit = share + self.margin if payers.units is None else payers.units * share + self.margin
            broke = left <= limit
            units = payers.total - float(np.add.reduce(payers.weighed * broke))
            if units <= 0:
                return self._exactly(place, left)
            if units == before:
                break
            share = max((cost - float(np.add.reduce(money * broke))) / units, share if before < 0 else 0.0)
            before = units
        else:
            return self._exactly(place, left)
        if (broke & (left > limit - 2 * self.margin)).any():
            return self._exactly(place, left)
        heads = payers.total - units if payers.units is None else payers.heads * (units < payers.total)
        error = (heads * self.worst * (1 + SUM) + SUM * cost) / units + 4 * EPS * share
        offer = self._bounded(place, share, error, left, broke, units)
        return offer if self._narrow(payers, error) else self.refined(offer)

    def _narrow(self, payers: Payers, error: float) -> bool:
        """Return whether the rich are surely rich at any price within this error."""
        return error * payers.most + self.worst < self.margin

    def _bounded(
        self, place: int, share: float, error: float, left: Floats, broke: NDArray[np.bool_], units: float
    ) -> Offer:
        """Return the offer with its interval."""
        scale = self.market.scales[place] or 1
        low, high = (share - error) / scale * (1 - EPS), (share + error) / scale * (1 + EPS)
        return Offer(place, share, error, max(low, 0.0), high, left, broke, units)

    def refined(self, offer: Offer) -> Offer:
        """Return the offer with the narrowest interval that floats can give, or exact where they cannot."""
        if offer.exact is not None:
            return offer
        payers, cost = self.market.payers[offer.place], self.market.costs[offer.place]
        if not offer.broke.any():  # everyone pays alike
            return self._known(offer, Fraction(cost, int(payers.total)))
        doubt = float(np.add.reduce(payers.weights * self.slack.take(payers.classes) * offer.broke)) * (1 + SUM)
        error = (doubt + SUM * cost) / offer.units + 4 * EPS * offer.share
        if not self._narrow(payers, error):
            return self._exactly(offer.place, offer.left) or offer
        return self._bounded(offer.place, offer.share, error, offer.left, offer.broke, offer.units)

    def settled(self, offer: Offer) -> Offer:
        """Return the offer with its exact price."""
        offer = self.refined(offer)
        return offer if offer.exact is not None else self._exactly(offer.place, offer.left) or offer

    def _exactly(self, place: int, left: Floats) -> Offer | None:
        """Return the offer as the ledger has it, None if its supporters cannot pay."""
        self._catch_up()
        payers = self.market.payers[place]
        found = self.ledger.price(self.market.costs[place], _bidders(payers, left > np.inf, left >= 0))
        if found is None:
            return None
        missing, units, rich = found
        exact = Fraction(missing, units * self.ledger.denominator)
        share = float(exact)
        return self._known(self._bounded(place, share, 2 * EPS * share, left, ~rich, float(units)), exact)

    def _known(self, offer: Offer, exact: Fraction) -> Offer:
        """Return the offer with its exact price set."""
        share = float(exact)
        known = self._bounded(offer.place, share, 2 * EPS * share, offer.left, offer.broke, offer.units)
        known.exact = exact
        return known

    def pay(self, offer: Offer) -> Offer:
        """Take the price from the purses of the supporters. Return the offer as it was settled."""
        offer = self.refined(offer)
        payers = self.market.payers[offer.place]
        cost = offer.share if payers.units is None else payers.units * offer.share
        slack = self.slack.take(payers.classes)
        slack += offer.error * (1.0 if payers.units is None else payers.units) + 2 * EPS * float(self.purse)
        left = offer.left - cost
        left[offer.broke] = slack[offer.broke] = 0.0
        np.maximum(left, 0.0, out=left)
        self.left[payers.classes], self.slack[payers.classes] = left, slack
        self.worst = max(self.worst, float(slack.max(initial=0.0)))
        self.margin = _margin(float(self.purse), self.worst)
        self.bought.append(offer)
        return offer

    def _catch_up(self) -> None:
        """Enter in the ledger what was bought since it was last asked."""
        for offer in self.bought:
            bidders = _bidders(self.market.payers[offer.place], ~offer.broke, offer.broke & False)
            self.ledger.buy(self.market.costs[offer.place], bidders)
        self.bought.clear()


def _margin(purse: float, worst: float) -> float:
    """Return how far from the price a supporter's money must be to be surely enough, or surely too little."""
    return 64 * worst + 1e-12 * purse


def _bidders(payers: Payers, rich: NDArray[np.bool_], undecided: NDArray[np.bool_]) -> Bidders:
    """Return the supporters as the ledger takes them."""
    units = np.ones(len(payers.weights)) if payers.units is None else payers.units
    return Bidders(
        payers.classes,
        payers.weights.astype(np.int64),
        units.astype(np.int64),
        payers.units is not None,
        rich,
        undecided,
    )
