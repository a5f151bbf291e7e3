"""Participation codes as slips to print and cut: A4, ten a page, each with the code, a QR code and the last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from pages.assets import FONTS
from pages.parts import qr
from pages.parts.i18n import _, language

FAMILY = "Sofia Sans"
COLUMNS, ROWS, WIDE, HIGH, LEFT, TOP = 2, 5, 95.0, 54.0, 10.0, 13.5  # millimetres
SQUARES, SMALLEST = 28.0, 6.0  # millimetres of the QR code, points of the smallest letters
INK, MUTED, LINE = (34, 16, 42), (102, 86, 109), (190, 180, 195)


@dataclass(frozen=True, slots=True)
class Slips:
    """What stands on all slips of a batch: the round, where the codes are handed out, the address, the last day."""

    round: str
    place: str
    address: str
    until: str
    made: datetime


def pdf(slips: Slips, codes: Sequence[str]) -> bytes:
    """Return the file."""
    paper = FPDF(format="A4")
    for style, name in (("", "regular"), ("B", "bold")):
        paper.add_font(FAMILY, style, FONTS / f"sofia-sans-{name}.ttf")
    paper.set_title(f"{slips.round} – {slips.place}")
    paper.set_lang(language())
    paper.set_creation_date(slips.made)
    paper.set_auto_page_break(False)
    for number, code in enumerate(codes):
        place = number % (COLUMNS * ROWS)
        if not place:
            paper.add_page()
        row, column = divmod(place, COLUMNS)
        _slip(paper, slips, code, LEFT + column * WIDE, TOP + row * HIGH)
    return bytes(paper.output())


def _slip(paper: FPDF, slips: Slips, code: str, left: float, top: float) -> None:
    paper.set_draw_color(*LINE)
    paper.set_dash_pattern(dash=1, gap=1)
    paper.rect(left, top, WIDE, HIGH)
    paper.set_dash_pattern()
    lines = (
        (slips.round, "B", 10.0, INK),
        (slips.place, "", 8.5, MUTED),
        ("", "", 5.0, INK),
        (_("Your participation code"), "", 8.5, MUTED),
        (code, "B", 12.5, INK),
        ("", "", 4.0, INK),
        (slips.address, "B", 9.0, INK),
        (slips.until, "", 8.5, MUTED),
        (_("One code, one vote. Show it to nobody."), "", 8.5, MUTED),
    )
    down, squares = top + 3, top + 6
    for text, style, size, colour in lines:
        paper.set_text_color(*colour)
        # Below the QR code the whole slip is free.
        wide = WIDE - 8 if down >= squares + SQUARES else WIDE - 12 - SQUARES
        paper.set_xy(left + 4, down)
        down = _written(paper, text, style, size, wide)
    _squares(paper, code, left + WIDE - 4 - SQUARES, squares, SQUARES)


def _written(paper: FPDF, text: str, style: str, size: float, wide: float) -> float:
    """Write a text whole: on two lines, smaller if it needs more. Return where the next begins."""
    left, down = paper.x, paper.y
    paper.set_font(FAMILY, style, size)
    while size > SMALLEST and len(_lines(paper, text, wide)) > 2:
        size -= 0.5
        paper.set_font(FAMILY, style, size)
    for line in _lines(paper, text, wide) or [""]:
        paper.set_xy(left, down)
        paper.cell(wide, size * 0.5, line)
        down += size * 0.5
    return down


def _lines(paper: FPDF, text: str, wide: float) -> list[str]:
    found = paper.multi_cell(wide, text=text, align="L", dry_run=True, output=MethodReturnValue.LINES)
    return cast(list[str], found)


def _squares(paper: FPDF, text: str, left: float, top: float, size: float) -> None:
    """Draw a QR code. It holds the code alone: a link would end up in the history of browsers."""
    rows = qr.squares(text)
    step = size / len(rows)
    paper.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        start = None
        for across, dark in enumerate((*row, 0)):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                paper.rect(left + start * step, top + down * step, (across - start) * step, step, style="F")
                start = None
