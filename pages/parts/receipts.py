"""Receipts: what a browser is told of one, and the drawing that belongs to its number."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from core.receipts import Receipt, in_latin
from core.rounds import Round
from pages.parts import dates

BARS = 24
# Six heights in per cent, so that two drawings can be told apart at a glance.
HEIGHTS = (22, 34, 46, 58, 70, 82)


def bars(number: str) -> list[int]:
    """Return the heights of the 24 bars that SHA-256 gives a receipt number."""
    return [HEIGHTS[byte % len(HEIGHTS)] for byte in sha256(number.encode()).digest()[:BARS]]


def told(receipt: Receipt, round: Round) -> dict[str, Any]:
    """Return a receipt as the ballot component reads it."""
    return {
        "number": receipt.number,
        "latin": receipt.latin,
        "bars": bars(receipt.number),
        "revision": receipt.revision,
        "request_id": receipt.request_id,
        "until": receipt.until.isoformat(),
        "until_text": dates.until(receipt.until, zone=round.timezone),
    }


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the ticket of a receipt shows; the number may break between its two halves."""

    first: str
    second: str
    latin: str
    bars: list[int]


def ticket(number: str) -> Ticket:
    """Return the ticket of a receipt number."""
    parts = number.split("-")
    return Ticket("-".join(parts[:2]), "-".join(parts[2:]), in_latin(number), bars(number))
