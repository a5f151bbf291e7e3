"""A step that needs two people: one asks, another agrees. The wait between is plain to see and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import journal
from core.errors import GlasError, Invalid
from core.permissions import Action
from core.rounds import Round, second_person
from pages.parts import dates, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _


def _because(reason: str) -> str:
    return _("Reason: {reason}", reason=reason) if reason else ""


@dataclass(frozen=True, slots=True)
class TwoPersonStep:
    """One such step: its name in core and the words round it.

    `tells` words what the first person has said to it; `fields` are those above the buttons, if there are any.
    """

    action: Action
    do: Callable[[Any, str], object]  # (session, reason) → Pending or Done; core notes the first person's wish
    title: str
    text: str
    ask: str
    agree: str
    done: str
    lines: Sequence[str] = ()
    reason: str = ""  # the label of the reason, where one is needed
    primary: bool = True
    tells: Callable[[str], str] = _because
    fields: Fields | None = None
    ahead: Callable[[], None] = lambda: None  # what takes long: before the transaction, in which nobody else can write


@dataclass(frozen=True, slots=True)
class Waiting:
    """The requests of a round that wait for a second person, with the names of those who asked."""

    requests: tuple[second_person.Pending, ...]
    names: Mapping[str, str]

    def of(self, action: Action) -> second_person.Pending | None:
        """Return the request for one action."""
        return next((one for one in self.requests if one.action == action), None)


def waiting_for(session: Any, round_: Round) -> Waiting:
    """Return what waits in a round, for the visitor."""
    actor = visit.visitor()
    requests = second_person.pending(session, actor, round_.id)
    lines = journal.entries(session, actor, round_.id) if requests else ()
    return Waiting(requests, {one.pseudonym: one.name for one in lines if one.name})


def draw_step(round_: Round, step: TwoPersonStep, all_waiting: Waiting) -> None:
    """Draw the step with its buttons, and do what is pressed."""
    key, waiting = f"{step.action}-{round_.slug}", all_waiting.of(step.action)
    mine = waiting is not None and waiting.mine
    templates.draw(
        "parts/staff_pair.html",
        title=step.title,
        text=step.text,
        lines=step.lines,
        waiting=_asked(waiting, all_waiting.names) if waiting else "",
        next=_next(mine) if waiting else "",
        reason=step.tells(waiting.reason) if waiting else "",
    )
    notices.show(step.action)
    reason = ""
    if step.reason and waiting is None:
        reason = (st.text_area(step.reason, key=f"{key}-reason", max_chars=1000, height=90) or "").strip()
    with st.container(horizontal=True):
        look = "primary" if step.primary else "secondary"
        if waiting is None and st.button(step.ask, key=f"{key}-ask", type=look):
            _act(step, reason)
        # Another request in between is another button: nobody agrees to what was not on the screen.
        asked = f"{waiting.asked_at.timestamp():.6f}" if waiting else ""
        if waiting is not None and not mine and st.button(step.agree, key=f"{key}-agree-{asked}", type=look):
            _act(step, waiting.reason)
        label = _("Take the request back") if mine else _("Decline the request")
        if waiting is not None and st.button(label, key=f"{key}-back"):
            _take_back(round_, step)


def _asked(waiting: second_person.Pending, names: Mapping[str, str]) -> str:
    when = dates.moment(waiting.asked_at)
    if waiting.mine:
        return _("Asked by you on {date}.", date=when)
    return _("Asked by {who} on {date}.", who=names.get(waiting.asked_by) or _("another organiser"), date=when)


def _next(mine: bool) -> str:
    if mine:
        return _("It happens as soon as another organiser agrees on this page.")
    return _("It waits for you. Check everything, then agree or decline.")


def _act(step: TwoPersonStep, reason: str) -> None:
    try:
        if step.reason and len(reason) < 10:
            raise Invalid("reason", "too_short" if reason else "required", limit=10)
        step.ahead()
        with visit.transaction() as session:
            outcome = step.do(session, reason)
    except GlasError as refusal:
        if step.fields is None or not step.fields.refuse(refusal):
            notices.refused(refusal, place=step.action)
    else:
        # That a request waits stands on the page anyway.
        if not isinstance(outcome, second_person.Pending):
            notices.keep(step.done)
    st.rerun()


def _take_back(round_: Round, step: TwoPersonStep) -> None:
    try:
        with visit.transaction() as session:
            second_person.take_back(session, visit.visitor(), round_.id, step.action, at=visit.at())
    except GlasError as refusal:
        notices.refused(refusal, place=step.action)
    else:
        notices.keep(_("The request is taken back. Nothing has happened."), "in", place=step.action)
    st.rerun()
