"""Ballots held against the limits that META names: how many break which, and where the first stands.

They are counted as they stand: whoever published them has counted them, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counting.election import Profile
from core.counting.pabulib.cells import amount, whole
from core.counting.pabulib.head import Head
from core.counting.pabulib.notes import Notes
from core.errors import FileWrong

Numbers = NDArray[Any]
Measure = Callable[[], Numbers]  # a number for each class of ballots
EVER = 2**62  # more than any limit that a ballot could break


def check(
    head: Head, profile: Profile, ballot_classes: NDArray[np.int32], lines: NDArray[np.int64], notes: Notes
) -> None:
    """Note each limit that ballots break. `lines`: of each ballot."""

    def tell(kind: str, key: str, limit: object, broken: NDArray[np.bool_]) -> None:
        if broken.any():
            ballots = np.flatnonzero(broken[ballot_classes])
            notes.add(kind, int(lines[ballots[0]]), key, limit, len(ballots))

    if not profile.classes:
        return
    lengths = np.diff(profile.starts)
    if head.meta["vote_type"].lower() == "choose-1":
        tell("over_choose_1", "vote_type", "choose-1", lengths > 1)
    for name, most_of, least_of in _measures(head, profile, lengths):
        for sense, key in (("over", f"max_{name}"), ("under", f"min_{name}")):
            if (limit := _limit(head, key, notes)) is not None:
                broken = most_of() > limit if sense == "over" else least_of() < limit
                tell(f"{sense}_{key}", key, head.meta[key], broken)


def _measures(head: Head, profile: Profile, lengths: Numbers) -> Iterator[tuple[str, Measure, Measure]]:
    """Yield what limits are about, and how to get the most and the least that each class of ballots has of it."""
    yield "length", lambda: lengths, lambda: lengths
    yield "sum_cost", lambda: _costs(head, profile), lambda: _costs(head, profile)
    if (points := profile.points) is not None:
        yield "sum_points", lambda: _sums(profile, points), lambda: _sums(profile, points)
        yield "points", lambda: _extreme(profile, points, np.maximum), lambda: _extreme(profile, points, np.minimum)


def _limit(head: Head, key: str, notes: Notes) -> int | None:
    """Return a limit, of money in minor units; None where META names none, or one that cannot be read."""
    text, line = head.meta.get(key, ""), head.lines.get(key)
    if not text or text.lower() in ("nan", "none", "null", "-"):
        return None
    try:
        if key.endswith("cost"):
            return int(amount(text, line, key, notes) * head.instance.unit)
        return whole(text, line, key, notes)
    except FileWrong:
        notes.add("meta_unread", line, key, text)
        return None


def _sums(profile: Profile, values: Numbers) -> Numbers:
    """Return for each class the sum of what its entries have."""
    sums = np.zeros(profile.classes, values.dtype)
    np.add.at(sums, profile.owners, values)
    return sums


def _costs(head: Head, profile: Profile) -> Numbers:
    """Return what the projects on a ballot cost together, exactly."""
    costs = [project.cost for project in head.instance.projects]
    # Amounts of a file may be too large for the machine's numbers.
    kind = np.int64 if sum(costs) < 2**62 else object
    return _sums(profile, np.array(costs, kind)[profile.entries])


def _extreme(profile: Profile, values: Numbers, which: np.ufunc) -> Numbers:
    """Return for each class the largest, or the smallest, of what its entries have; of an empty one nothing breaks."""
    found = np.full(profile.classes, -EVER if which is np.maximum else EVER, np.int64)
    which.at(found, profile.owners, values)
    return found
