"""Ties: an order that nobody could know before the log was final, and that everybody can compute after.

Where the randomness will come from is fixed before the log is final. What came up has then one form only: with two
ways to write it, whoever types it could try both and take the order that suits.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import Invalid

NAME = "beacon: "
THROWS = 10
LONGEST = 200  # characters that name a beacon and its round
# Hexadecimal digits of a beacon's value that count. It could be handed in whole or cut short, so all but these are cut.
DIGITS = 32


@dataclass(frozen=True, slots=True)
class Source:
    """Where randomness comes from: a public `beacon` by its name and round, or ten throws of a die if it is None."""

    beacon: str | None = None

    @property
    def text(self) -> str:
        """Return the source as it is stored, published and agreed upon."""
        return "dice" if self.beacon is None else NAME + self.beacon


DICE = Source()


def read_source(text: str) -> Source:
    """Return the source that is stored as this text; what is neither dice nor a named beacon is taken as a name."""
    return DICE if text == DICE.text else Source(text.removeprefix(NAME))


def named(source: Source) -> Source:
    """Return the source, a beacon's name with single spaces between words. Raises Invalid of "source"."""
    if source.beacon is None:
        return source
    name = " ".join(source.beacon.split())
    if not name:
        raise Invalid("source", "required")
    if len(name) > LONGEST:
        raise Invalid("source", "too_long", limit=LONGEST)
    if not name.isprintable():
        raise Invalid("source", "format")
    return Source(name)


def reduced(source: Source, typed: str) -> str:
    """Return the one form of what came up, whatever stands between its figures.

    Ten figures from 1 to 6, in the order of the throws; or the first 32 hexadecimal digits, in small letters. Raises
    Invalid("randomness", "dice" or "beacon") with how many are `found`.
    """
    if source.beacon is None:
        figures = "".join(filter(str.isalnum, typed))
        if not re.fullmatch(f"[1-6]{{{THROWS}}}", figures):
            raise Invalid("randomness", "dice", found=len(figures))
        return figures
    digits = "".join(typed.split()).lower()
    if not re.fullmatch(f"[0-9a-f]{{{DIGITS},}}", digits):
        raise Invalid("randomness", "beacon", found=len(digits))
    return digits[:DIGITS]


def seed(final_root: bytes, randomness: str) -> bytes:
    """Return SHA-256(final root ‖ randomness); the root alone could be tried out by the server."""
    return hashlib.sha256(final_root + randomness.encode()).digest()


def order(seed: bytes, codes: Iterable[str]) -> tuple[str, ...]:
    """Return project codes, the first one wins a tie: ascending by SHA-256(seed ‖ "," ‖ code)."""
    return tuple(sorted(codes, key=lambda code: hashlib.sha256(seed + b"," + code.encode()).digest()))
