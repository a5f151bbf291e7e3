"""Second step: staff show the code of their app, or set the app up and keep their recovery codes."""

import streamlit as st

from core.errors import GlasError, NotAllowed
from core.people import second_step, sessions, sign_in
from pages.parts import forms, qr, refusals, templates, visit
from pages.parts.i18n import _
from pages.people import signing

actor, token, then, form = visit.visitor(), visit.token() or "", signing.next_page(), "second"
with visit.reading() as session:
    status = second_step.status(session, actor, local=visit.local())

with st.container(key="narrow"):
    codes = st.session_state.get("second-codes")
    if codes:
        text = _(
            "Each of them stands in once for the six digits when your phone is not there. We show them only now. The "
            "recovery code of your password is another one: keep both."
        )
        templates.draw(
            "parts/page_head.html", over="", title=_("Your spare codes for the second step"), text=text, link=None
        )
        templates.draw("people/second_codes.html", codes=codes)
        if st.button(_("I have saved them"), key="second-saved", type="primary"):
            del st.session_state["second-codes"]
            # Only now: the sign-in gets a new token, and this page would not know its owner any more.
            with visit.transaction() as session:
                fresh = sessions.rotate(session, token, at=visit.at(), second_step=True)
            signing.carry(fresh, then=then)
        visit.leave()
    if status.active:
        text = _("Type the six digits that your app shows now, or one of your spare codes.")
        templates.draw("parts/page_head.html", over="", title=_("Second step"), text=text, link=None)
    else:
        text = _("Staff accounts need a second step besides the password: an app on your phone that shows six digits.")
        templates.draw("parts/page_head.html", over="", title=_("Set up the second step"), text=text, link=None)
        if "second-new" not in st.session_state:
            try:
                with visit.transaction() as session:
                    issuer = templates.told(visit.town().names)
                    made = second_step.begin(session, actor, issuer=f"Glas {issuer}", at=visit.at())
            except NotAllowed:
                templates.draw(
                    "parts/staff_text.html", text=_("Your account has no staff role, so it needs no second step.")
                )
                visit.leave()
            except GlasError as refusal:
                text = refusals.sentence(refusal)
                templates.draw("parts/note.html", look="er", icon_name="error", text=text, link=None, live=True)
                visit.leave()
            st.session_state["second-new"] = made
        made = st.session_state["second-new"]
        templates.draw("people/second_step.html", secret=made.secret, picture=qr.picture(made.uri))
    hint = _("six digits from your app, or a spare code") if status.active else _("six digits from your app")
    typed = forms.line(form, "code", _("Code"), hint=hint, autocomplete="one-time-code", most=40)
    pressed = st.button(_("Go on"), key="second-go", type="primary", width="stretch")
    forms.say(form, "")

if pressed:
    try:
        if status.active:
            signed = sign_in.step_up(visit.transaction, token, typed, at=visit.at(), local=visit.local())
            forms.problems(form).clear()
            signing.carry(signed.token, then=then)
            visit.leave()
        with visit.transaction() as session:
            made_codes = second_step.confirm(session, actor, typed, at=visit.at())
    except GlasError as refusal:
        forms.refuse(form, refusal, guess="code")
    forms.problems(form).clear()
    st.session_state.pop("second-new", None)
    st.session_state["second-codes"] = made_codes
    st.rerun()
