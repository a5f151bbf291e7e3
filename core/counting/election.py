"""The nouns of counting: projects, an instance, a profile of ballots. What a rule makes of them is in `allocation`.

Money is `int`, in minor units of the currency. Shares, prices and scores are exact: `int` or `Fraction`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.ballots.forms import from_text, points_from_text
from core.ballots.types import TYPES
from core.errors import GlasError

Kind = Literal["approval", "ordinal", "cumulative", "scoring"]
Number = int | Fraction
Ballot = Iterable[str] | Mapping[str, int]
Settings = Mapping[str, Any]

POINTED: tuple[Kind, ...] = ("cumulative", "scoring")
# Our types of ballot, and the one of files that is no kind of its own.
COUNTED_AS: Mapping[str, Any] = {"choose-1": "approval"} | {name: traits.kind for name, traits in TYPES.items()}


@dataclass(kw_only=True, eq=False)
class RuleWrong(GlasError):
    """There is no such rule (`setting` is None), or the rule has no such setting, or not this value for it."""

    rule: str
    setting: str | None = None
    value: object = None


@dataclass(kw_only=True, eq=False)
class TieRefused(GlasError):
    """These projects are equal, and the rule was told not to choose between them."""

    projects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """What stands on the ballot."""

    id: str
    cost: int  # minor units
    name: str = ""
    score: Fraction | None = None  # as published, for elections whose file carries one
    categories: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    area: str = ""
    conflicts: frozenset[str] = frozenset()  # ids of projects that cannot be funded beside this one
    latitude: float | None = None
    longitude: float | None = None
    withdrawn: bool = False  # after the vote; it keeps its votes and is passed over
    more: tuple[tuple[str, str], ...] = ()  # further columns of a file


@dataclass(frozen=True, slots=True)
class Instance:
    """The projects and the money. `lot`: the ids in the order that a draw gave them; empty means as they stand."""

    projects: tuple[Project, ...]
    budget: int  # minor units
    unit: int = 1  # minor units in one unit of the currency
    lot: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the projects' ids as they stand."""
        return tuple(project.id for project in self.projects)


@dataclass(frozen=True, eq=False)  # not slotted: the sorted form is kept once it was needed
class Profile:
    """All ballots. Identical ones form a class with a weight, so that a million of them fit in flat arrays.

    Class c names `projects[e]` for e in `entries[starts[c]:starts[c + 1]]`: ascending, or by rank on ordinal ballots.
    """

    kind: Kind
    projects: tuple[str, ...]
    starts: NDArray[np.int64]
    entries: NDArray[np.integer[Any]]
    weights: NDArray[np.int64]
    points: NDArray[np.int64] | None = None  # one for each entry of cumulative and scoring ballots

    @staticmethod
    def of(kind: str, ballots: Iterable[Ballot], projects: Sequence[str] = ()) -> Profile:
        """Return the profile of these ballots: ids, or points by id on cumulative and scoring ballots.

        Choose-1 and knapsack ballots count as approvals. A project named twice on a ballot counts once.
        """
        plain: Kind = COUNTED_AS.get(kind, kind)
        counts: dict[tuple[Any, ...], int] = {}
        for ballot in ballots:
            form = canonical(plain, ballot)
            counts[form] = counts.get(form, 0) + 1
        return _profile(plain, counts, projects)

    @property
    def ballots(self) -> int:
        """Return the number of ballots, blank ones included."""
        return int(self.weights.sum())

    @property
    def classes(self) -> int:
        """Return the number of different ballots."""
        return len(self.weights)

    @cached_property
    def owners(self) -> NDArray[np.int32]:
        """Return the class of each entry."""
        return np.repeat(np.arange(self.classes, dtype=np.int32), np.diff(self.starts))

    @cached_property
    def by_project(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Return bounds and order: entries `order[bounds[p]:bounds[p + 1]]` are those that name project p."""
        order = np.argsort(self.entries, kind="stable")
        counts = np.bincount(self.entries, minlength=len(self.projects))
        return np.concatenate(([0], np.cumsum(counts))), order

    def choices(self, number: int) -> tuple[Any, ...]:
        """Return what a ballot of this class says: ids, or (id, points) pairs."""
        span = slice(int(self.starts[number]), int(self.starts[number + 1]))
        ids = [self.projects[entry] for entry in self.entries[span].tolist()]
        return tuple(ids) if self.points is None else tuple(zip(ids, self.points[span].tolist(), strict=True))

    def weighted(self, weights: NDArray[np.int64]) -> Profile:
        """Return the same classes with other weights; the sorted form is shared."""
        twin = Profile(self.kind, self.projects, self.starts, self.entries, weights, self.points)
        twin.__dict__["owners"], twin.__dict__["by_project"] = self.owners, self.by_project
        return twin

    def __iter__(self) -> Iterator[tuple[tuple[Any, ...], int]]:
        """Yield (choices, weight) of each class."""
        for number, weight in enumerate(self.weights.tolist()):
            yield self.choices(number), weight


def profile_of(kind: str, classes: Mapping[str, int], projects: Sequence[str] = ()) -> Profile:
    """Return the profile of ballots as `ballots.forms` writes them, with the number of each; always the same one."""
    # Sorted, so that nothing depends on the order in which the ballots were cast.
    ordered = sorted(classes)
    plain = COUNTED_AS.get(kind, kind)
    read: Callable[[str], Ballot] = points_from_text if plain in POINTED else from_text
    profile = Profile.of(plain, map(read, ordered), projects)
    # Ballots of one meaning may be written in two ways, so there may be fewer classes than texts.
    if profile.classes != len(ordered):
        return Profile.of(plain, (read(text) for text in ordered for _ in range(classes[text])), projects)
    return profile.weighted(np.array([classes[text] for text in ordered], np.int64))


def canonical(kind: Kind, ballot: Ballot) -> tuple[Any, ...]:
    """Return the one form that all ballots of the same meaning share."""
    if kind in POINTED:
        return tuple(sorted(dict(ballot).items()))  # type: ignore[arg-type]
    if kind == "ordinal":
        return tuple(dict.fromkeys(ballot))
    return tuple(sorted(set(ballot)))


def _profile(kind: Kind, counts: Mapping[tuple[Any, ...], int], projects: Sequence[str]) -> Profile:
    """Return the arrays for these canonical ballots and their numbers."""
    flat = list(chain.from_iterable(counts))
    named = [entry[0] for entry in flat] if kind in POINTED else flat
    ids = tuple(projects) + tuple(sorted(set(named).difference(projects)))
    place = {project: position for position, project in enumerate(ids)}
    return Profile(
        kind,
        ids,
        np.concatenate(([0], np.cumsum([len(form) for form in counts], dtype=np.int64))),
        np.fromiter((place[project] for project in named), np.int32, len(named)),
        np.fromiter(counts.values(), np.int64, len(counts)),
        np.array([entry[1] for entry in flat], np.int64) if kind in POINTED else None,
    )
