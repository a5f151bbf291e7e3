"""Numbers in settings: read exactly as a person or a file writes them, and kept as JSON has them."""

from __future__ import annotations

import re
from fractions import Fraction

from core.counting.election import Number, RuleWrong

# Few digits and no exponent: settings come with files too, and 1e999999999 would fill the memory.
WRITTEN = re.compile(r"-?\d{1,24}(?:\.\d{1,24}|/\d{1,24})?", re.ASCII)


def exact(value: object, *, rule: str, setting: str) -> Fraction:
    """Return the number that this setting is: a number, or text like 12, 0.5 and 1/3. Raises RuleWrong."""
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, str) and WRITTEN.fullmatch(value) and not re.search(r"/0+$", value):
        return Fraction(value)
    raise RuleWrong(rule=rule, setting=setting, value=value)


def plain(value: Number | str) -> int | str:
    """Return the setting as JSON has it: a fraction is text."""
    return str(value) if isinstance(value, Fraction) else value
