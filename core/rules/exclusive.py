"""Greedy among conflicting projects: of those that exclude each other only the best is funded.

Source: `greedy-exclusive` at https://pabulib.org/format (Warszawa: two projects for the same place).
"""

from __future__ import annotations

from collections.abc import Sequence

from core.election import Allocation, Instance, Number, Profile
from core.rules.greedy import count
from core.rules.ties import DEFAULT


def exclusive(
    instance: Instance,
    profile: Profile,
    *,
    by: str = "auto",
    threshold: Number | str = 0,
    ties: Sequence[str] | str = DEFAULT,
) -> Allocation:
    """Return the greedy allocation that never funds a project beside one that it conflicts with."""
    return count(instance, profile, "greedy-exclusive", by=by, threshold=threshold, ties=ties, exclusive=True)
