"""The part of a profile where its owner puts right what she told when she joined."""

from __future__ import annotations

import streamlit as st

from core.errors import GlasError, Invalid
from core.municipalities import Municipality
from core.people import accounts
from core.people.accounts import Profile
from pages.parts import components, forms, notices, templates, visit
from pages.parts.i18n import _

FORM = "facts"


def own(profile: Profile, town: Municipality) -> None:
    """Draw the fields with what is kept, and keep what is changed."""
    text = _("Put right what is wrong. Your year of birth decides in which rounds you can vote.")
    templates.draw("part_head.html", title=_("My data"), text=text)
    kept = {"nickname": profile.nickname, "email": profile.email or "", "birth_year": str(profile.birth_year or "")}
    for name, value in kept.items():
        st.session_state.setdefault(f"{FORM}-{name}", value)
    nickname = forms.line(FORM, "nickname", _("Name others will see"), autocomplete="username", most=30)
    example = _("name@example.com")
    email = forms.line(FORM, "email", _("E-mail (optional)"), example=example, autocomplete="email", most=200)
    year = forms.line(FORM, "birth_year", _("Year of birth"), autocomplete="bday-year", most=4)
    area = _area(profile, town)
    pressed = st.button(_("Save the changes"), key=f"{FORM}-go")
    components.enter(f"{FORM}-go", f"{FORM}-nickname", f"{FORM}-email", f"{FORM}-birth_year")
    forms.say(FORM, "")
    if not pressed:
        return
    if year and not (year.isascii() and year.isdecimal()):
        forms.refuse(FORM, Invalid("birth_year", "number"))
    try:
        accounts.correct(
            visit.transaction, visit.visitor(), nickname=nickname, email=email or None, area_id=area,
            birth_year=int(year) if year else None, at=visit.at(),
        )  # fmt: skip
    except GlasError as refusal:
        forms.refuse(FORM, refusal)
    forms.problems(FORM).clear()
    notices.keep(_("Saved."))
    st.rerun()


def _area(profile: Profile, town: Municipality) -> int | None:
    if not town.areas:
        return None
    own = {one.id: templates.told(one.names) for one in town.areas if not one.whole or one.id == profile.area_id}
    names = forms.told_apart({0: "–", **own})
    key = forms.spoken(f"{FORM}-area")
    st.session_state.setdefault(key, profile.area_id or 0)
    label = _("Where do you live, study or work?")
    shown = {"filter_mode": None, "placeholder": ""}
    chosen = st.selectbox(label, list(names), key=key, format_func=lambda one: names.get(one, ""), **shown)
    forms.say(FORM, "area_id", label, key=key)
    return int(chosen) or None if chosen else None
