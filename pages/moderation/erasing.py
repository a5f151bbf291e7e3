"""Erasing an account on request: the requests that wait, and the form of a new one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import GlasError
from core.privacy import erasure, on_request
from core.privacy.on_request import Request
from pages.parts import dates, notices, templates, visit
from pages.parts.forms import Choice, Fields
from pages.parts.i18n import _


def behalf(key: str) -> str:
    """Return who wants an account erased."""
    return {"owner": _("The owner of the account"), "parent": _("A parent")}.get(key, key)


def draw_waiting(waiting: Sequence[Request]) -> None:
    """Draw the requests, each with what the second organiser agrees to, and do what is pressed."""
    for one in waiting:
        with st.container(key=f"card-erase-{one.person_id}"):
            templates.draw(
                "moderation/request.html",
                name=one.nickname,
                joined=dates.day(one.joined_at, year=True),
                behalf=behalf(one.on_behalf_of),
                reason=one.reason,
                asked=_asked(one),
            )
            with st.container(horizontal=True):
                # What was not on the screen is another button: nobody agrees to it.
                key = f"erase-{one.person_id}-{one.consent[:16]}"
                if not one.mine and st.button(_("Agree and delete the account"), key=f"{key}-agree", type="primary"):
                    _agree(one)
                label = _("Take the request back") if one.mine else _("Decline the request")
                if st.button(label, key=f"{key}-back"):
                    _take_back(one)


def ask() -> None:
    """Draw the form that notes a request, and note it."""
    fields = Fields("erase-ask")
    with st.container(key="card-erase-ask"):
        name = fields.text("nickname", _("Name on Glas"), "", most=80)
        who = [
            Choice("owner", behalf("owner"), _("You know that it is this person.")),
            Choice("parent", behalf("parent"), _("You know that it is a parent of this person.")),
        ]
        chosen = fields.choice("on_behalf_of", _("Who asks for it?"), who, "owner")
        hint = _("The other organiser and nobody else reads it; it goes with the account.")
        reason = fields.text("reason", _("How do you know?"), "", hint=hint, long=True, most=on_request.REASON[1])
        go = st.button(_("Ask that the account be deleted"), key=fields.key("go"))
    if not go:
        return
    if faults := on_request.faults(name, reason):
        fields.refuse(*faults)
        st.rerun()
    try:
        with visit.transaction() as session:
            on_request.ask(session, visit.visitor(), name, on_behalf_of=chosen, reason=reason, at=visit.at())
    except GlasError as refusal:
        if not fields.refuse(refusal):
            notices.refused(refusal)
    else:
        fields.clear()
        notices.keep(_("Noted. It happens as soon as another organiser agrees on this page, within seven days."))
    st.rerun()


def _agree(one: Request) -> None:
    try:
        with visit.transaction() as session:
            on_request.agree(session, visit.visitor(), one.person_id, one.consent, at=visit.at())
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        erasure.sweep()
        notices.keep(_("The account is deleted."))
    st.rerun()


def _take_back(one: Request) -> None:
    try:
        with visit.transaction() as session:
            on_request.take_back(session, visit.visitor(), one.person_id, at=visit.at())
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        notices.keep(_("The request is taken back. Nothing has happened."), "in")
    st.rerun()


def _asked(one: Request) -> str:
    when = dates.moment(one.asked_at)
    if one.mine:
        return _("Asked by you on {date}.", date=when)
    return _("Asked by {who} on {date}.", who=one.asked_by or _("another organiser"), date=when)
