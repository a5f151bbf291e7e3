"""Log in first: what a guest sees at the address of a page for residents, with the way to it."""

import streamlit as st

from pages import menu
from pages.parts import links, notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link
from pages.people import again, recovery_code, signing
from pages.voting import ballot

path = links.this_page()
if st.session_state.get("erased"):
    title, text = _("Your account is deleted"), _("Nothing else needs to be done. Thank you for taking part.")
    templates.draw("parts/empty.html", icon_name="check_circle", title=title, text=text, links=[Link("/", _("Home"))])
    signing.drop()
    visit.leave()
if recovery_code.shown():
    # Whoever has just changed the password is signed in here again, but this page does not know it yet.
    visit.leave()
if path.partition("?")[0] == "/vote":
    # Who has no account yet may look at the ballot and try it; logging in comes when it is cast.
    ballot.show()
    visit.leave()
notices.show()
if again.can():
    again.ask(path)
    templates.draw("people/again_other.html", href=links.to("/sign-in", next=path))
    visit.leave()
text = {
    "/propose": _("To submit an idea, log in or join. Then you come straight back here."),
    "/account": _("Your ideas and settings are here once you are logged in."),
}.get(path.partition("?")[0], _("This page opens once you are logged in."))
page = menu.entry_at(path.partition("?")[0])
ways = [Link(links.to("/sign-in", next=path), _("Log in")), Link(links.to("/join", next=path), _("Join"))]
title = page.title() if page else _("Log in")
templates.draw("parts/empty.html", icon_name="lock_open", title=title, text=text, links=ways)
