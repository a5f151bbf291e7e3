"""The protocol as a PDF: A4, Cyrillic, selectable text, the same bytes for the same protocol."""

from __future__ import annotations

import logging

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from pages.assets import FONTS
from pages.council.protocol import Part, Protocol
from pages.parts.i18n import _, language

FAMILY = "Sofia Sans"
INK, MUTED, LINE, BAD = (34, 16, 42), (102, 86, 109), (205, 190, 210), (160, 28, 28)

# Which glyphs it keeps is nothing for our log.
logging.getLogger("fontTools").setLevel(logging.WARNING)


class _Paper(FPDF):
    """A4 with our typeface and a foot that says which page of how many."""

    foot = ""

    def footer(self) -> None:
        """Draw the foot of a page."""
        self.set_y(-13)
        self.set_font(FAMILY, "", 8.5)
        self.set_text_color(*MUTED)
        self.cell(0, 5, f"{self.foot} · {self.page_no()} / {{nb}}", align="C")


def pdf(told: Protocol) -> bytes:
    """Return the file."""
    paper = _Paper(format="A4")
    for style, name in (("", "regular"), ("B", "bold")):
        paper.add_font(FAMILY, style, FONTS / f"sofia-sans-{name}.ttf")
    paper.foot = f"{told.round} – {told.title}"
    paper.set_title(f"{told.title}: {told.round}")
    paper.set_author(told.town)
    paper.set_lang(language())
    paper.set_creation_date(told.made)
    paper.set_margins(15, 14, 15)
    paper.set_auto_page_break(True, 18)
    paper.add_page()
    _head(paper, told)
    for part in told.parts:
        _part(paper, part)
    _sign(paper, told)
    return bytes(paper.output())


def _head(paper: FPDF, told: Protocol) -> None:
    _text(paper, told.town, 10, muted=True)
    _text(paper, told.title, 19, bold=True)
    _text(paper, told.round, 13, bold=True)
    if told.draft:
        _text(paper, _("Draft: the result is not published yet."), 10, colour=BAD, bold=True)


def _part(paper: FPDF, part: Part) -> None:
    # A heading alone at the foot of a page would be lost.
    if paper.will_page_break(24):
        paper.add_page()
    paper.ln(3)
    _text(paper, part.title, 12.5, bold=True)
    for name, text in part.pairs:
        _pair(paper, name, text)
    for line in part.lines:
        _text(paper, line, 9.5, colour=BAD if part.bad else INK)
    if part.rows:
        _table(paper, part)


def _pair(paper: FPDF, name: str, text: str) -> None:
    if paper.will_page_break(10):
        paper.add_page()
    top = paper.get_y()
    paper.set_font(FAMILY, "", 9.5)
    paper.set_text_color(*MUTED)
    paper.multi_cell(50, 4.8, name, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    under = paper.get_y()
    paper.set_xy(67, top)
    paper.set_text_color(*INK)
    paper.multi_cell(0, 4.8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    paper.set_y(max(under, paper.get_y()))


def _table(paper: FPDF, part: Part) -> None:
    paper.set_font(FAMILY, "", 9)
    paper.set_text_color(*INK)
    paper.set_draw_color(*LINE)
    head = FontFace(emphasis="BOLD", color=MUTED)
    with paper.table(
        col_widths=tuple(part.widths),
        line_height=4.6,
        text_align="LEFT",
        borders_layout="HORIZONTAL_LINES",
        headings_style=head,
        padding=0.8,
    ) as table:
        table.row(part.columns)
        for row in part.rows:
            table.row(row)


def _sign(paper: FPDF, told: Protocol) -> None:
    need = 16 + 13 * len(told.signers)
    if paper.will_page_break(need):
        paper.add_page()
    paper.ln(4)
    _text(paper, _("Signatures"), 12.5, bold=True)
    paper.set_draw_color(*MUTED)
    for role in told.signers:
        paper.ln(8)
        paper.set_font(FAMILY, "", 9.5)
        paper.cell(60, 5, role)
        at = paper.get_y() + 5
        paper.line(75, at, 140, at)
        paper.line(145, at, 195, at)
        paper.ln(5)
    paper.set_text_color(*MUTED)
    paper.set_font(FAMILY, "", 8)
    paper.set_x(75)
    paper.cell(70, 4, _("name and signature"))
    paper.cell(50, 4, _("date and place"))


def _text(
    paper: FPDF, text: str, size: float, *, bold: bool = False, muted: bool = False, colour: tuple[int, int, int] = INK
) -> None:
    paper.set_font(FAMILY, "B" if bold else "", size)
    paper.set_text_color(*(MUTED if muted else colour))
    paper.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
