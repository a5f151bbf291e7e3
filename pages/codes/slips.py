"""Slips with participation codes to print and cut, the sheet that says who got which number, and a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from pages.assets import FONTS
from pages.parts import qr, tables
from pages.parts.i18n import _, language

FAMILY = "Sofia Sans"

COLUMNS, ROWS, WIDE, HIGH, LEFT, TOP = 2, 5, 95.0, 54.0, 10.0, 13.5  # millimetres

SQUARES, SMALLEST = 28.0, 6.0  # millimetres of the QR code, points of the smallest letters

LINES, LINE_HIGH, HALF = 31, 8.0, 97.0  # of the hand-out sheet: lines a column, and millimetres

_RUN = re.compile(b"\x01+")

INK, MUTED, LINE = (34, 16, 42), (102, 86, 109), (190, 180, 195)


@dataclass(frozen=True, slots=True)
class Slips:
    """What stands on all slips of a batch: the round, where the codes are handed out, the address, the last day.

    `link`: what stands before the code in the QR code.
    """

    round: str
    place: str
    address: str
    until: str
    made: datetime
    link: str = ""


def in_squares(slips: Slips, code: str) -> str:
    """Return what the QR code of a slip holds."""
    return slips.link + code


def table(label: str, numbers: Sequence[str], codes: Sequence[str]) -> str:
    """Return the codes as a table."""
    head = [_("School or place"), _("Code slip"), _("Participation code")]
    # With its sign, for spreadsheets would take "12-3" for a day of the year.
    rows = [(label, f"№ {number}", code) for number, code in zip(numbers, codes, strict=True)]
    return tables.csv_text(head, rows)


def pdf(
    slips: Slips, numbers: Sequence[str], codes: Sequence[str], tell: Callable[[float], None] | None = None
) -> bytes:
    """Return the slips as a file; `tell` is told the share done after each page."""
    paper = _paper(slips, f"{slips.round} – {slips.place}")
    stamp: _Stamp | None = None
    for place, (number, code) in enumerate(zip(numbers, codes, strict=True)):
        on_page = place % (COLUMNS * ROWS)
        if not on_page:
            paper.add_page()
            if tell:
                tell(place / len(codes))
        stamp = stamp or _stamp(paper, slips)
        row, column = divmod(on_page, COLUMNS)
        _slip(paper, stamp, number, code, in_squares(slips, code), LEFT + column * WIDE, TOP + row * HIGH)
    return bytes(paper.output())


def sheet(slips: Slips, numbers: Sequence[str]) -> bytes:
    """Return the hand-out sheet as a file: a line for a name beside each number. It holds no code."""
    title = _("Hand-out sheet")
    paper = _paper(slips, f"{title}: {slips.place}")
    for start in range(0, len(numbers), 2 * LINES):
        paper.add_page()
        paper.set_text_color(*INK)
        for text, style, size in (
            (f"{title}: {slips.place}", "B", 13.0),
            (slips.round, "", 9.5),
            (
                _(
                    "Write the name of whoever gets the code slip beside its number. The school keeps this sheet until "
                    "the vote is over, shows it to nobody, and then destroys it. If a slip is "
                    "lost, the organisers need its number only."
                ),
                "",
                9.5,
            ),
        ):
            paper.set_x(LEFT)
            _written(paper, text, style, size, 2 * WIDE)
            paper.set_y(paper.get_y() + size * 0.5)
        _lines_for_names(paper, numbers[start : start + 2 * LINES], paper.get_y() + 2)
    return bytes(paper.output())


def _lines_for_names(paper: FPDF, numbers: Sequence[str], top: float) -> None:
    paper.set_draw_color(*LINE)
    paper.set_font(FAMILY, "B", 9)
    for place, number in enumerate(numbers):
        column, row = divmod(place, LINES)
        left, down = LEFT + column * HALF, top + row * LINE_HIGH
        paper.set_xy(left, down + 2)
        paper.cell(24, 5, f"№ {number}")
        paper.line(left + 24, down + 7, left + WIDE - 3, down + 7)


def _paper(slips: Slips, title: str) -> FPDF:
    paper = FPDF(format="A4")
    for style, name in (("", "regular"), ("B", "bold")):
        paper.add_font(FAMILY, style, FONTS / f"sofia-sans-{name}.ttf")
    paper.set_title(title)
    paper.set_lang(language())
    paper.set_creation_date(slips.made)
    paper.set_auto_page_break(False)
    return paper


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What all slips have in common, as drawn at the corner of a page, and how far down the code stands."""

    drawn: bytes
    down: float


def _stamp(paper: FPDF, slips: Slips) -> _Stamp:
    """Draw what all slips have in common once and take it off the page: laying text out is what takes long."""
    page = paper.pages[paper.page]
    begin = len(page.contents)
    paper.set_draw_color(*LINE)
    paper.set_dash_pattern(dash=1, gap=1)
    paper.rect(0, 0, WIDE, HIGH)
    paper.set_dash_pattern()
    lines = (
        (slips.round, "B", 10.0, INK),
        (slips.place, "", 8.5, MUTED),
        ("", "", 5.0, INK),
        (_("Your participation code"), "", 8.5, MUTED),
        (None, "B", 12.5, INK),
        ("", "", 4.0, INK),
        (slips.address, "B", 9.0, INK),
        (slips.until, "", 8.5, MUTED),
        (_("One code, one vote. Show it to nobody."), "", 8.5, MUTED),
    )
    down, code = 3.0, 0.0
    for text, style, size, colour in lines:
        if text is None:
            code, down = down, down + size * 0.5
            continue
        paper.set_text_color(*colour)
        # Below the QR code the whole slip is free.
        wide = WIDE - 8 if down >= 8 + SQUARES else WIDE - 12 - SQUARES
        paper.set_xy(4, down)
        down = _written(paper, text, style, size, wide)
    drawn = bytes(page.contents[begin:])
    del page.contents[begin:]
    return _Stamp(drawn, code)


def _slip(paper: FPDF, stamp: _Stamp, number: str, code: str, held: str, left: float, top: float) -> None:
    k = paper.k
    paper._out(b"q 1 0 0 1 %.2f %.2f cm\n%b\nQ" % (left * k, -top * k, stamp.drawn))
    paper.set_text_color(*INK)
    # In this order: the stamp ends with a font that the paper takes for set, which it is not any more.
    for x, y, style, size, text in (
        (left + 4, top + stamp.down, "B", 12.5, code),
        (left + WIDE - 4 - SQUARES, top + 3, "", 8.5, f"№ {number}"),
    ):
        paper.set_font(FAMILY, style, size)
        paper.set_xy(x, y)
        paper.cell(WIDE - 12 - SQUARES, size * 0.5, text)
    _squares(paper, held, left + WIDE - 4 - SQUARES, top + 8, SQUARES)


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
    """Draw a QR code as one path, a square a unit, its rows downwards."""
    rows = qr.squares(text, quick=True)
    step, k = size / len(rows) * paper.k, paper.k
    bars = "".join(_bars(row, down) for down, row in enumerate(rows))
    corner = f"{left * k:.2f} {(paper.h - top) * k:.2f}"
    paper._out(f"q 0 g {step:.4f} 0 0 {-step:.4f} {corner} cm\n{bars}f Q")


def _bars(row: Sequence[int], down: int) -> str:
    """Return the dark runs of a row as rectangles."""
    return "".join(f"{run.start()} {down} {run.end() - run.start()} 1 re " for run in _RUN.finditer(bytes(row)))
