"""The protocol as a PDF: A4, Cyrillic, selectable text, the same bytes for the same protocol."""

from __future__ import annotations

import logging
from typing import Any

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import FontFace
from fpdf.prefs import ViewerPreferences

from pages.assets import FONTS
from pages.council.part import Part
from pages.council.protocol import Protocol
from pages.parts.i18n import _, language

FAMILY = "Sofia Sans"
INK, MUTED, LINE, BAD = (34, 16, 42), (102, 86, 109), (205, 190, 210), (160, 28, 28)

WHOLE = 70.0  # millimetres up to which a part without a table stays on one page
_SIGN, _SIGNED = 20.0, 13.0  # millimetres of the signatures, and of each

# Which glyphs it keeps is nothing for our log.
logging.getLogger("fontTools").setLevel(logging.WARNING)


class _Paper(FPDF):
    """A4 with our typeface, a foot that says which page of how many, and tags for who has it read aloud.

    The library can tag texts one after the other, not tables: their cells are read as paragraphs, row by row.
    """

    foot = ""
    kind = "P"

    def footer(self) -> None:
        """Draw the foot of a page, which is not read with the text."""
        self.set_y(-13)
        self.set_font(FAMILY, "", 8.5)
        self.set_text_color(*MUTED)
        self._out("/Artifact BMC")
        self.cell(0, 5, f"{self.foot} · {self.page_no()} / {{nb}}", align="C")
        self._out("EMC")

    def multi_cell(self, *told: Any, **more: Any) -> Any:
        """Write a text, tagged with the kind that is set. It must fit on the page."""
        if more.get("dry_run"):
            return super().multi_cell(*told, **more)
        place = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{self.kind}", mcid=place)
        self._out(f"/{self.kind} <</MCID {place}>> BDC")
        found = super().multi_cell(*told, **more)
        self._out("EMC")
        return found


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
    paper.viewer_preferences = ViewerPreferences(display_doc_title=True)
    paper.set_margins(15, 14, 15)
    paper.set_auto_page_break(True, 18)
    paper.add_page()
    _head(paper, told)
    *parts, last = told.parts
    for part in parts:
        _part(paper, part)
    # Signatures alone on a page could belong to any paper: the last part goes with them.
    if paper.will_page_break(_high(paper, last) + _SIGN + _SIGNED * len(told.signers)):
        paper.add_page()
    _part(paper, last)
    _sign(paper, told)
    return bytes(paper.output())


def _head(paper: _Paper, told: Protocol) -> None:
    _text(paper, told.town, 10, muted=True)
    _text(paper, told.title, 19, bold=True, kind="H1")
    _text(paper, told.round, 13, bold=True)
    _text(paper, told.number, 10)
    _text(paper, _("Number and date in the register of the municipality: ____________________"), 10, muted=True)
    if told.draft:
        _text(paper, _("Draft: the result is not published yet."), 10, colour=BAD, bold=True)


def _part(paper: _Paper, part: Part) -> None:
    # A heading alone at the foot of a page would be lost, and so would the last line of a short part.
    high = 0 if part.rows else _high(paper, part)
    if paper.will_page_break(max(24, high if high < WHOLE else 0)):
        paper.add_page()
    paper.ln(3)
    _text(paper, part.title, 12.5, bold=True, kind="H2")
    for name, text in part.pairs:
        _pair(paper, name, text)
    for line in part.lines:
        _text(paper, line, 9.5, colour=BAD if part.bad else INK)
    if part.rows:
        _table(paper, part)


def _high(paper: _Paper, part: Part) -> float:
    """Return how high a part without a table is, in millimetres, give or take a line."""
    paper.set_font(FAMILY, "", 9.5)
    lines = [*part.lines, *(text for _name, text in part.pairs)]
    return 12 + sum(_height(paper, line, 9.5) for line in lines)


def _height(paper: _Paper, text: str, size: float, wide: float = 0) -> float:
    return float(paper.multi_cell(wide, size * 0.5, text, dry_run=True, output=MethodReturnValue.HEIGHT))


def _pair(paper: _Paper, name: str, text: str) -> None:
    paper.set_font(FAMILY, "", 9.5)
    need = max(_height(paper, name, 9.6, 50), _height(paper, text, 9.6, 128))
    if paper.will_page_break(need):
        paper.add_page()
    top = paper.get_y()
    paper.set_text_color(*MUTED)
    paper.multi_cell(50, 4.8, name, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    under = paper.get_y()
    paper.set_xy(67, top)
    paper.set_text_color(*INK)
    paper.multi_cell(0, 4.8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    paper.set_y(max(under, paper.get_y()))


def _table(paper: _Paper, part: Part) -> None:
    paper.set_font(FAMILY, "", 9)
    paper.set_text_color(*INK)
    paper.set_draw_color(*LINE)
    head = FontFace(emphasis="BOLD", color=MUTED)
    with paper.table(
        col_widths=tuple(part.widths),
        line_height=4.6,
        text_align=["RIGHT" if place in part.right else "LEFT" for place in range(len(part.columns))],
        borders_layout="HORIZONTAL_LINES",
        headings_style=head,
        padding=(0.8, 2, 0.8, 0.8),
    ) as table:
        table.row(part.columns)
        for row in part.rows:
            table.row(row)


def _sign(paper: _Paper, told: Protocol) -> None:
    paper.ln(4)
    _text(paper, _("Signatures"), 12.5, bold=True, kind="H2")
    for role in told.signers:
        paper.ln(8)
        paper.set_font(FAMILY, "", 9.5)
        paper.set_text_color(*INK)
        top = paper.get_y()
        paper.multi_cell(60, 5, role, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
        paper.set_draw_color(*MUTED)
        for left, right in ((75, 140), (145, 195)):
            paper.line(left, top + 5, right, top + 5)
    paper.set_text_color(*MUTED)
    paper.set_font(FAMILY, "", 8)
    paper.set_x(75)
    paper.multi_cell(70, 4, _("name and signature"), new_x=XPos.RIGHT, new_y=YPos.TOP, align="L")
    paper.multi_cell(50, 4, _("date and place"), align="L")


def _text(
    paper: _Paper, text: str, size: float, *, bold: bool = False, muted: bool = False,
    colour: tuple[int, int, int] = INK, kind: str = "P",
) -> None:  # fmt: skip
    paper.set_font(FAMILY, "B" if bold else "", size)
    paper.set_text_color(*(MUTED if muted else colour))
    # A tag cannot go on on another page.
    if paper.will_page_break(_height(paper, text, size)):
        paper.add_page()
        paper.set_font(FAMILY, "B" if bold else "", size)
        paper.set_text_color(*(MUTED if muted else colour))
    paper.kind = kind
    paper.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    paper.kind = "P"
