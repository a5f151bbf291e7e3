"""Greedy by the points that voters gave, for cumulative and scoring ballots.

Source: the cities with `cumulative` ballots at https://pabulib.org (Gdańsk, Katowice, Częstochowa).
"""

from __future__ import annotations

from collections.abc import Sequence

from core.election import Allocation, Instance, Number, Profile
from core.rules.greedy import count
from core.rules.ties import DEFAULT


def points(
    instance: Instance, profile: Profile, *, threshold: Number | str = 0, ties: Sequence[str] | str = DEFAULT
) -> Allocation:
    """Return the greedy allocation by points."""
    return count(instance, profile, "greedy-points", by="points", threshold=threshold, ties=ties)
