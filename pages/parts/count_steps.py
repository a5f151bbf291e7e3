"""The two steps after closing: count with a second person, then publish."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import results
from core.errors import GlasError
from core.permissions import Action
from core.rounds import Round, second_person
from pages.parts import choices, notices, templates, two_people, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.parts.two_people import Step, Waiting


def count(round_: Round, waiting: Waiting) -> None:
    """Draw the step that counts; an imported election needs one person only."""
    rule: str | None = None

    def do(session: Any, _reason: str) -> object:
        actor, at = visit.visitor(), visit.at()
        if waiting.of(Action.count) is None and not round_.imported:
            return second_person.ask(session, actor, round_.id, Action.count, at=at)
        return results.count_round(session, actor, round_.id, at=at, rule=rule)

    step = Step(
        action=Action.count,
        do=do,
        # Elsewhere the step stands under its own heading already.
        title=_("Start the count") if round_.imported else "",
        text=_("This election was decided elsewhere, so one person may count it.") if round_.imported else "",
        ask=_("Count now") if round_.imported else _("Ask for the count"),
        agree=_("Agree and count"),
        done=_("Counted and published.")
        if round_.imported
        else _("Counted. Look at the result before you publish it."),
    )
    with st.container(key="card-count"):
        if round_.imported and round_.rule in ("", "unknown"):
            fields = Fields(f"count-{round_.id}")
            templates.draw("staff_text.html", text=_("The file does not say by which rule to count. Choose one."))
            rule = fields.choice("rule", _("Counting rule"), choices.rules(round_.ballot.type), "greedy")
        two_people.draw_step(round_, step, waiting)


def to_closing(round_: Round) -> None:
    """Draw the way to the guided page on which two people close, draw, open, count and publish."""
    text = _("Voting is over. Two organisers close the round step by step; every step can be interrupted.")
    link = Link(to("/closing", round=round_.slug), _("Go to the closing"))
    templates.draw("note.html", look="in", icon_name="lock", text=text, link=link, live=False)


def publish(round_: Round) -> None:
    """Draw the step that publishes the result."""
    with st.container(key="card-publish-result"):
        text = _(
            "Only organisers and auditors see this result. Published, everyone sees it, with every step of the count."
        )
        templates.draw("staff_pair.html", title="", text=text, lines=(), waiting="", next="", reason="")
        pressed = st.button(_("Publish the result"), type="primary", icon=":material/campaign:", key="publish-result")
    if not pressed:
        return
    try:
        with visit.transaction() as session:
            results.publish(session, visit.visitor(), round_.id, at=visit.at())
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        notices.keep(_("Published. Everyone sees the result now."))
    st.rerun()
