"""Ballot list: accepted ideas become projects; their sum stands beside the budget until the first ballot locks them."""

import streamlit as st

from core import ideas, municipalities, projects
from core.errors import GlasError
from core.permissions import Action, Phase, may
from pages.parts import ballot_view, draw, flash, page_head, project_form, round_picker, visit
from pages.parts.i18n import _, n_

actor, at = visit.visitor(), visit.at()
flash.show()
page_head.draw(
    _("Ballot list"), _("What voters will find on the ballot. Each of them sees it in an order of their own.")
)
round_ = round_picker.pick("/ballot-list")
code = st.query_params.get("project")
with visit.reading() as session:
    town = municipalities.municipality(session, round_.municipality_id)
    listed = projects.projects(session, actor, round_.id)
    accepted = ideas.ideas(session, actor, round_.id, status="accepted")

draw.draw("ballot_list.html", **ballot_view.view(round_, listed, town, open_code=code))
chosen = next((one for one in listed if one.code == code), None)
if chosen and not round_.locked:
    project_form.draw(round_, chosen)

on_ballot = {one.idea_id for one in listed}
ready = [one for one in accepted if one.id not in on_ballot]
if round_.imported or round_.locked or not may(actor, Action.edit_projects, round_.phase(at)):
    st.stop()

title = n_("{count} accepted idea is not on it yet", "{count} accepted ideas are not on it yet", len(ready))
draw.draw("staff_section.html", id="", title=title, text="", tag="", tag_icon="")
if not ready and round_.phase(at) is Phase.preparation:
    draw.draw("staff_text.html", text=_("Ideas can be sent once their stage has begun."))
put = None
for one in ready:
    with st.container(key=f"card-idea-{one.id}"):
        draw.draw("ballot_idea.html", **ballot_view.idea(round_, one, town))
        if st.button(_("Put on the ballot"), key=f"put-{one.id}", icon=":material/how_to_vote:"):
            put = (one,)
if len(ready) > 1 and st.button(_("Put all of them on the ballot"), type="primary"):
    put = tuple(ready)

if put:
    try:
        with visit.transaction() as session:
            for one in put:
                projects.put_on_ballot(session, actor, one.id, at)
    except GlasError as refusal:
        flash.refused(refusal)
    else:
        flash.keep(n_("{count} project is now on the ballot.", "{count} projects are now on the ballot.", len(put)))
    st.rerun()
