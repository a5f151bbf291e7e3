"""What a check of a bundle gives: that it passed or failed, and the facts for whoever words them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, Any]
SHOWN = 5  # examples that a fact names


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. A failed one gives its `reason` among the facts, and what it has to do with."""

    name: str
    passed: bool
    facts: Facts


class Failed(Exception):
    """The check found that something is not as it must be."""

    def __init__(self, reason: str, **facts: Any) -> None:
        """Keep the reason and the facts."""
        super().__init__(reason)
        self.facts = {"reason": reason, **facts}
