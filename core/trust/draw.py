"""The draw for ties: an order of the projects that nobody could choose, and that anyone can draw again.

The board's final root stands before the randomness is drawn in public, so neither whoever runs the server nor whoever
throws the dice can bend the order alone.
"""

import hashlib
from collections.abc import Iterable


def seed(final_root: bytes, randomness: str) -> bytes:
    """Return the 32 bytes that decide: SHA-256 of the final root and the randomness as it was written down."""
    return hashlib.sha256(final_root + randomness.encode()).digest()


def order(seed: bytes, projects: Iterable[str]) -> tuple[str, ...]:
    """Return the ids in the drawn order: by SHA-256 of seed, comma, id."""
    return tuple(sorted(projects, key=lambda project: hashlib.sha256(seed + b"," + project.encode()).digest()))
