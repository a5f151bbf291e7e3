"""The board: what became of the ballot behind a receipt, whether I have voted, and how anyone watches the log."""

import streamlit as st

from core import rounds
from pages.parts import components, forms, templates, visit
from pages.parts.i18n import _
from pages.rounds import chosen
from pages.trust import answers, guarantees, proof
from pages.voting import receipts

templates.draw(
    "parts/page_head.html",
    over="",
    title=_("Check your receipt"),
    text=_("Type the number of a ballot. Cyrillic or Latin letters, capital or small, all are understood."),
    link=None,
)
claim = receipts.claim(st.query_params)
with st.container(key="narrow"):
    typed = forms.line(
        "board", "number", _("Ballot number"), hint=_("for example {number}", number="47-КЛЕН-309-РЕКА"), most=60
    )
    pressed = st.button(_("Check"), key="board-go", type="primary")
    components.enter("board-go", "board-number")
    receipts.draw()

with visit.reading() as session:
    shown = [one for one in rounds.rounds(session, visit.visitor()) if not one.imported and not one.draft]
    of = answers.round_of(shown, st.query_params.get("round", ""), at=visit.at())
    board = guarantees.view(session, of) if of else None
    mine = answers.lines(session, visit.visitor(), [of] if of else [], at=visit.at())

asked = typed or (claim.number if claim else "")
if (pressed or asked) and not answers.may_ask(asked):
    templates.draw("trust/board.html", **answers.too_fast())
elif pressed or asked:
    with visit.reading() as session:
        found = answers.found(session, shown, typed, None if typed else claim)
        proven = proof.data(session, found) if found else None
    templates.draw("trust/board.html", **answers.answer(found, bool(claim), typed))
    if proven:
        proof.draw(proven)
if mine:
    templates.draw("trust/board_mine.html", lines=mine)
templates.draw("trust/board_help.html")
tabs = chosen.tabs("/board", shown, of) if of else []
if board or tabs:
    templates.draw("trust/board_log.html", boards=[board] if board else [], tabs=tabs)
