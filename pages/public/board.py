"""Check a receipt: what became of the ballot behind a number."""

import streamlit as st

from core import receipts, rounds
from pages.parts import board_answer, draw, entry, pace, visit
from pages.parts.i18n import _

draw.draw(
    "page_head.html",
    over="",
    title=_("Check your receipt"),
    text=_("Type the number of a ballot. Cyrillic or Latin letters, capital or small, all are understood."),
    link=None,
)
with st.container(key="narrow"):
    typed = entry.line(
        "board", "number", _("Ballot number"), hint=_("for example {number}", number="47-КЛЕН-309-РЕКА"), most=60
    )
    pressed = st.button(_("Check"), key="board-go", type="primary")

if pressed or typed:
    if not pace.allowed(f"board|{st.context.ip_address}", most=20, seconds=60):
        draw.draw("board.html", **board_answer.too_fast())
        st.stop()
    with visit.reading() as session:
        cast_here = [one for one in rounds.rounds(session, visit.visitor()) if not one.imported]
        found = [(one, receipts.look_up(session, one.id, typed)) for one in cast_here]
    draw.draw("board.html", **board_answer.answer(typed, found))
draw.draw("board_help.html")
