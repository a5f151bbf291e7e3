"""Participation codes that were just made: shown once, to print or to save."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from core.rounds import Round
from core.settings import settings
from pages.parts import components, dates, slips_pdf, tables, templates, visit
from pages.parts.i18n import _, n_
from pages.server import private_route


def draw(round_: Round, label: str, codes: Sequence[str]) -> bool:
    """Draw the codes with their downloads; return whether they may be forgotten."""
    text = n_(
        "{count} code for {place}. It is shown only now: print or save it.",
        "{count} codes for {place}. They are shown only now: print or save them.",
        len(codes),
        place=label,
    )
    templates.draw("note.html", look="wa", icon_name="visibility", text=text, link=None, live=True)
    files = _files(round_, label, codes)
    with st.container(horizontal=True, key="noprint-codes"):
        components.print_page("print-codes")
        done = st.button(_("I have them. Hide them for good"), key="codes-done")
    templates.draw("code_files.html", files=files)
    templates.draw(
        "code_sheet.html",
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
    slips = slips_pdf.Slips(
        templates.told(round_.titles), label, urlsplit(settings().url).netloc,
        _("Vote until {date}", date=dates.until(round_.dates.voting_until, zone=round_.timezone)), visit.at(),
    )  # fmt: skip
    made = [
        (_("Slips with QR codes (PDF)"), f"{name}.pdf", "application/pdf", slips_pdf.pdf(slips, codes)),
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
