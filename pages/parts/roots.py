"""Roots: 32 bytes as people compare them, 52 letters and digits in groups of four."""

from __future__ import annotations

import base64

GROUP = 4


def letters(root: bytes) -> str:
    """Return a root in base 32, without what fills it up."""
    return base64.b32encode(root).decode().rstrip("=")


def groups(root: bytes) -> str:
    """Return a root in groups of four that may be read aloud."""
    text = letters(root)
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))
