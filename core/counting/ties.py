"""Ties are decided by a published order: lowest cost, then most votes, then a lot. Or not at all.

Source: https://equalshares.net/implementation/tie-breaking
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from core.counting.allocation import Tie
from core.counting.election import Instance, Profile, RuleWrong, TieRefused
from core.counting.support import votes

DEFAULT = ("cost", "votes", "lot")
KEYS = (*DEFAULT, "number", "refuse")
LAST = ("lot", "refuse")


def keys_of(order: Sequence[str] | str) -> tuple[str, ...]:
    """Return the keys of this order; one that leaves ties open ends with the lot. Raises RuleWrong."""
    keys = (order,) if isinstance(order, str) else tuple(order) if isinstance(order, (list, tuple)) else (order,)
    if unknown := [key for key in keys if key not in KEYS]:
        raise RuleWrong(rule="", setting="ties", value=unknown)
    return keys if {*LAST} & set(keys) else (*keys, "lot")


def decisive(order: Sequence[str] | str) -> tuple[str, ...]:
    """Return the keys of this order that can ever decide: nothing is left to decide after a lot or a refusal."""
    keys = keys_of(order)
    return keys[: 1 + min(keys.index(last) for last in LAST if last in keys)]


@dataclass(slots=True)
class TieBreaker:
    """Decides between equal projects and remembers that it had to."""

    instance: Instance
    profile: Profile
    keys: tuple[str, ...]
    met: list[Tie] = field(default_factory=list)
    known: tuple[tuple[int, ...], ...] = ()

    @property
    def ranks(self) -> tuple[tuple[int, ...], ...]:
        """Return for each project one number a key; the lowest wins. Made when first needed."""
        if not self.known:
            columns = [_column(self.instance, self.profile, key) for key in self.keys]
            self.known = tuple(zip(*columns, strict=True))
        return self.known

    @staticmethod
    def of(instance: Instance, profile: Profile, order: Sequence[str] | str = DEFAULT) -> TieBreaker:
        """Return the breaker for this order of keys. An order that leaves ties open ends with the lot."""
        return TieBreaker(instance, profile, keys_of(order))

    def first(self, tied: Iterable[int]) -> int:
        """Return which of these equal projects is first. The tie is remembered, or refused."""
        best, *others = tied
        if others:
            best, *others = sorted((best, *others), key=self.ranks.__getitem__)
            self.met.append(self._tie(best, others))
        return best

    def tell_order(self, tied: Iterable[int]) -> None:
        """Remember in which order equal projects come where no money hangs on it; nobody need decide that."""
        best, *others = sorted(tied, key=self.ranks.__getitem__)
        if self.keys[-1] != "refuse" or self.ranks[best] != self.ranks[others[0]]:
            self.met.append(replace(self._tie(best, others), moot=True))

    def tell_room(self, chosen: int, others: Sequence[int]) -> None:
        """Remember that of equal projects only this one fitted into what was left."""
        ids = self.instance.ids
        after = sorted(others, key=self.ranks.__getitem__)
        self.met.append(Tie(tuple(ids[position] for position in (chosen, *after)), ids[chosen], "room"))

    def _tie(self, best: int, others: Sequence[int]) -> Tie:
        """Return the tie and the key that decided; raise TieRefused if that is to refuse."""
        ids = self.instance.ids
        tied = tuple(ids[position] for position in (best, *others))
        for key, ours, theirs in zip(self.keys, self.ranks[best], self.ranks[others[0]], strict=True):
            if key == "refuse":
                break
            if ours != theirs:
                return Tie(tied, ids[best], key)
        raise TieRefused(projects=tied)


def _column(instance: Instance, profile: Profile, key: str) -> list[int]:
    """Return one number a project for this key; the lowest wins."""
    if key == "cost":
        return [project.cost for project in instance.projects]
    if key == "votes":
        return [-count for count in votes(instance, profile)]
    if key == "number":  # ids that are whole numbers, ascending, before all others: the order of browsers
        return [int(project) if project.isascii() and project.isdigit() else 2**63 for project in instance.ids]
    if key == "lot":
        drawn = {project: rank for rank, project in enumerate(instance.lot or instance.ids)}
        return [drawn.get(project, len(drawn)) for project in instance.ids]
    return [0] * len(instance.projects)
