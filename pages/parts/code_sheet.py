"""Participation codes that were just made: shown once, to print or to save."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from core.rounds import Round
from core.settings import settings
from pages.parts import dates, print_button, tables
from pages.parts import draw as templates
from pages.parts.i18n import _, n_


def draw(round: Round, label: str, codes: Sequence[str]) -> bool:
    """Draw the codes with their downloads; return whether they may be forgotten."""
    text = n_(
        "{count} code for {place}. It is shown only now: print or save it.",
        "{count} codes for {place}. They are shown only now: print or save them.",
        len(codes),
        place=label,
    )
    templates.draw("note.html", look="wa", icon_name="visibility", text=text, link=None, live=True)
    name = f"codes-{round.slug}"
    with st.container(horizontal=True, key="noprint-codes"):
        print_button.draw("print-codes")
        st.download_button(
            _("Save as a table (CSV)"),
            table(label, codes),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
            key="codes-csv",
        )
        st.download_button(
            _("Save as text"), "\n".join(codes) + "\n", f"{name}.txt", "text/plain", on_click="ignore", key="codes-txt"
        )
        done = st.button(_("I have them. Hide them for good"), key="codes-done")
    templates.draw(
        "code_sheet.html",
        label=label,
        codes=codes,
        round=templates.told(round.titles),
        address=urlsplit(settings().url).netloc,
        until=_("Vote until {date}", date=dates.until(round.dates.voting_until, zone=round.timezone)),
    )
    return done


def table(label: str, codes: Sequence[str]) -> str:
    """Return the codes as a table."""
    return tables.csv_text([_("School or place"), _("Participation code")], [(label, code) for code in codes])
