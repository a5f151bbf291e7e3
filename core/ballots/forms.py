"""Ballots: what a set of choices must look like, and how it is written down."""

import json
from collections.abc import Mapping, Sequence
from typing import Protocol

from core.ballots.types import TYPES
from core.errors import BallotInvalid

# A ballot is read before it is checked, so its length is bounded first.
LONGEST = 1_000


class BallotLimits(Protocol):
    """The ballot rules of a round, as far as a check needs them."""

    @property
    def type(self) -> str:
        """Return the type of ballot, a key of TYPES."""

    @property
    def min_choices(self) -> int | None:
        """Return the least number of choices."""

    @property
    def max_choices(self) -> int | None:
        """Return the greatest number of choices."""


def check(choices: Sequence[str], rules: BallotLimits, projects: Mapping[str, int], budget: int) -> tuple[str, ...]:
    """Return the canonical choices: of those that mean the same, the one form that is written.

    `projects` maps code to cost, in minor units like `budget`; it may hold only the chosen ones.
    Raises BallotInvalid with `problem` unknown, repeated, few, many or over.
    """
    if len(choices) > LONGEST:
        raise BallotInvalid(problem="many", excess=len(choices) - LONGEST)
    unknown = sorted({str(code) for code in choices if not isinstance(code, str) or code not in projects})
    if unknown:
        raise BallotInvalid(problem="unknown", codes=tuple(unknown))
    if len(set(choices)) != len(choices):
        raise BallotInvalid(problem="repeated", excess=len(choices) - len(set(choices)))
    check_number(len(choices), rules)
    traits = TYPES[rules.type]
    traits.fits([projects[code] for code in choices], budget)
    return traits.form(choices)


def check_number(number: int, rules: BallotLimits) -> None:
    """Raise BallotInvalid if a ballot with `number` choices is too short or too long."""
    # An empty ballot is not a ballot: who wants none withdraws.
    least = max(1, rules.min_choices or 1)
    if number < least:
        raise BallotInvalid(problem="few", missing=least - number)
    if rules.max_choices and number > rules.max_choices:
        raise BallotInvalid(problem="many", excess=number - rules.max_choices)


def to_text(choices: Sequence[str] | Mapping[str, int]) -> str:
    """Return the one way a ballot is written: JSON without spaces, a list of codes or codes with points."""
    if isinstance(choices, Mapping):
        return json.dumps(dict(sorted(choices.items())), ensure_ascii=False, separators=(",", ":"))
    return json.dumps(list(choices), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> tuple[str, ...]:
    """Return the codes of a written ballot, in its order."""
    return tuple(json.loads(text))


def points_from_text(text: str) -> dict[str, int]:
    """Return the points of a written ballot of points, by code."""
    return dict(json.loads(text))
