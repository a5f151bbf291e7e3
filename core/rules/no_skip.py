"""Greedy without skipping: the count stops at the first project that does not fit.

Source: `greedy-no-skip` at https://pabulib.org/format (Gdynia, Wrocław). A withdrawn project is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.election import Allocation, Instance, Number, Profile
from core.rules.greedy import count
from core.rules.ties import DEFAULT


def no_skip(
    instance: Instance,
    profile: Profile,
    *,
    by: str = "auto",
    threshold: Number | str = 0,
    ties: Sequence[str] | str = DEFAULT,
) -> Allocation:
    """Return the projects with the most support, up to the first that the money left does not pay for."""
    return count(instance, profile, "greedy-no-skip", by=by, threshold=threshold, ties=ties, stops=True)
