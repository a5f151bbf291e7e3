"""What someone who joins is asked, and why; a participation code can be entered along with it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import streamlit as st

from core import rounds
from core.errors import GlasError, Invalid, NotFound
from core.municipalities import Area
from core.people import accounts
from core.people.recovery import Joined
from core.rounds import Round
from pages.codes import entry
from pages.parts import forms, templates, visit
from pages.parts.i18n import _
from pages.parts.links import to


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed."""

    nickname: str
    email: str
    birth_year: str
    area_id: int | None
    password: str
    code: str = ""


def round_of(then: str) -> Round | None:
    """Return the round whose participation code can be entered while joining, None if there is none.

    It is the one that `then`, the page afterwards, leads to; else the one of this address, else the current one.
    """
    named = parse_qs(urlsplit(then).query).get("round", [st.query_params.get("round", "")])[0]
    try:
        with visit.reading() as session:
            actor = visit.visitor()
            found = rounds.round_by_slug(session, named, actor) if named else rounds.current(session, actor, visit.at())
    except NotFound:
        return None
    return found if found is not None and entry.taken(found) else None


def draw(form: str, round_: Round | None) -> Filled:
    """Draw the fields and return what stands in them; with that of the participation code, if `round` takes one."""
    code = _code(form, round_) if round_ else ""
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
    return Filled(nickname, email, year, area, password, code)


def _code(form: str, round_: Round) -> str:
    hint = _("From your slip, for {round}. You can also enter it later.", round=templates.told(round_.titles))
    typed = entry.line(form, _("Participation code, if you have it"), hint)
    entry.kept(form, typed)
    return typed


def keep(done: Joined, round_: Round | None, code: str) -> None:
    """Keep for the next run who has joined, and what became of the participation code typed."""
    st.session_state["joined"] = done
    if round_ and code:
        look, sentence = entry.use_of_new(round_, done.actor, code)
        st.session_state["joined-code"] = look, sentence, to("/vote", round=round_.slug)


def all_set() -> bool:
    """Return whether nothing was refused to who has just joined."""
    return st.session_state.get("joined-code", ("ok",))[0] == "ok"


def told_of_code(then: str) -> str:
    """Draw what became of the participation code; return the page to go on to: the ballot, if no other was wanted."""
    look, sentence, ballot = st.session_state.get("joined-code", ("", "", ""))
    if not sentence:
        return then
    icon_name = "check_circle" if look == "ok" else "warning"
    live = "" if look == "ok" else "alert"
    templates.draw("parts/note.html", look=look, icon_name=icon_name, text=sentence, link=None, live=live)
    entry.forget()
    return then if then != "/" else ballot


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


def wrong(filled: Filled, round_: Round | None) -> list[GlasError]:
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
    if filled.code and round_:
        # Looked up last: it counts as a try.
        found += entry.faults(filled.code) or ([] if found else entry.refused(round_, filled.code))
    return found
