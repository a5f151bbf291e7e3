"""Receipts: what a browser is told of one, its address and QR code, and the drawing that belongs to its number."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import segno

from core.rounds import Round
from core.settings import settings
from core.voting import order
from core.voting.receipts import Receipt, in_latin
from pages.parts import dates, templates, visit
from pages.parts.components import component
from pages.parts.i18n import _
from pages.parts.links import to

BARS = 24

# Six heights in per cent, so that two drawings can be told apart at a glance.
HEIGHTS = (22, 34, 46, 58, 70, 82)


def bars(number: str) -> list[int]:
    """Return the heights of the 24 bars that SHA-256 gives a receipt number."""
    return [HEIGHTS[byte % len(HEIGHTS)] for byte in sha256(number.encode()).digest()[:BARS]]


def told(receipt: Receipt, round_: Round) -> dict[str, Any]:
    """Return a receipt as the ballot component reads it. It is signed here: after the ballot is committed."""
    link = address(Claim(receipt.round, receipt.latin, receipt.commitment, receipt.signature))
    return {
        "number": receipt.number,
        "latin": receipt.latin,
        "bars": bars(receipt.number),
        "revision": receipt.revision,
        "request_id": receipt.request_id,
        "until": receipt.until.isoformat(),
        "until_text": dates.until(receipt.until, zone=round_.timezone),
        "commitment": receipt.commitment.hex(),
        "link": link.removeprefix(settings().url),
        "line": notebook_line(receipt.number, round_),
    }


def notebook_line(number: str, round_: Round) -> str:
    """Return the receipt as one line for a notebook: round, number, where to check."""
    where = urlsplit(settings().url).netloc + "/board"
    return _(
        "{round}: ballot {number}, check at {where}", round=templates.told(round_.titles), number=number, where=where
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt's address says: round, number, what must stand on the board, and the server's signature."""

    round: str
    number: str
    commitment: bytes
    signature: bytes


def address(claim: Claim) -> str:
    """Return the address where a receipt is checked, with all that it promises."""
    packed = {"c": _packed(claim.commitment), "s": _packed(claim.signature)}
    return settings().url + to("/board", round=claim.round, n=claim.number, **packed)


def claim(query: Mapping[str, str]) -> Claim | None:
    """Return what such an address says, None if it is another one."""
    commitment, signature = _unpacked(query.get("c", ""), 32), _unpacked(query.get("s", ""), 64)
    if commitment is None or signature is None:
        return None
    return Claim(query.get("round", ""), query.get("n", ""), commitment, signature)


def qr(text: str) -> str:
    """Return a QR code as the address of an image that is in the page itself."""
    return str(_drawn(text).svg_data_uri(border=4, omitsize=True, light="#fff", dark="#000"))


def image(of: Claim) -> str:
    """Return the QR code of a receipt's address as an SVG file."""
    file = BytesIO()
    _drawn(address(of)).save(file, kind="svg", border=4, omitsize=True, light="#fff", dark="#000")
    return file.getvalue().decode()


def _drawn(text: str) -> segno.QRCode:
    # One mask instead of the best of eight: readers take any, and choosing is most of the work.
    return segno.make(text, micro=False, error="l", boost_error=False, mask=3)


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unpacked(text: str, length: int) -> bytes | None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == length else None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the ticket of a receipt shows; the number may break between its two halves."""

    first: str
    second: str
    latin: str
    bars: list[int]
    qr: str = ""
    link: str = ""


def ticket(number: str, receipt: Receipt | None = None) -> Ticket:
    """Return the ticket of a receipt number; of a whole receipt with its code and its address."""
    parts = number.split("-")
    shown = Ticket("-".join(parts[:2]), "-".join(parts[2:]), in_latin(number), bars(number))
    if receipt is None:
        return shown
    link = address(Claim(receipt.round, receipt.latin, receipt.commitment, receipt.signature))
    return replace(shown, qr=qr(link), link=link.removeprefix(settings().url))


def draw() -> None:
    """Draw the list, which is nothing where nothing is remembered."""
    texts = {
        "of": order.owner(visit.visitor()),
        "title": _("Remembered on this device"),
        "forget": _("Forget"),
        "forget_named": _("Forget {number}"),
    }
    component("kept")(key="kept-receipts", data=texts)
