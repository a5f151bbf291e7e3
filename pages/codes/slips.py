"""Participation codes that were just made: shown once, to print or to save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

import streamlit as st
from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from core.rounds import Round
from core.settings import settings
from pages.assets import FONTS
from pages.parts import components, dates, qr, tables, templates, visit
from pages.parts.i18n import _, language, n_
from pages.server import private_route

FAMILY = "Sofia Sans"

COLUMNS, ROWS, WIDE, HIGH, LEFT, TOP = 2, 5, 95.0, 54.0, 10.0, 13.5  # millimetres

SQUARES, SMALLEST = 28.0, 6.0  # millimetres of the QR code, points of the smallest letters

INK, MUTED, LINE = (34, 16, 42), (102, 86, 109), (190, 180, 195)


def draw(round_: Round, label: str, codes: Sequence[str]) -> bool:
    """Draw the codes with their downloads; return whether they may be forgotten."""
    text = n_(
        "{count} code for {place}. It is shown only now: print or save it.",
        "{count} codes for {place}. They are shown only now: print or save them.",
        len(codes),
        place=label,
    )
    templates.draw("parts/note.html", look="wa", icon_name="visibility", text=text, link=None, live=True)
    files = _files(round_, label, codes)
    with st.container(horizontal=True, key="noprint-codes"):
        components.print_page("print-codes")
        sure = st.checkbox(_("They are printed or saved. Nobody can show them again."), key=f"codes-sure-{label}")
        done = st.button(_("I have them. Hide them for good"), key="codes-done", disabled=not sure)
    templates.draw("codes/code_files.html", files=files)
    templates.draw(
        "codes/code_sheet.html",
        label=label,
        codes=codes,
        round=templates.told(round_.titles),
        address=urlsplit(settings().url).netloc,
        until=_("Vote until {date}", date=dates.until(round_.dates.voting_until, zone=round_.timezone)),
    )
    if done:
        for file in files:
            private_route.forget(file["href"])
        st.session_state.pop("codes-files", None)
    return done


def _files(round_: Round, label: str, codes: Sequence[str]) -> list[dict[str, str]]:
    """Return the downloads; they are made once, not at every run."""
    kept: tuple[Sequence[str], list[dict[str, str]]] | None = st.session_state.get("codes-files")
    if kept and kept[0] == codes:
        return kept[1]
    actor, name = visit.visitor(), f"codes-{round_.slug}"
    slips = Slips(
        templates.told(round_.titles), label, urlsplit(settings().url).netloc,
        _("Vote until {date}", date=dates.until(round_.dates.voting_until, zone=round_.timezone)), visit.at(),
    )  # fmt: skip
    made = [
        (_("Slips with QR codes (PDF)"), f"{name}.pdf", "application/pdf", pdf(slips, codes)),
        (_("Save as a table (CSV)"), f"{name}.csv", "text/csv", table(label, codes).encode()),
    ]
    files = [
        {"label": words, "name": file, "href": private_route.keep(actor, file, kind, body)}
        for words, file, kind, body in made
    ]
    st.session_state["codes-files"] = (codes, files)
    return files


def table(label: str, codes: Sequence[str]) -> str:
    """Return the codes as a table."""
    return tables.csv_text([_("School or place"), _("Participation code")], [(label, code) for code in codes])


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
