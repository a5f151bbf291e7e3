"""Ties: an order that nobody could know before the log was final, and that everybody can compute after."""

import hashlib
from collections.abc import Iterable


def seed(final_root: bytes, randomness: str) -> bytes:
    """Return SHA-256(final root ‖ randomness); the root alone could be tried out by the server."""
    return hashlib.sha256(final_root + randomness.encode()).digest()


def order(seed: bytes, codes: Iterable[str]) -> tuple[str, ...]:
    """Return project codes, the first one wins a tie: ascending by SHA-256(seed ‖ "," ‖ code)."""
    return tuple(sorted(codes, key=lambda code: hashlib.sha256(seed + b"," + code.encode()).digest()))
