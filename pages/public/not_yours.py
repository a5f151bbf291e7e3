"""Not yours: a page that other roles may open says which, under its own address."""

import streamlit as st

from core.permissions import Role
from pages.parts import menu, phrases, visit
from pages.parts.draw import draw
from pages.parts.i18n import _

path = "/" + (st.context.url or "").rstrip("/").rpartition("/")[2].partition("?")[0]
entry = menu.entry_at(path)
roles = sorted(entry.roles - {Role.guest}, key=list(Role).index) if entry else []

draw(
    "not_yours.html",
    title=entry.title() if entry else _("Page not found"),
    roles=", ".join(phrases.role(role) for role in roles),
    email=visit.town().contact_email,
)
