"""The two-person steps of a round: publish it, declare it void."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from core import rounds
from core.errors import GlasError
from core.permissions import Action, Actor, may
from core.rounds import Round, publishing
from pages.parts import dates, money, notices, templates, visit
from pages.parts.i18n import _
from pages.rounds import two_people
from pages.rounds.two_people import TwoPersonStep, Waiting


def publish(round_: Round, waiting: Waiting) -> None:
    """Draw the step that shows a draft to everyone, once it is opened or waits; nothing after publication."""
    opened = st.session_state.get(_opened(round_), False)
    asked = waiting.of(Action.publish_round) or waiting.ended(Action.publish_round)
    if not round_.draft or round_.imported or not (opened or asked):
        return
    step = TwoPersonStep(
        action=Action.publish_round,
        do=lambda session, _reason, consent: publishing.publish_round(
            session, visit.visitor(), round_.id, at=visit.at(), consent=consent
        ),
        title=_("Publish"),
        text=_("Two organisers publish a round together. Until then nobody outside sees it."),
        lines=_consequences(round_),
        ask=_("Ask for publication"),
        agree=_("Agree and publish"),
        done=_("Published. Everyone sees the round now."),
    )
    with st.container(key="card-publish"):
        two_people.draw_step(round_, step, waiting)


def change(round_: Round, waiting: Waiting) -> None:
    """Draw the change of a public round that somebody has asked for; nothing where none is."""
    two_people.draw_asked_change(
        round_, waiting, Action.change_round, rounds.agree_change,
        title=_("Change of the public round"),
        button=_("Agree to the change"),
        done=_("Changed. Everyone sees it, with its reason, on the rules page."),
    )  # fmt: skip


def open_publishing(round_: Round, waiting: Waiting) -> None:
    """Draw the link to the preview and, for a draft, the button that opens the step of publishing."""
    with st.container(horizontal=True, horizontal_alignment="right", key="studio-tools"):
        if round_.draft and not waiting.of(Action.publish_round):
            key = _opened(round_)
            if st.button(_("Publish …"), type="primary", icon=":material/check:", key=f"open-{key}"):
                st.session_state[key] = not st.session_state.get(key, False)


def _opened(round_: Round) -> str:
    return f"publishing-{round_.id}"


def _consequences(round_: Round) -> list[str]:
    begins = round_.dates.ideas_from or round_.dates.voting_from
    return [
        _(
            "Residents see the round with its budget of {amount} and all dates.",
            amount=money.text(round_.budget, round_.currency),
        ),
        _("On {date} it begins by itself.", date=dates.moment(begins, zone=round_.timezone)),
        _("Money, ages, rule, list and dates then change by two people only, with a public reason; dates only later."),
        _("The first ballot locks ballot, rule and money."),
    ]


def discard(round_: Round, at: datetime) -> None:
    """Draw the way to throw a draft away, with a box that confirms it; nothing after publication."""
    if not round_.draft or round_.imported or round_.voided_at:
        return
    with st.container(key="card-discard"):
        text = _("Only a draft can be deleted. Nobody outside has seen it.")
        templates.draw(
            "parts/staff_pair.html", title=_("Delete the draft"), text=text, lines=(), waiting="", next="", reason=""
        )
        sure = st.checkbox(_("Yes, delete this draft for good"), key=f"discard-sure-{round_.id}")
        pressed = st.button(_("Delete the draft"), key=f"discard-{round_.id}", disabled=not sure)
    if not pressed:
        return
    try:
        with visit.transaction() as session:
            rounds.discard(session, visit.visitor(), round_.id, at=at)
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        notices.keep(_("The draft is deleted."))
        st.query_params.pop("round", None)
    st.rerun()


def void(round_: Round, waiting: Waiting, actor: Actor, at: datetime) -> None:
    """Draw the step that ends a round for good; nothing for drafts and decided rounds."""
    if round_.draft or round_.imported or round_.voided_at or not may(actor, Action.void_round, round_.phase(at)):
        return

    def do(session: Any, reason: str, consent: str | None) -> object:
        actor, at = visit.visitor(), visit.at()
        return publishing.void_round(session, actor, round_.id, at=at, reason=reason, consent=consent)

    step = TwoPersonStep(
        action=Action.void_round,
        do=do,
        title=_("Declare the round void"),
        text=_("Only if something went so wrong that the round cannot go on. It ends for good and is not counted."),
        ask=_("Ask to declare it void"),
        agree=_("Agree: the round is void"),
        done=_("The round is void. Everyone sees why."),
        reason=_("Public reason"),
        primary=False,
    )
    with st.container(key="card-void"):
        two_people.draw_step(round_, step, waiting)
