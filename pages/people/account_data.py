"""The parts of a profile about its owner's data: where she is signed in, all of it to take away, and deleting it."""

from __future__ import annotations

import streamlit as st

from core.errors import GlasError, Invalid, SignInFailed
from core.people import devices, second_step, sessions, sign_in
from core.permissions import Role
from core.privacy import erasure
from pages.parts import dates, notices, refusals, templates, visit
from pages.parts.i18n import _, n_


def signed_in() -> None:
    """Draw where the visitor is signed in, with a way out of each and of all others."""
    actor, token = visit.visitor(), visit.token() or ""
    with visit.reading() as session:
        found = devices.sign_ins(session, actor, token, at=visit.at())
    templates.draw(
        "parts/part_head.html",
        title=_("Where you are logged in"),
        text=_("If you do not know one of these, log it out."),
    )
    rows = [
        {
            "device": _device(one.device),
            "when": _("here, now") if one.here else _("last used {date}", date=dates.moment(one.seen)),
        }
        for one in found
    ]
    templates.draw("people/sign_ins.html", rows=rows)
    for number, one in enumerate(found, start=1):
        if not one.here and st.button(_("Log out number {count}", count=number), key=f"out-{one.key}"):
            with visit.transaction() as session:
                devices.close_one(session, actor, one.key)
            st.rerun()
    if len(found) > 1 and st.button(_("Log out everywhere else"), key="out-others"):
        with visit.transaction() as session:
            sessions.close_all(session, actor, token)
        st.rerun()


def _device(word: str) -> str:
    names = {"phone": _("Phone"), "tablet": _("Tablet"), "computer": _("Computer")}
    return names.get(word, _("Unknown device"))


def second() -> None:
    """Draw whether the second step of a staff account is set up, and how many recovery codes are left."""
    token = visit.token() or ""
    with visit.reading() as session:
        status = second_step.status(session, visit.visitor(), local=visit.local())
        shown = sessions.has_shown_second_step(session, token)
    if not (status.needed or status.active):
        return
    left = n_("{count} spare code left.", "{count} spare codes left.", status.codes_left)
    text = left if status.active else _("Set it up: without it your role does not count.")
    templates.draw("parts/part_head.html", title=_("Second step"), text=text)
    if not status.active or not shown:
        templates.draw("people/second_link.html", active=status.active)
        return
    key = "new-codes"
    if made := st.session_state.get(f"{key}-made"):
        templates.draw("people/second_codes.html", codes=made)
    typed = (st.text_input(_("Code"), key=key, max_chars=40, autocomplete="one-time-code") or "").strip()
    if st.button(_("Make new spare codes"), key=f"{key}-go") and typed:
        try:
            made = sign_in.new_codes(visit.transaction, token, typed, at=visit.at(), local=visit.local())
            st.session_state[f"{key}-made"] = made
        except SignInFailed:
            notices.refused(Invalid("code", "wrong"))
        except GlasError as refusal:
            notices.refused(refusal)
        st.rerun()


def take_away() -> None:
    """Draw the download of everything that is kept about the visitor."""
    templates.draw("people/own_data.html")


def erase() -> None:
    """Draw the way out for good, with one question before it."""
    text = _(
        "Your name, e-mail, year of birth and sign-ins are deleted at once. A ballot that you cast stays in the count."
    )
    templates.draw("parts/part_head.html", title=_("Delete my account"), text=text)
    staff = visit.visitor().roles - {Role.resident, Role.guest}
    if staff:
        templates.draw("parts/staff_text.html", text=_("Your roles go with the account."))
    with st.popover(_("Delete my account"), icon=":material/delete_forever:"):
        st.text(_("Delete the account with everything that belongs to it? This cannot be undone."))
        if st.button(_("Yes, delete it"), key="erase-go", type="primary"):
            _erase()


def _erase() -> None:
    try:
        with visit.transaction() as session:
            erasure.erase(session, visit.visitor(), at=visit.at())
    except GlasError as refusal:
        templates.draw(
            "parts/note.html", look="er", icon_name="error", text=refusals.sentence(refusal), link=None, live=True
        )
        return
    erasure.sweep()
    for key in [*st.session_state]:
        del st.session_state[key]
    st.session_state["erased"] = True
    st.rerun()
