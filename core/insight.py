"""What is worth knowing of a result beyond its list: who got something, other rules, and how robust it is.

The last of these counts an election again hundreds of times, so it has its own command, run by core/insights.py as
`python -m core.insight`: a process of its own keeps the server free.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.election import Allocation, Instance, Profile
from core.errors import GlasError
from core.measures import Compared, Measures, compare, measures
from core.robustness import Robustness, robustness
from core.rules import PRESETS, suitable
from core.rules.market import utility_of

# (work of one count, samples): the more one count costs, the fewer samples; how many there were is always said.
SAMPLES = ((300_000, 200), (3_000_000, 50), (float("inf"), 20))
MOST_WORK = 200_000_000  # above this no robustness is looked for

Told = Callable[[int], None]
Labels = Mapping[str, tuple[tuple[str, ...], str]]  # categories and area of a project


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
    for rule, settings in others(allocation, profile):
        try:
            found.extend(compare(instance, profile, [(rule, settings)]))
        except GlasError:  # a tie that this rule does not decide: then it is no comparison
            continue
    return Insight(measures(instance, profile, allocation), tuple(found))


def labelled(instance: Instance, labels: Labels) -> Instance:
    """Return the instance with these categories and areas; what is not named stays."""
    none: tuple[tuple[str, ...], str] = ((), "")
    projects = []
    for project in instance.projects:
        categories, area = labels.get(project.id, none)
        projects.append(replace(project, categories=project.categories or categories, area=area or project.area))
    return replace(instance, projects=tuple(projects))


def others(allocation: Allocation, profile: Profile) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the rules to compare with: those that suit the ballots, without the one that was used."""
    natural = utility_of(profile)
    equal = {**PRESETS["official"], "utility": natural}
    candidates: list[tuple[str, Mapping[str, Any]]] = [("greedy", {}), ("equal-shares", equal)]
    if natural == PRESETS["compute-tool"]["utility"]:
        candidates.append(("equal-shares", PRESETS["compute-tool"]))
    candidates.append(("phragmen", {}))
    fitting = suitable(profile.kind)
    return [one for one in candidates if one[0] in fitting and not same(allocation, *one)]


def same(allocation: Allocation, rule: str, settings: Mapping[str, Any]) -> bool:
    """Return whether this is the rule, with its settings, of the allocation."""
    used = dict(allocation.settings)
    if rule == "greedy":
        return allocation.rule in ("greedy", "greedy-points", "greedy-borda")
    return allocation.rule == rule and all(used.get(name) == _plain(value) for name, value in settings.items())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def work(allocation: Allocation, profile: Profile) -> int:
    """Return how much one count has to do, roughly: entries of different ballots, for each raise of the purses."""
    return (len(profile.entries) + 1) * (1 + allocation.raises)


def samples(allocation: Allocation, profile: Profile) -> int:
    """Return how many samples the robustness of this result is worth, 0: too large to look."""
    size = work(allocation, profile)
    return 0 if size > MOST_WORK else next(number for limit, number in SAMPLES if size <= limit)


def robust(instance: Instance, profile: Profile, allocation: Allocation, told: Told | None = None) -> Robustness | None:
    """Return how robust the result is, None where a count takes too long to be repeated."""
    number = samples(allocation, profile)
    if not number or not profile.ballots:
        return None
    return robustness(instance, profile, allocation.rule, dict(allocation.settings), samples=number, progress=told)


def main() -> None:
    """Read an election from standard input and write its robustness; end when nobody waits for it any more."""
    parent = os.getppid()
    os.nice(10)

    def told(_ballots: int) -> None:
        if os.getppid() != parent:
            sys.exit(1)

    # Both ends are this program, one started by the other.
    instance, profile, allocation = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(robust(instance, profile, allocation, told)))


if __name__ == "__main__":
    main()
