"""Greedy with a threshold: only projects with at least a certain score take part.

Source: `greedy-threshold` and `min_project_score_threshold` at https://pabulib.org/format.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.election import Allocation, Instance, Number, Profile
from core.rules.greedy import count
from core.rules.ties import DEFAULT


def threshold(
    instance: Instance,
    profile: Profile,
    *,
    by: str = "auto",
    threshold: Number | str = 0,
    ties: Sequence[str] | str = DEFAULT,
) -> Allocation:
    """Return the greedy allocation among projects that reach `threshold`: a number, or a share like "10%"."""
    return count(instance, profile, "greedy-threshold", by=by, threshold=threshold, ties=ties)
