"""Invitation: a link that gives its opener a role."""

import streamlit as st

from core import invitations
from core.errors import GlasError
from pages.parts import draw, phrases, signing, visit
from pages.parts.i18n import _

actor, link = visit.visitor(), str(st.query_params.get("link", ""))[:200]
try:
    with visit.reading() as session:
        offer = invitations.look(session, link, at=visit.at())
except GlasError:
    text = _("It has been used or is too old. Ask for a new one.")
    draw.draw("empty.html", icon_name="link_off", title=_("This invitation no longer works"), text=text, links=())
    st.stop()

with st.container(key="narrow"):
    text = _(
        "You are logged in as {name}. With this role your account gets more to do and sees more.", name=actor.nickname
    )
    role = phrases.role(offer.role)
    draw.draw("page_head.html", over=_("Invitation"), title=_("Your role: {role}", role=role), text=text, link=None)
    pressed = st.button(_("Accept"), key="invited-go", type="primary")

if pressed:
    try:
        with visit.transaction() as session:
            fresh = invitations.accept(session, actor, link, visit.token() or "", at=visit.at())
    except GlasError as refusal:
        draw.draw("note.html", look="er", icon_name="error", text=phrases.sentence(refusal), link=None, live=True)
    else:
        signing.carry(fresh, then="/second-step?next=/account")
