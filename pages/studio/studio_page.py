"""Rounds: start one, set it up on one page, publish it with a second person."""

import streamlit as st

from core import rounds
from core.errors import GlasError
from core.ideas import projects
from core.rounds import second_person
from pages.parts import notices, visit
from pages.parts.i18n import _
from pages.rounds import overview
from pages.rounds.two_people import waiting_for
from pages.studio import editor, new_round

actor, at = visit.visitor(), visit.at()
slug = st.query_params.get("round")
notices.show()

if slug:
    with visit.reading() as session:
        chosen = rounds.round_by_slug(session, slug, actor)
        waiting = waiting_for(session, chosen)
        listed = projects.standing(projects.projects(session, actor, chosen.id))
    editor.draw_editor(chosen, waiting, [one.cost for one in listed], actor=actor, at=at)
    visit.leave()

with visit.reading() as session:
    known = rounds.rounds(session, actor)
    pending = second_person.pending_in(session, actor, known)

notices.head(_("Rounds"), _("A round is one budget from the first idea to the last project. Open one to change it."))
start = st.button(_("Start a new round"), type="primary", icon=":material/add:")
overview.draw_list(known, overview.what_waits(pending), at=at)

if start:
    try:
        with visit.transaction() as session:
            made = rounds.create(session, actor, new_round.proposal(visit.town(), known, at=at), at=at)
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        st.query_params["round"] = made.slug
    st.rerun()
