"""Objections in words: until when and how, what was noted and answered; and the fields of the organisers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from core.closing import objections
from core.closing.objections import Objection
from core.errors import GlasError
from core.permissions import Action, may
from core.rounds import Round
from pages.parts import dates, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _
from pages.parts.text import plain


def show(round_: Round, found: Sequence[Objection], email: str, *, at: datetime) -> None:
    """Draw until when objections are taken and where, and those that have been noted; nothing if neither is there."""
    lines = until(round_, email, at=at)
    if lines or found:
        items = [_item(round_, one) for one in found]
        templates.draw("closing/objections.html", lines=lines, items=items)


def until(round_: Round, email: str, *, at: datetime) -> list[str]:
    """Return the sentences on how long and where one can object, and on what that holds back."""
    lines, end = [], objections.open_until(round_, at)
    if end is not None:
        date = dates.until(end, zone=round_.timezone, year=True)
        told = (
            _("You can object until {date}: write to {email}.", date=date, email=email)
            if email
            else _("You can object until {date}: tell the organisers.", date=date)
        )
        lines.append(told + " " + _("What you object to is shown here, without your name, and so is the answer."))
    if round_.held_until is not None and round_.anonymised_at is None:
        date = dates.until(round_.held_until, zone=round_.timezone, year=True)
        lines.append(
            _(
                "An objection waits for its answer. The links to people stay for it, at the latest until {date}.",
                date=date,
            )
        )
    return lines


def edit(round_: Round, found: Sequence[Objection], *, at: datetime) -> None:
    """Draw the fields in which an organiser notes an objection, and in which another one answers."""
    actor = visit.visitor()
    notices.show("objection")
    if not may(actor, Action.note_objection, round_.phase(at)):
        return
    for number, one in enumerate(found, start=1):
        if one.answered_at is None:
            _answer(round_, one, number)
    if objections.open_until(round_, at) is None:
        return
    fields = Fields(f"objection-{round_.id}")
    with st.container(key="card-objection"):
        templates.draw(
            "parts/part_head.html", title=_("Note an objection"),
            text=_("As it came, in your words. Everyone can read it: write no names of people."),
        )  # fmt: skip
        words = fields.text("objection", _("What is objected to"), "", long=True, most=objections.LENGTH[1])
        if st.button(_("Note it"), key=f"objection-go-{round_.id}"):
            _do(lambda session: objections.note(session, actor, round_.id, words, at=at), fields, _("Noted."))


def _answer(round_: Round, one: Objection, number: int) -> None:
    if one.mine:
        text = _("Objection {number}: another organiser has to answer it.", number=number)
        templates.draw("parts/note.html", look="in", icon_name="hourglass_top", text=text, link=None, live=False)
        return
    actor, at = visit.visitor(), visit.at()
    fields = Fields(f"answer-{one.id}")
    with st.container(key=f"card-answer-{one.id}"):
        templates.draw("parts/part_head.html", title=_("Objection {number}", number=number), text=one.words)
        label = _("Answer to objection {number}", number=number)
        words = fields.text("answer", label, "", long=True, most=objections.LENGTH[1])
        if st.button(_("Answer objection {number}", number=plain(number)), key=f"answer-go-{one.id}"):
            act = lambda session: objections.answer(session, actor, round_.id, one.id, words, at=at)  # noqa: E731
            _do(act, fields, _("Answered."))


def _do(act: Callable[[Any], object], fields: Fields, done: str) -> None:
    try:
        with visit.transaction() as session:
            act(session)
    except GlasError as refusal:
        if not fields.refuse(refusal):
            notices.refused(refusal, place="objection")
    else:
        fields.clear()
        notices.keep(done, place="objection")
    st.rerun()


def _item(round_: Round, one: Objection) -> dict[str, str]:
    def day(moment: datetime) -> str:
        return dates.day(moment, zone=round_.timezone, year=True)

    answered = (
        _("Not answered yet.") if one.answered_at is None else _("Answered on {date}:", date=day(one.answered_at))
    )
    return {"noted": day(one.noted_at), "words": one.words, "answered": answered, "answer": one.answer}
