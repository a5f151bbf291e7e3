"""A step that needs two people: one asks, another agrees. The wait between is plain to see and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import journal
from core.errors import ConsentDiffers, GlasError
from core.permissions import Action
from core.rounds import Round, second_person
from pages.parts import dates, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _
from pages.rounds import changes

# What was pressed last: of which round, which action, and the hash that was on the screen.
_PRESSED = "two-people-pressed"


def _because(reason: str) -> str:
    return _("Reason: {reason}", reason=reason) if reason else ""


@dataclass(frozen=True, slots=True)
class TwoPersonStep:
    """One such step: its name in core and the words round it.

    `do`: called with a session, the reason, and the hash of what was on the screen – None of the first person.
    `tells` words what the first person has said to it; `fields` are those above the buttons, if there are any.
    `subject`: which of several it is about. `asks`: the first person may ask for it here.
    """

    action: Action
    do: Callable[[Any, str, str | None], object]
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
    subject: str = ""
    asks: bool = True

    @property
    def place(self) -> str:
        """Return where its sentences are told."""
        return f"{self.action}-{self.subject}" if self.subject else self.action


@dataclass(frozen=True, slots=True)
class Waiting:
    """The requests of a round that wait for a second person, or ended meanwhile, and the names of those who asked."""

    requests: tuple[second_person.Pending, ...]
    names: Mapping[str, str]

    def of(self, action: Action, subject: str = "") -> second_person.Pending | None:
        """Return the request for one action that can be agreed to."""
        return next((one for one in self._all(action, subject) if not one.ended), None)

    def ended(self, action: Action, subject: str = "") -> second_person.Pending | None:
        """Return the request for one action that ended because something it covers was changed."""
        return next((one for one in self._all(action, subject) if one.ended), None)

    def _all(self, action: Action, subject: str) -> list[second_person.Pending]:
        return [one for one in self.requests if (one.action, one.subject) == (action, subject)]


def waiting_for(session: Any, round_: Round) -> Waiting:
    """Return what waits in a round, for the visitor; say so if she has pressed a button of what waits no longer."""
    actor = visit.visitor()
    requests = second_person.pending(session, actor, round_.id)
    _tell_lost(round_, requests)
    lines = journal.entries(session, actor, round_.id) if requests else ()
    return Waiting(requests, {one.pseudonym: one.name for one in lines if one.name})


def draw_step(round_: Round, step: TwoPersonStep, all_waiting: Waiting) -> None:
    """Draw the step with its buttons, and do what is pressed."""
    key, waiting = f"{step.place}-{round_.slug}", all_waiting.of(step.action, step.subject)
    mine = waiting is not None and waiting.mine
    tell_ended(round_, all_waiting, step.action, step.subject, step.tells)
    templates.draw(
        "parts/staff_pair.html",
        title=step.title,
        text=step.text,
        lines=step.lines,
        waiting=_asked(waiting, all_waiting.names) if waiting else "",
        next=_next(mine) if waiting else "",
        reason=step.tells(waiting.reason) if waiting else "",
        icon_name="hourglass_top",
    )
    if waiting is not None:
        tell_lines(round_, waiting)
    notices.show(step.place)
    reason = ""
    if step.reason and step.asks and waiting is None:
        reason = (st.text_area(step.reason, key=f"{key}-reason", height=90) or "").strip()
    with st.container(horizontal=True):
        look = "primary" if step.primary else "secondary"
        if step.asks and waiting is None and st.button(step.ask, key=f"{key}-ask", type=look):
            _act(step, reason, None)
        if waiting is not None and not mine and press(round_, waiting, step.agree, f"{key}-agree", type=look):
            _act(step, waiting.reason, waiting.consent)
        if waiting is not None:
            draw_back(round_, waiting)


def press(round_: Round, waiting: second_person.Pending, label: str, key: str, **look: Any) -> bool:
    """Draw a button that answers a request; return whether it was pressed.

    Another request in between is another button: nobody answers what was not on the screen. What is pressed on a page
    where the former one still stands is noted, and `waiting_for` says that it was lost.
    """
    pressed = {_PRESSED: (round_.id, waiting.action, waiting.consent)}
    note = st.session_state.update
    return st.button(label, key=f"{key}-{waiting.consent[:16]}", on_click=note, args=(pressed,), **look)


def draw_back(round_: Round, waiting: second_person.Pending) -> None:
    """Draw the button that takes the visitor's own request back, or declines another's, and do it."""
    label = _("Take the request back") if waiting.mine else _("Decline the request")
    key = "-".join(filter(None, (waiting.action, waiting.subject, round_.slug, "back")))
    if not press(round_, waiting, label, key):
        return
    try:
        with visit.transaction() as session:
            second_person.take_back(
                session, visit.visitor(), round_.id, waiting.action, at=visit.at(), consent=waiting.consent,
                subject=waiting.subject,
            )  # fmt: skip
    except GlasError as refusal:
        notices.refused(refusal, lead=True)
    else:
        taken, declined = _("The request is taken back. Nothing has happened."), _("Declined. Whoever asked is told.")
        notices.keep(taken if waiting.mine else declined, "in", lead=True)
    st.rerun()


def _tell_lost(round_: Round, requests: Sequence[second_person.Pending]) -> None:
    """Say that what was pressed belongs to a request that waits no longer: its button is not drawn any more."""
    pressed = st.session_state.get(_PRESSED)
    if pressed is None or pressed[0] != round_.id:
        return
    del st.session_state[_PRESSED]
    if pressed[1:] not in [(one.action, one.consent) for one in requests if not one.ended]:
        notices.refused(ConsentDiffers(action=pressed[1]))
        notices.show()


def draw_asked_change(
    round_: Round, waiting: Waiting, action: Action, agree: Callable[..., object], *, title: str, button: str, done: str
) -> None:  # fmt: skip
    """Draw a change of what is public that somebody has asked for elsewhere, or that ended; nothing where none is.

    `agree`: the function of core that carries it out; `button` and `done`: what the second person presses and is told.
    """
    if not (waiting.of(action) or waiting.ended(action)):
        return
    step = TwoPersonStep(
        action=action,
        do=lambda session, _reason, consent: agree(
            session, visit.visitor(), round_.id, at=visit.at(), consent=consent or ""
        ),
        title=title,
        text=public(),
        ask="",
        agree=button,
        done=done,
        asks=False,
    )
    with st.container(key=f"card-{action.replace('_', '-')}"):
        draw_step(round_, step, waiting)


def public() -> str:
    """Return what follows from a change of what is public; who asks reads it, and who agrees."""
    return _("It takes two organisers and a public reason. Everyone reads on the rules page what was changed.")


def tell_lines(round_: Round, waiting: second_person.Pending) -> None:
    """Draw what somebody asks for, line by line, with its hash; of what has ended, what had been asked for."""
    speaker = changes.Speaker(round_.currency, round_.timezone, visit.town())
    templates.draw(
        "rounds/agreed.html",
        title=_("What was asked for") if waiting.ended else _("What is agreed to"),
        rows=speaker.rows(waiting.lines),
        changes=any(line.old is not None for line in waiting.lines),
        consent="" if waiting.ended else waiting.consent,
        ended=waiting.ended,
    )


def tell_ended(
    round_: Round, all_waiting: Waiting, action: Action, subject: str = "", tells: Callable[[str], str] = _because
) -> None:  # fmt: skip
    """Tell of a request that has ended, and what it had asked for, until it is put away."""
    ended = all_waiting.ended(action, subject)
    if ended is None:
        return
    text, said = _end_of(ended, all_waiting.names), tells(ended.reason)
    templates.draw(
        "parts/staff_pair.html", title="", text="", lines=(), waiting=text, next="", reason=said, icon_name="undo"
    )
    tell_lines(round_, ended)
    if st.button(_("I have seen it"), key=f"{action}-{subject}-{round_.slug}-seen-{ended.consent[:16]}"):
        with visit.transaction() as session:
            second_person.put_away(
                session, visit.visitor(), round_.id, action, consent=ended.consent, subject=subject
            )  # fmt: skip
        st.rerun()


def _end_of(ended: second_person.Pending, names: Mapping[str, str]) -> str:
    asked = dates.moment(ended.asked_at)
    if ended.declined_at is not None:
        who, when = names.get(ended.declined_by) or _("another organiser"), dates.moment(ended.declined_at)
        return _("Your request of {asked} was declined on {date}, by {who}.", asked=asked, date=when, who=who)
    if ended.mine:
        return _(
            "Your request of {asked} has ended: what it was about was changed. Look at it, then ask anew.", asked=asked
        )
    who = names.get(ended.asked_by) or _("another organiser")
    return _("The request made by {who} on {date} has ended: what it was about was changed.", who=who, date=asked)


def _asked(waiting: second_person.Pending, names: Mapping[str, str]) -> str:
    when = dates.moment(waiting.asked_at)
    if waiting.mine:
        return _("Asked by you on {date}.", date=when)
    return _("Asked by {who} on {date}.", who=names.get(waiting.asked_by) or _("another organiser"), date=when)


def _next(mine: bool) -> str:
    if mine:
        return _("It happens as soon as another organiser agrees on this page.")
    return _("It waits for you. Check everything, then agree or decline.")


def _act(step: TwoPersonStep, reason: str, consent: str | None) -> None:
    try:
        step.ahead()
        with visit.transaction() as session:
            outcome = step.do(session, reason, consent)
    except GlasError as refusal:
        if step.fields is None or not step.fields.refuse(refusal):
            # What waits no longer may not be drawn any more, nor what is told beside it.
            lost = isinstance(refusal, ConsentDiffers)
            notices.refused(refusal, place="top" if lost else step.place, lead=lost)
    else:
        # That a request waits stands on the page anyway.
        if not isinstance(outcome, second_person.Pending):
            notices.keep(step.done, lead=True)
    st.rerun()
