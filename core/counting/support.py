"""Who supports what: the ballots of a profile, sorted by project, and the totals that rules compare."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counting.election import Instance, Number, Profile

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Support:
    """The supporters of one project: ballot classes, and what one ballot of each says it is worth (None: 1)."""

    classes: NDArray[np.integer[Any]]
    units: Ints | None = None


def supports(instance: Instance, profile: Profile, utility: str = "votes") -> list[Support]:
    """Return the supporters of each project of the instance. `utility`: votes, points or borda."""
    bounds, order = profile.by_project
    units = units_of(profile, utility)
    place = {project: position for position, project in enumerate(profile.projects)}
    return [_support(profile, bounds, order, units, place.get(project)) for project in instance.ids]


def _support(profile: Profile, bounds: Ints, order: NDArray[np.intp], units: Ints | None, place: int | None) -> Support:
    """Return the supporters of the project at this place of the profile, None if no ballot names it."""
    if place is None:
        return Support(np.zeros(0, np.int32), None if units is None else np.zeros(0, np.int64))
    entries = order[bounds[place] : bounds[place + 1]]
    if profile.points is not None:  # zero points, or less, are no support
        entries = entries[profile.points[entries] > 0]
    return Support(profile.owners[entries], None if units is None else units[entries])


def units_of(profile: Profile, utility: str, places: int | None = None) -> Ints | None:
    """Return what each entry of the ballots is worth, None if all are worth 1.

    `borda` gives the first of `places` as many points, each further one a point less and those after them none,
    whatever else is ranked. Without a number it gives the last of k ranked projects 1 point and the first k, as the
    cities' files do.
    """
    if utility == "points":
        return profile.points
    if utility == "borda" and profile.kind == "ordinal":
        lengths = np.diff(profile.starts)
        ranks = np.arange(len(profile.entries)) - np.repeat(profile.starts[:-1], lengths)
        return np.repeat(lengths, lengths) - ranks if places is None else np.maximum(places - ranks, 0)
    return None


def natural(profile: Profile) -> str:
    """Return the total that this kind of ballot is made for."""
    return {"ordinal": "borda", "cumulative": "points", "scoring": "points"}.get(profile.kind, "votes")


def votes(instance: Instance, profile: Profile) -> list[int]:
    """Return for each project the number of ballots that support it."""
    return [int(count) for count in totals(instance, profile, "votes")]


def totals(instance: Instance, profile: Profile, by: str, places: int | None = None) -> list[Number]:
    """Return each project's total `by` votes, points, borda (with so many `places`) or its published score.

    Points below zero count here, although they are no support.
    """
    if by == "score":
        return [Fraction(0) if project.score is None else project.score for project in instance.projects]
    units = units_of(profile, by, places)
    said = profile.weights[profile.owners]
    if units is not None:
        said = said * units
    elif profile.points is not None:
        said = said * (profile.points > 0)
    # The sums are whole numbers far below 2**53, so floats keep them exactly.
    sums = np.bincount(profile.entries, said, len(profile.projects)).astype(np.int64)
    known = dict(zip(profile.projects, sums.tolist(), strict=True))
    return [known.get(project, 0) for project in instance.ids]
