"""Not yours: a page that other roles may open says which, under its own address."""

import streamlit as st

from core.people import accounts
from core.permissions import Role
from pages import menu
from pages.parts import links, names, visit
from pages.parts.i18n import _
from pages.parts.templates import draw

path = "/" + (st.context.url or "").rstrip("/").rpartition("/")[2].partition("?")[0]
entry = menu.entry_at(path)
roles = sorted(entry.roles - {Role.guest}, key=list(Role).index) if entry else []
with visit.reading() as session:
    held = accounts.profile(session, visit.visitor()).roles
if held.intersection(roles):
    # Her role counts only once she has shown her second step.
    text = _("Your role opens this page after the second step: six digits from an app on your phone.")
    way = links.Link(links.to("/second-step", next=path), _("Go to the second step"))
    draw("parts/empty.html", icon_name="lock", title=entry.title() if entry else "", text=text, links=[way])
    visit.leave()

draw(
    "front/not_yours.html",
    title=entry.title() if entry else _("Page not found"),
    roles=", ".join(names.role(role) for role in roles),
    email=visit.town().contact_email,
)
