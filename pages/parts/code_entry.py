"""The participation code: entered right where it is needed, above the ballot."""

from __future__ import annotations

import streamlit as st

from core.codes import desk
from core.errors import GlasError
from core.rounds import Round
from pages.parts import components, draw, fields, flash, signing, visit
from pages.parts.i18n import _

FORM = "vote-code"


def draw_field(round_: Round) -> None:
    """Draw the field for the code; a right one puts the visitor on the roll and the page is drawn again."""
    with st.container(key="card-vote-code"):
        draw.draw("code_entry.html")
        typed = fields.line(FORM, "code", _("Participation code"), most=40)
        pressed = st.button(_("Use the code"), key="vote-code-go", type="primary")
        components.enter("vote-code-go", f"{FORM}-code")
        fields.say(FORM, "")
    if not pressed:
        return
    missing = fields.needed(code=typed)
    if missing:
        fields.refuse(FORM, *missing)
    try:
        desk.use(visit.transaction, visit.visitor(), round_.id, typed, address=signing.address(), at=visit.at())
    except GlasError as refusal:
        fields.refuse(FORM, refusal)
    fields.problems(FORM).clear()
    flash.keep(_("The code is accepted."), place="code")
    st.rerun()
