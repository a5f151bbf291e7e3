"""A sign-in that has ended by itself, confirmed where its owner stands: the password again, and the page goes on."""

from __future__ import annotations

import streamlit as st

from core.errors import GlasError, SecondStepNeeded
from core.people import devices, sign_in
from pages.parts import components, forms, templates, visit
from pages.parts.i18n import _
from pages.people import signing

FORM = "again"


def can() -> bool:
    """Return whether this browser's sign-in ended by itself, not too long ago."""
    with visit.reading() as session:
        return devices.renewable(session, visit.token() or "", at=visit.at()) is not None


def ask(then: str) -> None:
    """Draw the fields, and go on to `then` – the page that is open – once the password is right."""
    with st.container(key="narrow"):
        text = _("Your login has ended by itself. Confirm it and go on here.")
        templates.draw("parts/page_head.html", over="", title=_("Is it still you?"), text=text, link=None)
        password = forms.password(FORM, _("Password"), new=False)
        code = ""
        if st.session_state.get("again-second"):
            hint = _("six digits from your app, or a spare code")
            code = forms.line(FORM, "code", _("Second step"), hint=hint, autocomplete="one-time-code", most=40)
        pressed = st.button(_("Confirm and go on"), key="again-go", type="primary", width="stretch")
        components.enter("again-go", "again-password", "again-code")
        forms.say(FORM, "")
    if pressed:
        _confirm(password, code, then)


def _confirm(password: str, code: str, then: str) -> None:
    if missing := forms.needed(password=password):
        forms.refuse(FORM, *missing)
    known = {"device": visit.device(), "at": visit.at(), "local": visit.local()}
    try:
        signed = sign_in.renew(visit.transaction, visit.token() or "", password, code=code, **known)
    except SecondStepNeeded:
        # The password is right; only now the page says that this account has a second step.
        st.session_state["again-second"] = True
        forms.problems(FORM).clear()
        st.rerun()
    except GlasError as refusal:
        forms.refuse(FORM, refusal, guess="code" if code else "password")
    forms.problems(FORM).clear()
    signing.arrive(signed, then=then)
