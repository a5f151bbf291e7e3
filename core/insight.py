"""What is worth knowing of a result beyond its list: who got something, other rules, and how robust it is.

The last of these counts an election again hundreds of times, so it has its own command, run by core/insights.py as
`python -m core.insight`: a process of its own keeps the server free.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.counting import measures as counting_measures
from core.counting.allocation import Allocation
from core.counting.election import Instance, Profile
from core.counting.measures import Compared, Measures, compare, measures
from core.counting.robustness import Robustness
from core.errors import GlasError


@dataclass(frozen=True, slots=True)
class Insight:
    """An allocation seen from outside. `robustness` is None while it is not there; `pending`: it is being computed."""

    measures: Measures
    compared: tuple[Compared, ...]
    robustness: Robustness | None = None
    pending: bool = True


def first_look(instance: Instance, profile: Profile, allocation: Allocation) -> Insight:
    """Return what is quick to know: measures and the comparison with other rules."""
    found: list[Compared] = []
    for rule, settings in counting_measures.others(allocation, profile):
        try:
            found.extend(compare(instance, profile, [(rule, settings)]))
        except GlasError:  # a tie that this rule does not decide: then it is no comparison
            continue
    return Insight(measures(instance, profile, allocation), tuple(found))
