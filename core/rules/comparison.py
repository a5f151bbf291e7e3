"""The comparison step: if more voters are better off by greedy, the greedy allocation is taken.

Source: Wieliczka 2023, https://equalshares.net/implementation/comparison. A voter is better off where more of the
projects that she supports are funded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.election import Allocation, Instance, Profile
from core.rules.greedy import greedy
from core.rules.support import supports
from core.rules.ties import DEFAULT


def compared(instance: Instance, profile: Profile, ours: Allocation, ties: Sequence[str] | str = DEFAULT) -> Allocation:
    """Return ours, or the greedy allocation if more voters have more of their projects in it."""
    theirs = greedy(instance, profile, ties=ties)
    balance = np.zeros(profile.classes, np.int64)
    for project, support in zip(instance.projects, supports(instance, profile), strict=True):
        balance[support.classes] += (project in ours.funded) * 1 - (project in theirs.funded) * 1
    for_us, for_them = profile.weights[balance > 0].sum(), profile.weights[balance < 0].sum()
    return ours if for_us >= for_them else theirs
