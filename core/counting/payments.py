"""What one ballot paid for: computed from the steps of an allocation, so that nobody has to keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from core.counting.allocation import Allocation
from core.counting.election import POINTED, Ballot, Kind, Number, canonical


@dataclass(frozen=True, slots=True)
class Payment:
    """A funded project that the ballot supported. `paid`: minor units; None where a rule has no payments."""

    project: str
    paid: Number | None


def payments(allocation: Allocation, kind: Kind, ballot: Ballot) -> tuple[Payment, ...]:
    """Return what this ballot supported of what was funded, and its share of the costs, in the order of the steps.

    By equal shares a ballot pays the price of its units, or all it has left, and nothing for what was completed later.
    By Phragmén it pays what its load grew by, as its part of the cost.
    """
    settings = dict(allocation.settings)
    units = utility(kind, ballot, str(settings.get("utility", "")))
    costs = {project.id: project.cost for project in allocation.funded}
    purse, load, made = Fraction(allocation.purse or 0), Fraction(0), []
    for step in allocation.steps:
        if step.project not in units:
            continue
        paid: Number | None = None
        if allocation.rule == "equal-shares" and step.stage == "main" and step.share is not None:
            paid = min(purse, Fraction(step.share) * units[step.project])
            purse -= paid
        elif allocation.rule == "phragmen" and step.price is not None:
            paid, load = Fraction(step.price) - load, Fraction(step.price)
        made.append(Payment(step.project, paid if costs[step.project] else 0))
    return tuple(made)


def utility(kind: Kind, ballot: Ballot, measure: str) -> Mapping[str, int]:
    """Return the units of utility that the ballot gives to each project it supports."""
    form: tuple[Any, ...] = canonical(kind, ballot)
    if kind in POINTED:
        return {project: points if measure == "points" else 1 for project, points in form if points > 0}
    if kind == "ordinal" and measure == "borda":
        return {project: len(form) - rank for rank, project in enumerate(form)}
    return dict.fromkeys(form, 1)
