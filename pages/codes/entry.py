"""The participation code: entered right where it is needed, above the ballot."""

from __future__ import annotations

import streamlit as st

from core.codes import desk
from core.errors import GlasError
from core.rounds import Round
from pages.parts import components, forms, notices, templates, visit
from pages.parts.i18n import _

FORM = "vote-code"


def draw_field(round_: Round) -> None:
    """Draw the field for the code; a right one puts the visitor on the roll and the page is drawn again."""
    with st.container(key="card-vote-code"):
        templates.draw("codes/code_entry.html")
        typed = forms.line(FORM, "code", _("Participation code"), most=40)
        pressed = st.button(_("Use the code"), key="vote-code-go", type="primary")
        components.enter("vote-code-go", f"{FORM}-code")
        forms.say(FORM, "")
    if not pressed:
        return
    missing = forms.needed(code=typed)
    if missing:
        forms.refuse(FORM, *missing)
    try:
        desk.use(visit.transaction, visit.visitor(), round_.id, typed, address=visit.address(), at=visit.at())
    except GlasError as refusal:
        forms.refuse(FORM, refusal)
    forms.problems(FORM).clear()
    notices.keep(_("The code is accepted."), place="code")
    st.rerun()
