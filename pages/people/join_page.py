"""Join: an account in one minute, without any document."""

import streamlit as st

from core.errors import GlasError
from core.people import accounts
from pages.parts import components, forms, links, templates, visit
from pages.parts.i18n import _
from pages.people import joining, recovery_code, signing

form, then = "join", signing.next_page()
with st.container(key="narrow"):
    done = st.session_state.get("joined")
    if done:
        name = done.actor.nickname
        title = _("Hi {name}! You're all set.", name=name) if joining.all_set() else _("Hi {name}!", name=name)
        templates.draw(
            "parts/page_head.html", over="", title=title, text=_("One more thing before you go on."), link=None
        )
        then = joining.told_of_code(then)
        away = recovery_code.show_recovery(done.recovery_code)
        signing.stay(done.actor, then=then if away else "")
        visit.leave()
    if visit.visitor().signed_in:
        text = _("You are logged in as {name}.", name=visit.visitor().nickname)
        go_on = (links.Link(then, _("Go on")), links.Link("/account", _("My profile")))
        title = _("You already have an account")
        templates.draw("parts/empty.html", icon_name="check_circle", title=title, text=text, links=go_on)
        visit.leave()
    text = _("We never ask for a national ID number, address or photo of a document.")
    templates.draw("parts/page_head.html", over="", title=_("Join"), text=text, link=None)
    round_ = joining.round_of(then)
    filled = joining.draw(form, round_)
    pressed = st.button(_("Join"), key="join-go", type="primary", width="stretch")
    components.enter("join-go", "join-nickname", "join-email", "join-birth_year", "join-password", "join-code")
    forms.say(form, "")
    templates.draw("people/join_more.html", sign_in=links.with_next("/sign-in", then))

if pressed:
    wrong = joining.wrong(filled, round_)
    if wrong:
        forms.refuse(form, *wrong)
    try:
        done = accounts.join(
            visit.transaction,
            visit.town().id,
            nickname=filled.nickname,
            password=filled.password,
            birth_year=int(filled.birth_year),
            area_id=filled.area_id,
            email=filled.email or None,
            language="",
            address=visit.address(),
            at=visit.at(),
        )
    except GlasError as refusal:
        forms.refuse(form, refusal)
    forms.problems(form).clear()
    joining.keep(done, round_, filled.code)
    st.rerun()
