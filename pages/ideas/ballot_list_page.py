"""Ballot list: accepted ideas become projects; their sum stands beside the budget until the first ballot locks them."""

import streamlit as st

from core import ideas, municipalities
from core.ideas import projects
from core.permissions import Action, may
from core.phases import Phase
from pages.ideas import ballot_list, ballot_table, correcting
from pages.parts import figures, notices, templates, visit
from pages.parts.i18n import _, n_
from pages.rounds import chosen as round_picker
from pages.rounds import voided
from pages.rounds.two_people import waiting_for

actor, at = visit.visitor(), visit.at()
notices.show()
notices.head(_("Ballot list"), _("What voters will find on the ballot. Each of them sees it in an order of their own."))
round_ = round_picker.pick("/ballot-list")
voided.note(round_)
code = st.query_params.get("project")
with visit.reading() as session:
    town = municipalities.municipality(session, round_.municipality_id)
    waiting = waiting_for(session, round_)
    asked = waiting.of(Action.change_list)
    # Whoever has asked goes on from what she has asked for.
    listed = (projects.proposed if asked and asked.mine else projects.projects)(session, actor, round_.id)
    accepted = ideas.ideas(session, actor, round_.id, status="accepted")

may_edit = not (round_.imported or round_.locked) and may(actor, Action.edit_projects, round_.phase(at))
# What another organiser asks for is agreed to, or declined, first.
may_edit = may_edit and (asked is None or asked.mine)
figures.show_figures(ballot_list.figures(round_, listed))
for note in ballot_list.notes(round_, listed):
    templates.draw(
        "parts/note.html", look=note["look"], icon_name=note["icon"], text=note["text"], link=None, live=False
    )
ready = [one for one in accepted if one.id not in {each.idea_id for each in listed}]
if may_edit and ready and round_.phase(at) in (Phase.review, Phase.voting):
    text = ballot_list.left_out(len(ready))
    templates.draw("parts/note.html", look="wa", icon_name="warning", text=text, link=None, live=False)
ballot_list.two(round_, waiting)
correcting.waiting_ones(round_, waiting, listed)
reason = ballot_list.why(round_, waiting) if may_edit else ""
mine = asked is not None and asked.mine
templates.draw(
    "parts/part_head.html", title=_("On the ballot, as you ask for it") if mine else _("On the ballot"), text=""
)
if not listed:
    below = may_edit and ready
    text = _("No project yet. Put feasible ideas on the ballot below.") if below else _("No project yet.")
    templates.draw("parts/staff_text.html", text=text)
elif may_edit:
    ballot_table.edit_list(round_, listed, town, reason)
    ballot_list.choose(listed, _("Change descriptions, or take a project off"))
else:
    ballot_table.draw_list(round_, listed, town)
chosen = next((one for one in listed if one.code == code), None)
if chosen and may_edit:
    ballot_list.edit_project(round_, chosen, reason)
if correcting.may_correct(round_, actor) and listed:
    correcting.correct(round_, listed, code)
if not may_edit:
    visit.leave()

title = n_("{count} feasible idea is not on it yet", "{count} feasible ideas are not on it yet", len(ready))
if not ready:
    title = _("Every feasible idea is on it") if accepted else _("No idea is feasible yet")
templates.draw("parts/staff_section.html", id="", title=title, text="", tag="", tag_icon="")
if not ready and round_.phase(at) is Phase.preparation:
    templates.draw("parts/staff_text.html", text=_("Ideas can be sent once their stage has begun."))
put = ballot_table.choose(round_, ready, town) if ready else ()

if put:
    ballot_list.put(round_, put, reason)
