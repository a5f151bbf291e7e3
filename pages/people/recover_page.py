"""New password: with the recovery code that was shown at joining."""

import streamlit as st

from core.errors import GlasError
from core.people import recovery
from pages.codes import kinds
from pages.parts import components, forms, templates, visit
from pages.parts.i18n import _
from pages.people import recovery_code, signing

form, then = "recover", signing.next_page()
narrow = st.container(key="narrow")
with narrow:
    done = st.session_state.get("recovered")
    if done:
        title, text = _("Your new password works"), _("Here is a new recovery code. The old one no longer works.")
        templates.draw("parts/page_head.html", over="", title=title, text=text, link=None)
        away = recovery_code.show_recovery(done.recovery_code)
        signing.stay(done.actor, then=signing.onward(done.actor, then) if away else "")
        visit.leave()
    text = _("Type the recovery code you got when you joined, and choose a new password.")
    templates.draw("parts/page_head.html", over="", title=_("New password"), text=text, link=None)
    name = forms.line(form, "name", _("Name or e-mail"), autocomplete="username")
    code = forms.line(form, "code", _("Recovery code"))
    password = forms.password(form, _("New password"), hint=_("at least 12 characters"), new=True)
    pressed = st.button(_("Set the new password"), key="recover-go", type="primary", width="stretch")
    components.enter("recover-go", "recover-name", "recover-code", "recover-password")
    forms.say(form, "")
    lost = _("No recovery code? Ask at the organisers' desk: {email}", email=visit.town().contact_email)
    templates.draw("parts/note.html", look="in", icon_name="info", live=False, text=lost, link=None)

if pressed:
    missing = forms.needed(name=name, code=code, password=password)
    if missing:
        forms.refuse(form, *missing)
    try:
        kinds.refuse_other(code, "recovery")
        known = {"address": visit.address(), "at": visit.at(), "local": visit.local()}
        done = recovery.reset(visit.transaction, visit.town().id, name, code, password, **known)
    except GlasError as refusal:
        forms.refuse(form, refusal, guess="recovery_code")
    forms.problems(form).clear()
    st.session_state["recovered"] = done
    st.rerun()
