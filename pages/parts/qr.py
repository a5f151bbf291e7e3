"""QR codes as pictures inside the page: nothing is asked of anybody else for them."""

from __future__ import annotations

import segno

MOST = 1_000  # bytes; beyond it phones have trouble


def picture(text: str) -> str:
    """Return a QR code as the address of an image, "" for a text that fits into none."""
    if len(text.encode()) > MOST:
        return ""
    return str(segno.make(text, micro=False, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))


def squares(text: str) -> tuple[tuple[int, ...], ...]:
    """Return a QR code as rows of 0 and 1, to be drawn on paper."""
    return tuple(tuple(row) for row in segno.make(text, micro=False, error="m").matrix)
