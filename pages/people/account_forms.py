"""The parts of a resident's page that do something: participation code, language, password."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.errors import GlasError, Invalid
from core.municipalities import Municipality
from core.people import accounts, passwords, sessions
from core.people import recovery as own_password
from core.people.accounts import Profile
from core.permissions import Action, Role, may
from core.rounds import Round
from core.voting.roll import Eligibility
from pages.codes import entry
from pages.parts import components, forms, i18n, notices, templates, visit
from pages.parts.i18n import _, n_
from pages.people import recovery_code
from pages.people.recovery_code import Made

FORM = "facts"


def code(round_: Round, may_vote: Eligibility, at: datetime) -> None:
    """Draw the field for a participation code where the round needs one, or that it has been entered."""
    actor = visit.visitor()
    if round_.imported or not round_.code_required or not may(actor, Action.enter_code, round_.phase(at)):
        return
    missing, title = may_vote.missing, templates.told(round_.titles)
    if missing not in ("code", None):
        return
    if missing is None:
        text = _("{round}: your participation code is entered. You can vote.", round=title)
        templates.draw("parts/note.html", look="ok", icon_name="confirmation_number", text=text, live=False, link=None)
        return
    form = f"code-{round_.id}"
    with st.container(key=f"card-{form}"):
        hint = _("You get it at school, the Youth Centre or the library. One person, one code.")
        templates.draw("parts/part_head.html", title=_("Participation code"), text=f"{title}. {hint}")
        typed = forms.line(form, "code", _("Code"), most=entry.LONGEST)
        pressed = st.button(_("Enter the code"), key=f"{form}-go", type="primary")
        components.enter(f"{form}-go", f"{form}-code")
        forms.say(form, "")
    if pressed:
        missing_field = forms.needed(code=typed)
        if missing_field:
            forms.refuse(form, *missing_field)
        entry.use(round_, actor, typed, form)


def language() -> None:
    """Draw the choice of the language in which the account speaks."""
    templates.draw("parts/part_head.html", title=_("Language"), text=_("The pages speak it wherever you log in."))
    key = "account-language"
    st.session_state.setdefault(key, i18n.language())
    chosen = st.radio(_("Language"), i18n.languages(), key=key, format_func=i18n.own_name, label_visibility="collapsed")
    if chosen and chosen != i18n.language():
        with visit.transaction() as session:
            accounts.set_language(session, visit.visitor(), str(chosen))
        st.session_state["language"] = chosen
        st.rerun()


def recovery() -> None:
    """Draw the way to a new recovery code: who has lost the old one still knows the password."""
    form = "recovery"
    text = _("With it you set a new password if you forget yours. A new one makes the old one useless.")
    templates.draw("parts/part_head.html", title=_("Recovery code"), text=text)
    typed = forms.line(form, "password", _("Current password"), autocomplete="current-password", kind="password")
    pressed = st.button(_("Make a new recovery code"), key="recovery-new")
    components.enter("recovery-new", "recovery-password")
    forms.say(form, "")
    if not pressed:
        return
    missing = forms.needed(password=typed)
    if missing:
        forms.refuse(form, *missing)
    try:
        code = own_password.replace_recovery_code(visit.transaction, visit.visitor(), typed, at=visit.at())
    except GlasError as refusal:
        forms.refuse(form, refusal, guess="password")
    forms.problems(form).clear()
    recovery_code.keep(Made(code))


def password(profile: Profile) -> None:
    """Draw the fields for a new password; the new recovery code is kept, for the change ends every sign-in.

    Who came by a one-time link has no password to show.
    """
    form, first = "change", not profile.has_password
    text = (
        _("The link worked this once. Choose a password now, or you cannot log in again.")
        if first
        else _("With a new one you are logged out everywhere else.")
    )
    templates.draw("parts/part_head.html", title=_("Choose a password") if first else _("Password"), text=text)
    old = "" if first else forms.line(
        form, "old", _("Current password"), autocomplete="current-password", kind="password"
    )  # fmt: skip
    least = passwords.LEAST_OF_STAFF if profile.roles - {Role.resident} else passwords.LEAST
    hint = n_("at least {count} character", "at least {count} characters", least)
    new = forms.password(form, _("New password"), hint=hint, new=True)
    pressed = st.button(_("Change the password"), key="change-go")
    components.enter("change-go", "change-old", "change-password")
    forms.say(form, "")
    if not pressed:
        return
    missing = forms.needed(password=new) if first else forms.needed(old=old, password=new)
    if missing:
        forms.refuse(form, *missing)
    with visit.reading() as session:
        # The change ends this sign-in; whoever has shown the second step in it stands here still.
        stepped = sessions.has_shown_second_step(session, visit.token() or "")
    try:
        done = own_password.change(visit.transaction, visit.visitor(), old, new, at=visit.at())
    except GlasError as refusal:
        forms.refuse(form, refusal, guess="old")
    forms.problems(form).clear()
    recovery_code.keep(Made(done.recovery_code, done.actor, first, stepped))


def own(profile: Profile, town: Municipality) -> None:
    """Draw the fields with what is kept, and keep what is changed."""
    text = _("Put right what is wrong. Your year of birth decides in which rounds you can vote.")
    templates.draw("parts/part_head.html", title=_("My data"), text=text)
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
    offered = [one for one in town.areas if not (one.whole or one.retired) or one.id == profile.area_id]
    if not offered:
        return None
    own = {one.id: templates.told(one.names) for one in offered}
    names = forms.told_apart({0: "–", **own})
    key = forms.spoken(f"{FORM}-area")
    st.session_state.setdefault(key, profile.area_id or 0)
    label = _("Where do you live, study or work?")
    shown = {"filter_mode": None, "placeholder": ""}
    chosen = st.selectbox(label, list(names), key=key, format_func=lambda one: names.get(one, ""), **shown)
    forms.say(FORM, "area_id", label, key=key)
    return int(chosen) or None if chosen else None
