"""The slips of a batch that wait to be printed: being made, there to be saved, or not to be opened here."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from core.codes import Batch, slip_number, slips
from core.rounds import Round
from core.settings import settings
from pages.codes import press
from pages.codes.slips import Slips, address
from pages.parts import dates, templates, visit
from pages.parts.i18n import _
from pages.parts.qr import picture


def make(round_: Round, batch_id: int, label: str, codes: tuple[str, ...]) -> dict[str, str]:
    """Have the slips of new codes made, for the browser that asks; return the first for `code_sheet.html`."""
    until = _("Vote until {date}", date=dates.until(round_.dates.voting_until, zone=round_.timezone))
    paper = Slips(
        templates.told(round_.titles), " ".join(label.split()), urlsplit(settings().url).netloc, until, visit.at(),
        address(round_.slug, ""),
    )  # fmt: skip
    press.make(batch_id, visit.token() or "", paper, codes)
    return {
        "round": paper.round, "address": paper.address, "until": until, "number": slip_number(batch_id, 1),
        "code": codes[0], "picture": picture(address(round_.slug, codes[0])),
    }  # fmt: skip


def draw(round_: Round, one: Batch) -> None:
    """Draw what there is of a batch that the visitor has made and nobody has released."""
    if press.share(one.id) is not None:
        _follow(one.id)
        return
    there = slips.names(one.id, visit.token() or "")
    if press.SLIPS not in there:
        text = _(
            "The slips can be opened only in the browser that made them, for a day, while its login lasts. If they "
            "were not saved: discard the batch and make it again."
        )
        templates.draw("parts/note.html", look="in", icon_name="lock", text=text, link=None, live=False)
        return
    words = {
        press.SLIPS: _("Slips with QR codes (PDF)"),
        press.SHEET: _("Hand-out sheet (PDF)"),
        press.TABLE: _("Save as a table (CSV)"),
    }
    files = [
        {"label": label, "name": f"{round_.slug}-{one.id}-{name}", "href": f"/slips/{one.id}/{name}"}
        for name, label in words.items()
    ]
    text = _(
        "Save or print the slips before another organiser releases the codes: then they are deleted here, at the "
        "latest on {date}. Only this browser can open them.",
        date=dates.moment(one.created_at + slips.LAST),
    )
    templates.draw("parts/note.html", look="wa", icon_name="visibility", text=text, link=None, live=True)
    templates.draw("codes/code_files.html", files=files)


@st.fragment(run_every=1.0)
def _follow(batch_id: int) -> None:
    done = press.share(batch_id)
    if done is None:
        st.rerun()
    st.progress(done, text=_("The slips are being made. You may leave the page: nothing gets lost."))
