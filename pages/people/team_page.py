"""Team: who has which role, and links that give one."""

import streamlit as st

from core.errors import GlasError
from core.people import team
from pages.parts import notices, templates, visit
from pages.parts.i18n import _
from pages.people import team as team_view

actor, at = visit.visitor(), visit.at()
notices.show()
notices.head(
    _("Team"),
    _("Roles are given by a link that works once and for seven days. Every step is in the journal.")
    + " "
    + _("Organisers and auditors are invited at the server: {command}", command="glas invite NAME --role organiser"),
)
with visit.reading() as session:
    members = team.members(session, actor)
    waiting = team.waiting(session, actor, at=at)
team_view.draw_all(members, waiting)

link = st.session_state.get("team-link")
if link:
    templates.draw("people/team_link.html", link=link)
    if st.button(_("I have sent it"), key="team-sent"):
        del st.session_state["team-link"]
        st.rerun()
act = team_view.choose(actor, members, waiting)
if act:
    try:
        with visit.transaction() as session:
            token = act(session)
    except GlasError as refusal:
        notices.refused(refusal)
    else:
        notices.keep(_("Done."))
        if isinstance(token, str):
            st.session_state["team-link"] = team_view.address(token)
    st.rerun()
