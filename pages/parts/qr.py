"""QR codes as pictures inside the page: nothing is asked of anybody else for them."""

from __future__ import annotations

import segno

MOST = 1_000  # bytes; beyond it phones have trouble


def picture(text: str) -> str:
    """Return a QR code as the address of an image, "" for a text that fits into none."""
    if len(text.encode()) > MOST:
        return ""
    return str(segno.make(text, micro=False, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))


def squares(text: str, *, quick: bool = False) -> tuple[tuple[int, ...], ...]:
    """Return a QR code as rows of 0 and 1, to be drawn on paper.

    `quick`: with a mask that is given, not the best of eight; every reader takes it, and it costs a fifth.
    """
    code = segno.make(text, micro=False, error="m", mask=4 if quick else None)
    return tuple(map(tuple, code.matrix))
