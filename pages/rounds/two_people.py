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
from pages.rounds import changes

# A public reason of fewer signs tells nobody anything.
SHORTEST = 10


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
    """Return what waits in a round, for the visitor."""
    actor = visit.visitor()
    requests = second_person.pending(session, actor, round_.id)
    lines = journal.entries(session, actor, round_.id) if requests else ()
    return Waiting(requests, {one.pseudonym: one.name for one in lines if one.name})


def draw_step(round_: Round, step: TwoPersonStep, all_waiting: Waiting) -> None:
    """Draw the step with its buttons, and do what is pressed."""
    key, waiting = f"{step.place}-{round_.slug}", all_waiting.of(step.action, step.subject)
    mine = waiting is not None and waiting.mine
    _tell_ended(round_, step, all_waiting)
    templates.draw(
        "parts/staff_pair.html",
        title=step.title,
        text=step.text,
        lines=step.lines,
        waiting=_asked(waiting, all_waiting.names) if waiting else "",
        next=_next(mine) if waiting else "",
        reason=step.tells(waiting.reason) if waiting else "",
    )
    if waiting is not None:
        tell_lines(round_, waiting)
    notices.show(step.place)
    reason = ""
    if step.reason and step.asks and waiting is None:
        reason = (st.text_area(step.reason, key=f"{key}-reason", max_chars=500, height=90) or "").strip()
    with st.container(horizontal=True):
        look = "primary" if step.primary else "secondary"
        if step.asks and waiting is None and st.button(step.ask, key=f"{key}-ask", type=look):
            _act(step, reason, None)
        # Another request in between is another button: nobody agrees to what was not on the screen.
        shown = waiting.consent if waiting else ""
        if waiting is not None and not mine and st.button(step.agree, key=f"{key}-agree-{shown[:16]}", type=look):
            _act(step, waiting.reason, shown)
        label = _("Take the request back") if mine else _("Decline the request")
        if waiting is not None and st.button(label, key=f"{key}-back"):
            _take_back(round_, step)


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
        text=_("It takes two organisers and a public reason. Everyone reads on the rules page what was changed."),
        ask="",
        agree=button,
        done=done,
        asks=False,
    )
    with st.container(key=f"card-{action.replace('_', '-')}"):
        draw_step(round_, step, waiting)


def tell_lines(round_: Round, waiting: second_person.Pending) -> None:
    """Draw what somebody asks for, line by line, with its hash."""
    speaker = changes.Speaker(round_.currency, round_.timezone, visit.town())
    templates.draw(
        "rounds/agreed.html",
        title=_("What is agreed to"),
        rows=speaker.rows(waiting.lines),
        changes=any(line.old is not None for line in waiting.lines),
        consent=waiting.consent,
    )


def _tell_ended(round_: Round, step: TwoPersonStep, all_waiting: Waiting) -> None:
    """Tell both people of a request that has ended, until one of them puts it away."""
    ended = all_waiting.ended(step.action, step.subject)
    if ended is None:
        return
    who = _("you") if ended.mine else all_waiting.names.get(ended.asked_by) or _("another organiser")
    text = _(
        "The request made by {who} on {date} has ended: what it was about was changed. Look at it, then ask anew.",
        who=who,
        date=dates.moment(ended.asked_at),
    )
    templates.draw("parts/note.html", look="wa", icon_name="undo", text=text, link=None, live=True)
    if st.button(_("I have seen it"), key=f"{step.place}-{round_.slug}-seen"):
        _take_back(round_, step, silent=True)


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
        if step.reason and consent is None and len(reason) < SHORTEST:
            raise Invalid("reason", "too_short" if reason else "required", limit=SHORTEST)
        step.ahead()
        with visit.transaction() as session:
            outcome = step.do(session, reason, consent)
    except GlasError as refusal:
        if step.fields is None or not step.fields.refuse(refusal):
            notices.refused(refusal, place=step.place)
    else:
        # That a request waits stands on the page anyway.
        if not isinstance(outcome, second_person.Pending):
            notices.keep(step.done)
    st.rerun()


def _take_back(round_: Round, step: TwoPersonStep, *, silent: bool = False) -> None:
    try:
        with visit.transaction() as session:
            second_person.take_back(
                session, visit.visitor(), round_.id, step.action, at=visit.at(), subject=step.subject
            )
    except GlasError as refusal:
        notices.refused(refusal, place=step.place)
    else:
        if not silent:
            notices.keep(_("The request is taken back. Nothing has happened."), "in", place=step.place)
    st.rerun()
