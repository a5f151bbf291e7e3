"""Log in: with nickname or e-mail and a password, or by a one-time link."""

import streamlit as st

from core.errors import GlasError, SecondStepNeeded, SignInFailed
from core.people import sign_in
from pages.parts import components, forms, links, refusals, templates, visit
from pages.parts.i18n import _
from pages.people import signing

then = signing.next_page()
if visit.visitor().signed_in:
    text = _("You are logged in as {name}.", name=visit.visitor().nickname)
    go_on = (links.Link(then, _("Go on")), links.Link("/account", _("My profile")))
    templates.draw("parts/empty.html", icon_name="check_circle", title=_("Log in"), text=text, links=go_on)
    visit.leave()

narrow = st.container(key="narrow")
with narrow:
    templates.draw("parts/page_head.html", over="", title=_("Log in"), text="", link=None)
    by_link = st.query_params.get("link")
    if by_link and st.button(_("Log in with this link"), key="by-link", type="primary"):
        try:
            signed = sign_in.by_link(
                visit.transaction, by_link, at=visit.at(), device=visit.device(), local=visit.local()
            )
        except GlasError as refusal:
            spent = _("This link no longer works. Ask for a new one where you got it.")
            text = spent if isinstance(refusal, SignInFailed) else refusals.sentence(refusal)
            templates.draw("parts/note.html", look="er", icon_name="error", text=text, link=None, live=True)
        else:
            # First the password, for the link has had its time; staff show or set up their second step after it.
            signing.carry(signed.token, then="/account")
            visit.leave()
    name = forms.line("sign-in", "name", _("Name or e-mail"), autocomplete="username")
    password = forms.password("sign-in", _("Password"), new=False)
    code = ""
    if st.session_state.get("sign-in-second"):
        hint = _("six digits from your app, or a spare code")
        code = forms.line("sign-in", "code", _("Second step"), hint=hint, autocomplete="one-time-code", most=40)
    pressed = st.button(_("Log in"), key="sign-in-go", type="primary", width="stretch")
    components.enter("sign-in-go", "sign-in-name", "sign-in-password", "sign-in-code")
    forms.say("sign-in", "")
    templates.draw(
        "people/sign_in_more.html",
        join=links.with_next("/join", then),
        recover=links.with_next("/recover", then),
    )

if pressed:
    missing = forms.needed(name=name, password=password)
    if missing:
        forms.refuse("sign-in", *missing)
    here = {"address": visit.address(), "browser": visit.browser(), "device": visit.device(), "local": visit.local()}
    try:
        signed = sign_in.enter(visit.transaction, visit.town().id, name, password, code=code, at=visit.at(), **here)
    except SecondStepNeeded:
        # The password is right; only now the page says that this account has a second step.
        st.session_state["sign-in-second"] = True
        forms.problems("sign-in").clear()
        st.rerun()
    except GlasError as refusal:
        forms.refuse("sign-in", refusal, guess="code" if code else "")
    forms.problems("sign-in").clear()
    signing.arrive(signed, then=then)
