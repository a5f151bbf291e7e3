"""Greedy by Borda points, for ranked ballots: of k ranked projects the first gets k points, the last 1.

Source: J.-C. de Borda, "Mémoire sur les élections au scrutin", 1781; so do Kraków's files at https://pabulib.org.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.election import Allocation, Instance, Number, Profile
from core.rules.greedy import count
from core.rules.ties import DEFAULT


def borda(
    instance: Instance, profile: Profile, *, threshold: Number | str = 0, ties: Sequence[str] | str = DEFAULT
) -> Allocation:
    """Return the greedy allocation by Borda points."""
    return count(instance, profile, "greedy-borda", by="borda", threshold=threshold, ties=ties)
