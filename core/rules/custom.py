"""Poznań's rule, as far as a budget decides: the order of greedy without skipping.

Source: the comments of Poznań's files at https://pabulib.org. What the city adds afterwards from a reserve (a project
of which 80 % is paid for) comes from other money and is not counted here.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.election import Allocation, Instance, Number, Profile
from core.rules.greedy import count
from core.rules.ties import DEFAULT


def custom(
    instance: Instance,
    profile: Profile,
    *,
    by: str = "auto",
    threshold: Number | str = 0,
    ties: Sequence[str] | str = DEFAULT,
) -> Allocation:
    """Return the projects with the most support, up to the first that the money left does not pay for."""
    return count(instance, profile, "greedy-custom", by=by, threshold=threshold, ties=ties, stops=True)
