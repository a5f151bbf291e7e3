"""What a rule makes of an election: the allocation with its steps, reasons and ties; as JSON; its input's fingerprint.

The fingerprint is a hash of everything that goes into a count, the same wherever it is counted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from core.counting.election import Instance, Number, Profile, Project


def canonical_input(instance: Instance, profile: Profile, rule: str, settings: Mapping[str, Any]) -> bytes:
    """Return everything a count depends on as one text."""
    projects = [
        [each.id, each.cost, str(each.score), sorted(each.conflicts), each.withdrawn] for each in instance.projects
    ]
    ballots = sorted(([list(choices), weight] for choices, weight in profile), key=json.dumps)
    whole = {
        "rule": rule, "settings": dict(settings), "budget": instance.budget, "unit": instance.unit,
        "projects": projects, "lot": instance.lot, "kind": profile.kind, "ballots": ballots,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(instance: Instance, profile: Profile, rule: str, settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the input, in hexadecimal digits."""
    return hashlib.sha256(canonical_input(instance, profile, rule, settings)).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One project is funded."""

    project: str
    support: Number  # votes, points or effective votes that brought its turn
    left: Number  # money left in the budget afterwards
    stage: str = "main"  # or "completion"
    price: Number | None = None  # what a supporter paid for one unit of utility (equal shares), or the load (Phragmén)
    share: Number | None = None  # the most that one supporter paid
    payers: int | None = None  # supporters who paid in full; the others gave all they had left
    broke: int | None = None  # supporters who gave all they had left (some had nothing)


@dataclass(frozen=True, slots=True)
class Unfunded:
    """A project was not funded. `reason` says which numbers `needed` and `had` are.

    no_votes · withdrawn · threshold (score) · over_budget (money) · no_room (money left at its turn)
    stopped (money left when the count stopped at `against`) · conflict (with `against`)
    short_purses (money of its supporters) · overspend (money left; its turn would have overspent)
    Of a withdrawn one `votes_had` is the number of ballots that name it.
    """

    project: str
    reason: str
    needed: Number | None = None
    had: Number | None = None
    votes_needed: Number | None = None  # the support with which it would have had its turn in time
    votes_had: Number | None = None
    against: tuple[str, ...] = ()
    nearness: Fraction | None = None  # effective support: 1 would have been enough


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects were equal and something decided. `by`: cost, votes, lot or number, by the published order; or room,

    for only the chosen one fitted into what was left. `moot`: nothing but the order hung on it. An earlier Glas told of
    those on which money hung by the published order alone.
    """

    projects: tuple[str, ...]  # in the order in which they came
    chosen: str
    by: str
    moot: bool = False


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a rule makes of an instance and a profile, and how it came to it."""

    funded: tuple[Project, ...]  # in the order in which they were funded
    cost: int  # minor units
    steps: tuple[Step, ...] = ()
    unfunded: tuple[Unfunded, ...] = ()
    ties: tuple[Tie, ...] = ()
    rule: str = ""
    settings: tuple[tuple[str, Any], ...] = ()  # complete, defaults included; values are plain JSON
    budget: int = 0  # minor units
    ballots: int = 0
    purse: Number | None = None  # what each voter was given in the count that decided (equal shares)
    raises: int = 0  # by how many steps Add1 raised it
    form: int = 1  # of a result that is kept: EVERY_TIE, or 1 of an earlier Glas


EVERY_TIE = 2  # the form of a result that tells of a tie wherever equals were ordered

EXACT = frozenset(  # numbers that JSON keeps as text: "1/3"
    ("score", "support", "left", "price", "share", "needed", "had", "votes_needed", "votes_had", "nearness", "purse")
)

PARTS: Mapping[str, type[Any]] = {"funded": Project, "steps": Step, "unfunded": Unfunded, "ties": Tie}


def allocation_to_json(allocation: Allocation) -> str:
    """Return the allocation as JSON that reads back the same. Fields at their default are left out."""
    return json.dumps(_plain(allocation), ensure_ascii=False, separators=(",", ":"))


def allocation_from_json(text: str) -> Allocation:
    """Return the allocation that `allocation_to_json` wrote."""
    facts = json.loads(text)
    for name, kind in PARTS.items():
        facts[name] = tuple(_value(kind, part) for part in facts.get(name, ()))
    facts["settings"] = tuple((name, value) for name, value in facts.get("settings", ()))
    return Allocation(**{name: _exact(name, value) for name, value in facts.items()})


def _plain(value: Any) -> Any:
    """Return the value in what JSON knows."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if hasattr(value, "__dataclass_fields__"):
        named = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(part) for field, part in named if part != field.default}
    return value


def _value(kind: type[Any], facts: Mapping[str, Any]) -> Any:
    """Return the frozen value of this kind."""
    return kind(**{name: _exact(name, _frozen(name, value)) for name, value in facts.items()})


def _exact(name: str, value: Any) -> Any:
    """Return text as the fraction it stands for, where the field is a number."""
    return Fraction(value) if name in EXACT and isinstance(value, str) else value


def _frozen(name: str, value: Any) -> Any:
    """Return lists as the tuples or sets they were."""
    if not isinstance(value, list):
        return value
    parts = tuple(_frozen("", part) for part in value)
    return frozenset(parts) if name == "conflicts" else parts
