"""The exact account of who has how much left, in whole numbers over one common denominator.

Floats choose between projects as long as they provably can. Where they cannot, this account is brought up to date and
decides. What a ballot class has left is its purse less the prices of what it has paid in full; a class that once gave
all it had is gone. So every sum of purses is a whole-number combination of the prices so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.integer[Any]]


@dataclass(slots=True)
class Ledger:
    """`values[0] / denominator` is the purse of each voter, `values[k] / denominator` the price of step k."""

    values: list[int]
    denominator: int
    gone: Bools
    paid: list[tuple[Ints, Ints | None]] = field(default_factory=list)  # classes that paid in full, and their units

    @staticmethod
    def open(purse: Fraction, classes: int) -> Ledger:
        """Return the account before anything is bought."""
        return Ledger([purse.numerator], purse.denominator, np.zeros(classes, np.bool_))

    def money(self, classes: Ints, weights: Ints) -> int:
        """Return what these ballots have left together, times the denominator."""
        mark = np.zeros(len(self.gone), np.int64)
        mark[classes] = weights * ~self.gone[classes]
        total = int(mark.sum()) * self.values[0]
        for value, (payers, units) in zip(self.values[1:], self.paid, strict=True):
            share = mark[payers] if units is None else mark[payers] * units
            total -= int(share.sum()) * value
        return total

    def purses(self, classes: Ints) -> list[int]:
        """Return what one ballot of each of these classes has left, times the denominator."""
        row = np.full(len(self.gone), -1, np.int64)
        row[classes] = np.arange(len(classes))
        spent = np.zeros((len(classes), len(self.paid)), np.int64)
        for step, (payers, units) in enumerate(self.paid):
            rows = row[payers]
            spent[rows[rows >= 0], step] = 1 if units is None else units[rows >= 0]
        histories, which = np.unique(spent, axis=0, return_inverse=True)
        left = [self._left(history) for history in histories.tolist()]
        alive = (~self.gone[classes]).tolist()
        return [left[number] if lives else 0 for number, lives in zip(which.ravel().tolist(), alive, strict=True)]

    def _left(self, history: Sequence[int]) -> int:
        """Return the purse less what this history of payments took, times the denominator."""
        return self.values[0] - sum(units * value for units, value in zip(history, self.values[1:], strict=True))

    def price(self, cost: int, bidders: Bidders) -> tuple[int, int, Bools] | None:
        """Return (n, units, rich) with price n / (units * denominator), None if they cannot pay.

        Whoever is open counts as rich first and is moved to the broke while the price exceeds his purse; the price
        only rises meanwhile, so nobody moves back.
        """
        rich = bidders.rich | bidders.open
        if self.money(bidders.classes, bidders.weights) < cost * self.denominator:
            return None
        asked = np.flatnonzero(bidders.open)
        left = np.array(self.purses(bidders.classes[asked]), object)
        units = bidders.units[asked].astype(object)
        while True:
            total = int((bidders.weights * bidders.units)[rich].sum())
            missing = cost * self.denominator - self.money(bidders.classes[~rich], bidders.weights[~rich])
            poor = rich[asked] & (left * total < missing * units).astype(np.bool_)
            if not poor.any():
                return missing, total, rich
            rich[asked[poor]] = False

    def buy(self, cost: int, bidders: Bidders) -> tuple[Fraction, Bools]:
        """Enter that a project was bought. Return its price and who paid in full."""
        found = self.price(cost, bidders)
        assert found is not None, "what was bought was affordable"
        missing, total, rich = found
        price = Fraction(missing, total * self.denominator)
        self.values = [value * total for value in self.values]
        self.denominator *= total
        self.values.append(missing)
        self.paid.append((bidders.classes[rich], bidders.units[rich] if bidders.valued else None))
        self.gone[bidders.classes[~rich]] = True
        return price, rich


@dataclass(frozen=True, slots=True)
class Bidders:
    """The supporters of one project, each surely rich (can pay in full), surely broke, or open."""

    classes: Ints
    weights: Ints
    units: Ints
    valued: bool  # whether units differ from 1
    rich: Bools
    open: Bools
