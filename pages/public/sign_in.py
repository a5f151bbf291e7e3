"""Log in: with nickname or e-mail and a password, or by a one-time link."""

import streamlit as st

from core import accounts, sign_in_links
from core.errors import GlasError
from pages.parts import draw, entry, links, phrases, signing, visit
from pages.parts.i18n import _

then = signing.next_page()
if visit.visitor().signed_in:
    text = _("You are logged in as {name}.", name=visit.visitor().nickname)
    go_on = (links.Link(then, _("Go on")), links.Link("/account", _("My profile")))
    draw.draw("empty.html", icon_name="check_circle", title=_("Log in"), text=text, links=go_on)
    st.stop()

narrow = st.container(key="narrow")
with narrow:
    draw.draw("page_head.html", over="", title=_("Log in"), text="", link=None)
    by_link = st.query_params.get("link")
    if by_link and st.button(_("Log in with this link"), key="by-link", type="primary"):
        try:
            with visit.transaction() as session:
                actor = sign_in_links.redeem_link(session, by_link, at=visit.at())
        except GlasError as refusal:
            draw.draw("note.html", look="er", icon_name="error", text=phrases.sentence(refusal), link=None, live=True)
        else:
            signing.enter(actor, then="/account")
            st.stop()
    name = entry.line("sign-in", "name", _("Name or e-mail"), autocomplete="username")
    password = entry.password("sign-in", _("Password"), new=False)
    pressed = st.button(_("Log in"), key="sign-in-go", type="primary", width="stretch")
    entry.say("sign-in", "")
    draw.draw(
        "sign_in_more.html",
        join=links.with_next("/join", then),
        recover=links.with_next("/recover", then),
    )

if pressed:
    missing = entry.needed(name=name, password=password)
    if missing:
        entry.refuse("sign-in", *missing)
    try:
        with visit.reading() as session:
            actor = accounts.check_password(session, visit.town().id, name, password, at=visit.at())
    except GlasError as refusal:
        entry.refuse("sign-in", refusal)
    entry.problems("sign-in").clear()
    signing.enter(actor, then=then)
