"""Greedy: the project with the most support first, then the next one that still fits.

Why this way: it is how most cities count, and what people expect of "the most votes win". Support means votes, points
or Borda points. A city's published score goes before points, for cities give them by tables of their own; never before
votes: what files of approval ballots call score is often something else. Equal support is ordered by the tie-breaker,
and a tie is only told where it decides about money. One walk down the list serves all the rules of this family: they
differ in which projects take part (`least`, `exclusive`) and in what follows the first that does not fit (`stops`).
What else was tried: support per unit of cost, which the literature calls greedy too. It gives 42 of 416 official
results, dividing by nothing 414.
Units: money in minor units; support as whole numbers, or exact where a published score is not whole.
Sources: "greedy" at https://pabulib.org/format; its rules with a threshold, without skipping and with exclusion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import Any

from core.counting.allocation import Allocation, Step, Unfunded
from core.counting.election import Instance, Number, Profile, Project, RuleWrong
from core.counting.numbers import exact, plain
from core.counting.support import natural, totals
from core.counting.ties import DEFAULT, TieBreaker

PROJECTS = "projects"  # as many places as there are projects
MOST_PLACES = 10_000
MEASURES = ("auto", "votes", "points", "borda", "score")


def variant(
    rule: str, *, measures: Sequence[str] = MEASURES, stops: bool = False, exclusive: bool = False
) -> Callable[..., Allocation]:
    """Return the greedy rule of this name. `measures`: what its support may be counted by, the first by default.

    `stops`: it ends at the first project that does not fit. `exclusive`: it minds conflicts.
    """

    def counted(
        instance: Instance,
        profile: Profile,
        *,
        by: str = measures[0],
        threshold: Number | str = 0,
        ties: Sequence[str] | str = DEFAULT,
        places: int | str | None = None,
    ) -> Allocation:
        """Return the allocation. `by` auto: what suits the ballots. `threshold`: least, or like "10%".

        `places`: by borda, how many bring points, the first as many, or "projects" for as many as there are projects;
        without it the last of each ballot brings 1. It is told only where it was given.
        """
        if by not in measures:
            raise RuleWrong(rule=rule, setting="by", value=by)
        measure = measure_of(instance, profile, by)
        scores = totals(instance, profile, measure, places_of(instance, places, rule, measure))
        least = least_of(threshold, profile.ballots, rule)
        breaker = TieBreaker.of(instance, profile, ties)
        walk = Walk(instance, scores, breaker, instance.budget, least, stops, exclusive)
        walk.go()
        told = {"by": measure, "threshold": plain(threshold), "ties": list(breaker.keys)}
        return walk.outcome(rule, told | ({"places": places} if places is not None else {}), profile.ballots)

    return counted


greedy = variant("greedy")


def measure_of(instance: Instance, profile: Profile, by: str) -> str:
    """Return what support means here: votes, or of points a published score where all projects have one."""
    if by != "auto":
        return by
    scored = bool(instance.projects) and all(project.score is not None for project in instance.projects)
    suits = natural(profile)
    return "score" if scored and suits != "votes" else suits


def places_of(instance: Instance, places: int | str | None, rule: str, measure: str) -> int | None:
    """Return how many places bring points, None where the length of each ballot says it. Raises RuleWrong."""
    if places is None:
        return None
    if measure != "borda" or not (places == PROJECTS or (type(places) is int and 1 <= places <= MOST_PLACES)):
        raise RuleWrong(rule=rule, setting="places", value=places)
    return len(instance.projects) if isinstance(places, str) else places


def least_of(threshold: Number | str, ballots: int, rule: str) -> Fraction:
    """Return the least score that counts. Text is a number, or with a percent sign a share of the ballots."""
    if isinstance(threshold, str) and threshold.endswith("%"):
        return exact(threshold[:-1], rule=rule, setting="threshold") * ballots / 100
    return exact(threshold, rule=rule, setting="threshold")


@dataclass(slots=True)
class Walk:
    """Going down the list once. Groups of equal support are ordered by the tie-breaker where it matters."""

    instance: Instance
    scores: Sequence[Number]
    breaker: TieBreaker
    left: int  # minor units
    least: Number = 0
    stops: bool = False
    exclusive: bool = False
    stage: str = "main"
    funded: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    unfunded: list[Unfunded] = field(default_factory=list)
    stopped: int | None = None

    def go(self, skipped: frozenset[int] = frozenset()) -> None:
        """Fund what fits, in order, and say of every other project why not. Those `skipped` do not take part."""
        for group in self._groups(skipped):
            self._tell_order(group)
            while group:
                position = self._next(group)
                group.remove(position)
                self._decide(position)

    def outcome(self, rule: str, settings: Mapping[str, Any], ballots: int) -> Allocation:
        """Return the allocation to which it came."""
        return Allocation(
            funded=tuple(self.instance.projects[position] for position in self.funded),
            cost=self.instance.budget - self.left,
            steps=tuple(self.steps),
            unfunded=tuple(self.unfunded),
            ties=tuple(self.breaker.met),
            rule=rule,
            settings=tuple(settings.items()),
            budget=self.instance.budget,
            ballots=ballots,
        )

    def _groups(self, skipped: frozenset[int]) -> Iterator[list[int]]:
        """Yield the projects of equal score, best first."""
        standing = (position for position in range(len(self.scores)) if position not in skipped)
        ranked = sorted(standing, key=lambda position: -self.scores[position])
        for _, group in groupby(ranked, key=self.scores.__getitem__):
            yield list(group)

    def _tell_order(self, group: Sequence[int]) -> None:
        """Tell how equal projects were ordered that are all funded, or none of which fits where the count stops."""
        reasons = {self._reason(position) for position in group}
        choices = [position for position in group if self._reason(position) is None]
        if len(choices) > 1 and self._together(choices):
            self.breaker.tell_order(choices)
        elif len(group) > 1 and self.stops and reasons == {"no_room"}:
            self.breaker.tell_order(group)

    def _next(self, group: list[int]) -> int:
        """Return whose turn it is. Where money hangs on it a tie is met."""
        choices = [position for position in group if self._reason(position) is None]
        short = [position for position in group if self._reason(position) == "no_room"] if choices else []
        rivals = choices + short if self.stops else choices
        if len(rivals) > 1 and not self._together(rivals):
            return self.breaker.first(rivals)
        if len(choices) == 1 and short:
            self.breaker.tell_room(choices[0], short)
        return min(choices if choices and not self.stops else group, key=self.breaker.ranks.__getitem__)

    def _together(self, choices: Sequence[int]) -> bool:
        """Return whether all of these can be funded side by side."""
        projects = [self.instance.projects[position] for position in choices]
        excluded = {enemy for project in projects for enemy in project.conflicts} if self.exclusive else set()
        return sum(project.cost for project in projects) <= self.left and excluded.isdisjoint(p.id for p in projects)

    def _decide(self, position: int) -> None:
        """Fund this project, or note why not."""
        project, score = self.instance.projects[position], self.scores[position]
        if reason := self._reason(position):
            self.unfunded.append(self._unfunded(project, position, reason))
            if reason == "no_room" and self.stops:
                self.stopped = position
            return
        self.left -= project.cost
        self.funded.append(position)
        self.steps.append(Step(project.id, score, self.left, self.stage))

    def _reason(self, position: int) -> str | None:
        """Return why this project cannot be funded now, None if it can."""
        project, score = self.instance.projects[position], self.scores[position]
        if score <= 0:
            return "no_votes"
        if project.withdrawn:
            return "withdrawn"
        if score < self.least:
            return "threshold"
        if self.stopped is not None:
            return "stopped"
        if self.exclusive and self._enemies(project):
            return "conflict"
        if project.cost > self.left:
            return "over_budget" if project.cost > self.instance.budget and not self.stops else "no_room"
        return None

    def _enemies(self, project: Project) -> tuple[str, ...]:
        """Return the funded projects that stand in this one's way."""
        funded = [self.instance.projects[position] for position in self.funded]
        return tuple(other.id for other in funded if other.id in project.conflicts or project.id in other.conflicts)

    def _unfunded(self, project: Project, position: int, reason: str) -> Unfunded:
        """Return the reason with its numbers."""
        score = self.scores[position]
        facts: dict[str, Any] = {}
        if reason == "threshold":
            facts = {"needed": self.least, "had": score, "votes_needed": self.least, "votes_had": score}
        elif reason == "conflict":
            facts = {"against": self._enemies(project)}
        elif reason == "over_budget":
            facts = {"needed": project.cost, "had": self.instance.budget}
        elif reason in ("no_room", "stopped"):
            facts = {"needed": project.cost, "had": self.left, **self._turn(project, position)}
        if reason == "stopped" and self.stopped is not None:
            facts["against"] = (self.instance.projects[self.stopped].id,)
        needed = facts.get("votes_needed")
        nearness = min(Fraction(score) / needed, Fraction(1)) if needed and score > 0 else None
        return Unfunded(project.id, reason, nearness=nearness, **facts)

    def _turn(self, project: Project, position: int) -> dict[str, Number]:
        """Return the support that would have brought this project its turn while there was money, and what it had."""
        before = self.steps[0].left + self.instance.projects[self.funded[0]].cost if self.funded else 0
        needed: Number | None = None
        for funded, step in zip(self.funded, self.steps, strict=True):
            if project.cost > before:
                break
            wins = self.breaker.ranks[position] < self.breaker.ranks[funded]
            needed, before = step.support + (0 if wins else 1), step.left
        return {} if needed is None else {"votes_needed": needed, "votes_had": self.scores[position]}
