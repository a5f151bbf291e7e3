"""What can be done with an idea: go and vote on it, or – for its author – change and withdraw it."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core import ideas
from core.errors import GlasError
from core.ideas import Idea, IdeaStatus
from core.ideas.projects import Listed
from core.permissions import Action, may
from core.phases import Phase
from core.rounds import Round
from pages.parts import components, refusals, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to


def main_action(round_: Round, listed: bool, *, gone: bool, at: datetime) -> Link | None:
    """Return the one thing a visitor can do with an idea now; `listed`: on the ballot, `gone`: withdrawn from it."""
    phase = round_.phase(at)
    if listed and not gone and phase is Phase.voting and not round_.imported:
        return Link(to("/vote", round=round_.slug), _("Go to the ballot"), "how_to_vote")
    if listed and round_.shows_result:
        return Link(to("/results", round=round_.slug), _("See the results"), "bar_chart")
    return None


def map_link(listed: Listed | None) -> str:
    """Return the address of the place of a project on a public map, empty without a place."""
    if listed is None or listed.lat is None or listed.lon is None:
        return ""
    return f"https://www.openstreetmap.org/?mlat={listed.lat:.5f}&mlon={listed.lon:.5f}#map=16/{listed.lat:.5f}/{listed.lon:.5f}"


def for_author(idea: Idea, round_: Round, *, at: datetime) -> None:
    """Draw what the author may do: change the idea, or withdraw it after one more question."""
    actor, phase = visit.visitor(), round_.phase(at)
    with st.container(key="author", horizontal=True):
        open_still = idea.status in (IdeaStatus.returned, IdeaStatus.waiting) and may(actor, Action.edit_idea, phase)
        if open_still and st.button(_("Change the idea"), key="change", icon=":material/edit:"):
            components.go(to("/propose", round=round_.slug, idea=idea.id))
        if idea.status is not IdeaStatus.withdrawn and may(actor, Action.withdraw_idea, phase):
            with st.popover(_("Withdraw"), icon=":material/remove_circle:"):
                st.text(_("Withdraw the idea? It stays visible to you only and cannot come back in this round."))
                if st.button(_("Yes, withdraw it"), key="withdraw", type="primary"):
                    _withdraw(idea)


def _withdraw(idea: Idea) -> None:
    try:
        with visit.transaction() as session:
            ideas.withdraw(session, visit.visitor(), idea.id, at=visit.at())
    except GlasError as refusal:
        templates.draw(
            "parts/note.html", look="er", icon_name="error", text=refusals.sentence(refusal), link=None, live=True
        )
    else:
        st.rerun()
