"""The form of participation codes: drawn, checked for typing errors, and kept as keyed digests only."""

import hashlib
import hmac

from core import letters
from core.errors import CodeUnknown
from core.trust import keys

# 5 symbols to find a code by, 10 to prove it (49.5 bits), 1 to catch typing errors.
SELECTOR, VERIFIER = 5, 10
LENGTH = SELECTOR + VERIFIER + 1


def check(code: str) -> str:
    """Return a code without spaces and dashes. Raises CodeUnknown(typing=True) where it cannot be one."""
    given = letters.plain(code)
    if len(given) != LENGTH or not letters.well_formed(given) or letters.check_symbol(given[:-1]) != given[-1]:
        raise CodeUnknown(typing=True)
    return given


def digest(round_id: int, code: str) -> bytes:
    """Return HMAC-SHA256(pepper, "code‖round‖code"): without the key the database cannot be searched for codes."""
    return hmac.digest(keys.pepper(), f"code‖{round_id}‖{code}".encode(), hashlib.sha256)


def fresh(count: int) -> tuple[str, ...]:
    """Return `count` different codes."""
    made: dict[str, None] = {}
    while len(made) < count:
        body = letters.random_text(SELECTOR + VERIFIER)
        made[body + letters.check_symbol(body)] = None
    return tuple(made)
