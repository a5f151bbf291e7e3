"""Propose an idea in three steps: the idea, place and cost, preview. Every change is kept at once."""

import streamlit as st

from core import ideas
from core.errors import GlasError
from core.permissions import Action, may
from pages.ideas import writing
from pages.parts import forms, templates, visit
from pages.parts.i18n import _

actor, town, at = visit.visitor(), visit.town(), visit.at()
sent = st.session_state.pop("sent-idea", None)
if sent is not None:
    writing.sent(sent)
    visit.leave()

idea, round_ = writing.subject()
revising = idea is not None and idea.status is not ideas.IdeaStatus.draft
if not may(actor, Action.edit_idea if revising else Action.propose_idea, round_.phase(at)):
    writing.closed(round_, at)
    visit.leave()

if not revising:
    with visit.reading() as session:
        sent_before = ideas.sent(session, actor, round_.id)
    if sent_before >= round_.ideas_each:
        writing.full(round_)
        visit.leave()

values = writing.start(idea, town)
step = writing.step(values, round_, town)
titles = {1: _("Change the idea") if revising else _("Submit an idea"), 2: _("Place and cost"), 3: _("Preview")}
main, side = st.columns([1.75, 1], gap="large")
with main:
    templates.draw("ideas/propose_head.html", step=step, title=titles[step])
    typed = writing.ask(step, values, town, round_) if step < 3 else values
    saved = writing.keep(idea, typed, values, round_, revising=revising)
    if step == 3:
        writing.preview(values, town, round_)
    with st.container(
        key="steps",
        horizontal=True,
        horizontal_alignment="distribute" if step > 1 else "right",
        vertical_alignment="center",
    ):
        back = step > 1 and st.button(_("Back"), key="back", icon=":material/arrow_back:")
        label = {1: _("On to place and cost"), 2: _("On to the preview"), 3: _("Send the idea")}[step]
        on = st.button(label, key="on", type="primary")
    if saved:
        templates.draw("ideas/chip.html", text=saved)
with side:
    templates.draw("ideas/propose_aside.html", lines=writing.conditions(round_))

if back:
    writing.go(step - 1)
if on:
    problems = writing.wrong(step, typed, round_, town)
    if problems:
        forms.refuse(writing.FORM, *problems)
    forms.problems(writing.FORM).clear()
    if step < 3:
        writing.go(step + 1)
    try:
        st.session_state["sent-idea"] = writing.send(idea, values, round_, revising=revising).id
    except GlasError as refusal:
        forms.refuse(writing.FORM, refusal)
    writing.go(1)
