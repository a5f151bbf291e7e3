"""The participation code: entered right where it is needed, above the ballot and while joining.

The browser keeps it in the memory of one tab until it is used (assets/components/code), so that it outlives the way to
the account; no address holds it that a server is sent.
"""

from __future__ import annotations

import re
from functools import partial

import streamlit as st

from core import codes
from core.codes import desk
from core.errors import GlasError
from core.permissions import Actor
from core.phases import Phase
from core.rounds import Round
from pages.codes import kinds
from pages.parts import components, forms, notices, refusals, templates, visit
from pages.parts.components import component
from pages.parts.i18n import _
from pages.parts.links import to, with_next

FORM = "vote-code"
LONGEST = 2_000  # signs that the field takes: a whole message with the slip's address in it, too

_WRITTEN = re.compile(r"(?<![0-9A-Z])(?:[0-9A-Z]{5}-){2}[0-9A-Z]{6}(?![0-9A-Z])", re.IGNORECASE)


_UNTIL_CLOSE = (Phase.preparation, Phase.ideas, Phase.review, Phase.voting)


def taken(round_: Round) -> bool:
    """Return whether a round takes participation codes now, from whoever has an account."""
    asks = round_.code_required and not (round_.imported or round_.draft or round_.voided_at)
    return asks and round_.phase(visit.at()) in _UNTIL_CLOSE


def draw_field(round_: Round) -> None:
    """Draw the field for the code; a right one puts the visitor on the roll, and a guest takes it along to joining."""
    guest, here = not visit.visitor().signed_in, to("/vote", round=round_.slug)
    with st.container(key="card-vote-code"):
        templates.draw("codes/code_entry.html")
        typed = line(FORM, _("Participation code"))
        label = _("Join with this code") if guest else _("Use the code")
        pressed = st.button(label, key="vote-code-go", type="primary")
        components.enter("vote-code-go", f"{FORM}-code")
        forms.say(FORM, "")
        if guest:
            templates.draw("codes/code_sign_in.html", sign_in=with_next("/sign-in", here))
        kept(FORM, typed)
    if not pressed:
        return
    wrong = faults(typed) if typed else forms.needed(code=typed)
    if guest and not wrong:
        wrong = refused(round_, typed)
    if wrong:
        forms.refuse(FORM, *wrong)
    if guest:
        forms.problems(FORM).clear()
        st.session_state["join-code"] = typed
        components.go(with_next("/join", here))
        return
    use(round_, visit.visitor(), typed, FORM)


def use(round_: Round, actor: Actor, typed: str, form: str) -> None:
    """Spend a code for `actor`, or say beside the field of `form` why not; draw again either way."""
    try:
        kinds.refuse_other(typed, "participation")
        desk.use(visit.transaction, actor, round_.id, typed, address=visit.address(), at=visit.at())
    except GlasError as refusal:
        forms.refuse(form, refusal)
    forms.problems(form).clear()
    st.session_state["code-used"] = True
    notices.keep(_("The code is accepted."), place="code")
    st.rerun()


def use_of_new(round_: Round, actor: Actor, typed: str) -> tuple[str, str]:
    """Spend a code for somebody who has just joined; return how that looks and the sentence."""
    try:
        desk.use(visit.transaction, actor, round_.id, typed, address=visit.address(), at=visit.at())
    except GlasError as refusal:
        why = refusals.sentence(refusal)
        return "wa", _("Your account is there, but your participation code was not taken. {why}", why=why)
    st.session_state["code-used"] = True
    return "ok", _("Your participation code is accepted: you can vote.")


def faults(typed: str) -> list[GlasError]:
    """Return what shows that this is no participation code, without looking it up."""
    try:
        kinds.refuse_other(typed, "participation")
        codes.check(typed)
    except GlasError as fault:
        return [fault]
    return []


def refused(round_: Round, typed: str) -> list[GlasError]:
    """Return what the register says against a code that looks right, before an account is made for it."""
    try:
        desk.look(visit.transaction, visit.visitor(), round_.id, typed, address=visit.address(), at=visit.at())
    except GlasError as refusal:
        return [refusal]
    return []


def line(form: str, label: str, hint: str = "") -> str:
    """Draw the field and return the code in it; of a whole address or message that was pasted only the code stays."""
    key = f"{form}-code"
    if (pasted := st.session_state.get(key)) and pasted != (code := code_in(pasted)):
        st.session_state[key] = code
    return forms.line(form, "code", label, hint=hint, most=LONGEST)


def code_in(text: str) -> str:
    """Return the code that a text holds – the last, if none is right –, or the text where it holds none."""
    found = _WRITTEN.findall(text)
    return next((one for one in found if not faults(one)), found[-1] if found else text)


def kept(form: str, typed: str) -> None:
    """Keep what stands in the field in the memory of the tab, and fill the field with what it keeps.

    Once a code is used, the tab forgets it.
    """
    key = f"tab-code-{form}"
    data = {"typed": typed, "used": bool(st.session_state.pop("code-used", False))}
    component("code")(key=key, data=data, height=1, on_found_change=partial(_fill, form, key))


def forget() -> None:
    """Have the tab forget a code that was just used; draws nothing if none was."""
    if st.session_state.pop("code-used", False):
        component("code")(key="tab-code-used", data={"typed": "", "used": True}, height=1)


def _fill(form: str, key: str) -> None:
    found = st.session_state[key].get("found")
    if isinstance(found, str) and len(found) <= LONGEST:
        st.session_state[f"{form}-code"] = found
