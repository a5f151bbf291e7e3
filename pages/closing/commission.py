"""The steps of a commission: name it, split the key, rehearse. A share is on the screen once, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.closing import commission
from core.closing.commission import Member, Share
from core.errors import GlasError
from core.rounds import Round
from pages.parts import components, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _, n_


def _kept(round_: Round) -> str:
    return f"shares-{round_.id}"


def show_shares(round_: Round) -> bool:
    """Draw the share whose turn it is; return whether there is one. It is in the memory of this visit only."""
    left: list[Share] = st.session_state.get(_kept(round_), [])
    if not left:
        return False
    share = left[0]
    text = _("Only {name} may look now. The share is shown once; nobody can show it again.", name=share.name)
    templates.draw("parts/note.html", look="wa", icon_name="visibility", text=text, link=None, live=True)
    templates.draw("closing/commission_share.html", share=share, round=templates.told(round_.titles))
    with st.container(horizontal=True, key=f"noprint-share-{share.seat}"):
        components.print_page(f"print-share-{share.seat}")
        label = _("It is on paper. Next seat") if len(left) > 1 else _("It is on paper. Done")
        if st.button(label, type="primary", key=f"share-done-{share.seat}"):
            st.session_state[_kept(round_)] = left[1:]
            if len(left) == 1:
                notices.keep(_("All three shares are out. Now rehearse: every member once."))
            st.rerun()
    return True


def appoint(round_: Round, members: Sequence[Member]) -> None:
    """Draw the form that names the three members."""
    fields = Fields(f"appoint-{round_.id}")
    with st.container(key="card-appoint"):
        templates.draw(
            "parts/staff_pair.html",
            title=_("1. Name three people"),
            text=_(
                "People the town trusts and who do not report to each other, for example a teacher, a "
                "librarian and a member of the youth council."
            ),
            lines=(),
            waiting="",
            next="",
            reason="",
        )
        known = {one.seat: one.name for one in members}
        hint = _("name or office; everyone can see it")
        names = [
            fields.text(f"seat{seat}", _("Seat {number}", number=seat), known.get(seat, ""), hint=hint, most=120)
            for seat in (1, 2, 3)
        ]
        if st.button(_("Name them"), key=f"appoint-go-{round_.id}", type="secondary" if members else "primary"):
            _do(lambda session: commission.appoint(session, visit.visitor(), round_.id, names, at=visit.at()))


def split(round_: Round) -> None:
    """Draw the step that makes the key and shows the shares."""
    with st.container(key="card-split"):
        text = _(
            "All three come to this screen, one after the other, each with pen and paper. A new "
            "splitting makes earlier shares worthless."
        )
        templates.draw(
            "parts/staff_pair.html", title=_("2. Split the key"), text=text, lines=(), waiting="", next="", reason=""
        )
        if st.button(_("Split the key now"), key=f"split-go-{round_.id}", type="primary"):
            shares = _do(
                lambda session: commission.split_key(session, visit.visitor(), round_.id, at=visit.at()), again=False
            )
            if shares:
                st.session_state[_kept(round_)] = list(shares)
            st.rerun()


def rehearse(round_: Round, *, by_me: bool) -> None:
    """Draw the rehearsal: two members open a trial ballot. `by_me`: who looks split the key, so another leads."""
    fields = Fields(f"rehearse-{round_.id}")
    with st.container(key="card-rehearse"):
        text = _(
            "Two members type in their shares from paper; Glas seals a trial ballot and opens it again. Each "
            "member has to take part once before the round can be published."
        )
        templates.draw(
            "parts/staff_pair.html", title=_("3. Rehearse"), text=text, lines=(), waiting="", next="", reason=""
        )
        notices.show("rehearse")
        if by_me:
            text = _(
                "You split the key, so all shares were on your screen. The rehearsal counts only with another "
                "organiser, who opens this page: it shows that the members’ own papers are right."
            )
            templates.draw("parts/note.html", look="in", icon_name="group", text=text, link=None, live=False)
            return
        one = fields.text("one", _("Share of one member"), "", most=200)
        other = fields.text("other", _("Share of another member"), "", most=200)
        if not st.button(_("Try to open"), key=f"rehearse-go-{round_.id}", type="primary"):
            return
        try:
            with visit.transaction() as session:
                seats = commission.rehearse(session, visit.visitor(), round_.id, one, other, at=visit.at())
        except GlasError as refusal:
            notices.refused(refusal, place="rehearse")
        else:
            fields.clear()
            names = ", ".join(str(seat) for seat in seats)
            notices.keep(
                n_(
                    "It opens. Seat {seats} has rehearsed.",
                    "It opens. Seats {seats} have rehearsed.",
                    len(seats),
                    seats=names,
                )
            )
        st.rerun()


def _do(act: Callable[[Any], Any], *, again: bool = True) -> Any:
    """Do a step in one transaction and return what it gave; a refusal is told on top."""
    found = None
    try:
        with visit.transaction() as session:
            found = act(session)
    except GlasError as refusal:
        notices.refused(refusal)
    if again:
        st.rerun()
    return found
