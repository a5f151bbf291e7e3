"""Types of ballot: whatever differs by type in what Glas knows stands in one entry of `TYPES`.

Beside the entry a type has its words (`pages`) and, if it can be cast here, its ways in the browser
(`assets/components`); both go by the same name. Nothing else may ask for a type by its name: then a new one is
forgotten nowhere. The names of kinds and rules are those of the counting, which knows this table, not the other way
round.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.errors import BallotInvalid

BallotType = str  # a key of TYPES
Worth = Callable[[str], Iterable[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class BallotRules:
    """What a ballot looks like. Without a limit any number of choices will do."""

    type: BallotType
    min_choices: int | None = None
    max_choices: int | None = None


def _one_each(text: str) -> Iterable[tuple[str, int]]:
    return ((code, 1) for code in json.loads(text))


def _by_place(text: str) -> Iterable[tuple[str, int]]:
    """Yield Borda points as the count gives them without a number of places: the last of k gets 1, the first k."""
    return ((code, place) for place, code in enumerate(reversed(json.loads(text)), start=1))


def _by_fixed_place(places: int) -> Worth:
    """Return Borda points of so many places: the first gets as many, whatever else is ranked."""
    return lambda text: ((code, max(places - rank, 0)) for rank, code in enumerate(json.loads(text)))


def _as_stated(text: str) -> Iterable[tuple[str, int]]:
    points: dict[str, int] = json.loads(text)
    return points.items()


def _alphabetical(choices: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(choices))


def _anything(_costs: Sequence[int], _budget: int) -> None:
    """Refuse nothing."""


def _affordable(costs: Sequence[int], budget: int) -> None:
    if sum(costs) > budget:
        raise BallotInvalid(problem="over", excess=sum(costs) - budget)


@dataclass(frozen=True, slots=True)
class Traits:
    """What one type of ballot is.

    kinds: what rules call the kind of such ballots; further kinds of an imported election are this type too.
    rules: the counting rules that suit it, the one we advise first.
    worth: what a written ballot gives to which project in the live tally.
    form: puts choices of the same meaning in the one order in which they are written.
    fits: raises BallotInvalid if choices of these costs break a limit of the type's own; minor units.
    budgeted: whether what a ballot chooses may not cost more than the budget.
    numbered: whether organisers say how many choices a ballot holds.
    castable: whether it can be cast here; if not, it comes with imported elections only.
    """

    kinds: tuple[str, ...]
    rules: tuple[str, ...]
    worth: Worth
    form: Callable[[Sequence[str]], tuple[str, ...]] = _alphabetical
    fits: Callable[[Sequence[int], int], None] = _anything
    budgeted: bool = False
    numbered: bool = True
    castable: bool = True

    @property
    def kind(self) -> str:
        """Return what rules call the kind of such ballots."""
        return self.kinds[0]

    def worth_without(self, gone: Collection[str], places: int | None = None) -> Worth:
        """Return what a written ballot gives to which project where some are withdrawn: in a ranking others move up.

        To those that are withdrawn it gives what it gave, for their votes stay told. `places`: of a ranking, how many
        bring points; None where the length of each ballot says it.
        """
        whole = _by_fixed_place(places) if places is not None and self.kind == "ordinal" else self.worth
        if not gone or self.kind != "ordinal":
            return whole

        def worth(text: str) -> Iterable[tuple[str, int]]:
            choices = json.loads(text)
            yield from ((code, points) for code, points in whole(text) if code in gone)
            yield from whole(json.dumps([code for code in choices if code not in gone]))

        return worth

    @property
    def counts_votes(self) -> bool:
        """Return whether the support of a project is a number of ballots, and not of points."""
        return self.kind == "approval"


TYPES: Mapping[BallotType, Traits] = MappingProxyType(
    {
        "approval": Traits(("approval",), ("equal-shares", "greedy"), _one_each),
        "knapsack": Traits(
            ("approval",), ("equal-shares", "greedy"), _one_each, fits=_affordable, budgeted=True, numbered=False
        ),
        "ranking": Traits(("ordinal",), ("greedy-borda",), _by_place, form=tuple),
        "points": Traits(
            ("cumulative", "scoring"), ("equal-shares", "greedy"), _as_stated, numbered=False, castable=False
        ),
    }
)
CASTABLE = tuple(name for name, traits in TYPES.items() if traits.castable)


def type_of(kind: str) -> BallotType:
    """Return the type of ballot that an imported election of this kind has: the first one that names it."""
    return next(name for name, traits in TYPES.items() if kind in traits.kinds)
