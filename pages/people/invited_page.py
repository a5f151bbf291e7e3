"""Invitation: a link that gives its opener a role, once she has shown her password."""

import streamlit as st

from core.errors import GlasError, Invalid
from core.people import team
from core.people.passwords import LEAST_OF_STAFF
from pages import menu
from pages.parts import components, forms, names, templates, visit
from pages.parts.i18n import _, n_
from pages.parts.links import Link
from pages.people import signing

actor, link, form = visit.visitor(), str(st.query_params.get("link", ""))[:200], "invited"
try:
    with visit.reading() as session:
        offer = team.look(session, link, at=visit.at())
except GlasError:
    text = _("It has been used or is too old. Ask for a new one.")
    templates.draw(
        "parts/empty.html", icon_name="link_off", title=_("This invitation no longer works"), text=text, links=()
    )
    visit.leave()

with st.container(key="narrow"):
    text = _(
        "You are logged in as {name}. With this role your account gets more to do and sees more.", name=actor.nickname
    )
    role = names.role(offer.role)
    templates.draw(
        "parts/page_head.html", over=_("Invitation"), title=_("Your role: {role}", role=role), text=text, link=None
    )
    password = forms.password(form, _("Current password"), new=False)
    pressed = st.button(_("Accept"), key="invited-go", type="primary")
    components.enter("invited-go", "invited-password")
    forms.say(form, "")

if pressed:
    missing = forms.needed(password=password)
    if missing:
        forms.refuse(form, *missing)
    try:
        fresh = team.accept(visit.transaction, actor, link, visit.token() or "", password, at=visit.at())
    except Invalid:
        # Too short for staff, or set aside by a one-time link: the profile is the place for a new one.
        text = n_(
            "This role needs a password of at least {count} character. "
            "Set one in your profile, then open this link again.",
            "This role needs a password of at least {count} characters. "
            "Set one in your profile, then open this link again.",
            LEAST_OF_STAFF,
        )
        way = Link("/account", _("My profile"))
        templates.draw("parts/note.html", look="wa", icon_name="warning", text=text, link=way, live=True)
    except GlasError as refusal:
        forms.refuse(form, refusal, guess="password")
    else:
        forms.problems(form).clear()
        signing.carry(fresh, then=signing.by_second_step(menu.staff_home(frozenset({offer.role}))))
