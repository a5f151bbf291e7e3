"""What someone who joins is asked, and why."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.errors import GlasError, Invalid
from core.municipalities import Area
from core.people import accounts
from pages.parts import forms, templates, visit
from pages.parts.i18n import _


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed."""

    nickname: str
    email: str
    birth_year: str
    area_id: int | None
    password: str


def draw(form: str) -> Filled:
    """Draw the fields and return what stands in them."""
    nickname = forms.line(
        form,
        "nickname",
        _("Name others will see"),
        hint=_("It can be a nickname. You don't have to use your full name."),
        autocomplete="username",
        most=30,
    )
    email = forms.line(
        form,
        "email",
        _("E-mail (optional)"),
        hint=_("You can log in with it instead of the name. We send no adverts."),
        example=_("name@example.com"),
        autocomplete="email",
        most=200,
    )
    year = forms.line(
        form,
        "birth_year",
        _("Year of birth"),
        hint=_("Four digits. It decides in which rounds you can vote."),
        autocomplete="bday-year",
        most=4,
    )
    area = _area(form)
    password = forms.password(
        form, _("Password"), hint=_("at least 12 characters; a short sentence is easy to remember"), new=True
    )
    return Filled(nickname, email, year, area, password)


def _area(form: str) -> int | None:
    names = {one.id: templates.told(one.names) for one in _offered()}
    if not names:
        return None
    areas = forms.told_apart({0: _("Choose from the list"), **names})
    label, key = _("Where do you live, study or work?"), forms.spoken(f"{form}-area")
    chosen = st.selectbox(
        label,
        list(areas),
        key=key,
        format_func=lambda one: areas.get(one, ""),
        filter_mode=None,
        placeholder="",
    )
    forms.say(form, "area_id", label, key=key)
    return int(chosen) or None if chosen else None


def _offered() -> list[Area]:
    return [one for one in visit.town().offered_areas if not one.whole]


def wrong(filled: Filled) -> list[GlasError]:
    """Return what is wrong with the fields: all of it, not only the first thing; not yet whether a name is taken."""
    found: list[GlasError] = forms.needed(
        nickname=filled.nickname, birth_year=filled.birth_year, password=filled.password
    )
    if filled.birth_year and not (filled.birth_year.isascii() and filled.birth_year.isdecimal()):
        found.append(Invalid("birth_year", "number"))
    year = int(filled.birth_year) if filled.birth_year.isascii() and filled.birth_year.isdecimal() else None
    known = {one.field for one in found if isinstance(one, Invalid)}
    more = accounts.faults(
        nickname=filled.nickname,
        password=filled.password,
        birth_year=year,
        email=filled.email or None,
        at=visit.at(),
    )
    found += [one for one in more if one.field not in known]
    if filled.area_id is None and _offered():
        found.append(Invalid("area_id", "required"))
    return found
