"""Projects: those on the ballot, and in a decided round those that were chosen."""

import streamlit as st

from core import municipalities, results, voting
from core.ideas import corrections, projects
from core.phases import Phase
from core.voting import order
from pages.ideas import cards
from pages.parts import templates, visit
from pages.parts.i18n import _, n_
from pages.parts.links import Link, here
from pages.rounds import chosen, corrected, switch, voided

round_ = chosen.a_round()
actor, phase = visit.visitor(), round_.phase(visit.at())
with visit.reading() as session:
    listed = projects.projects(session, actor, round_.id)
    mended = corrections.corrections(session, actor, round_.id)
    town = municipalities.municipality(session, round_.municipality_id)
    result = results.published(session, actor, round_)
    mine = voting.my_ballots(session, actor, [round_.id]).get(round_.id) if phase is Phase.voting else None

titles = (
    {}
    if round_.voided_at
    else {
        Phase.voting: _("Projects on the ballot"),
        Phase.counting: _("Projects on the ballot"),
    }
)
switch.offer("/projects", round_)
link = Link(here("/results"), _("See the results"), "bar_chart") if result else None
if phase is Phase.voting and not round_.imported:
    voted = mine is not None and not mine.withdrawn
    link = Link(here("/vote"), _("Change your vote") if voted else _("Vote now"), "how_to_vote")
on_ballot = len(projects.standing(listed))
text = n_("{count} project", "{count} projects", on_ballot) if listed else ""
if result:
    chosen_ = len(result.allocation.funded)
    text = n_("{all} on the ballot, {count} chosen", "{all} on the ballot, {count} chosen", chosen_, all=on_ballot)
templates.draw(
    "parts/page_head.html",
    over=templates.told(round_.titles),
    title=titles.get(phase, _("Projects")),
    text=text,
    link=link,
)
voided.note(round_)

if not listed:
    text = _("Projects appear here once ideas have been reviewed.")
    links = [Link(here("/ideas"), _("See the ideas")), Link(here("/rules"), _("See the rules"))]
    templates.draw("parts/empty.html", icon_name="fact_check", title="", text=text, links=links)
    visit.leave()

corrected.note(listed)
corrected.mended(listed, mended)
funded = {one.id for one in result.allocation.funded} if result else None
# The chosen ones first; otherwise an order that favours nobody and stays put for a day.
ordered = (
    sorted(listed, key=lambda one: one.code not in funded) if funded is not None else order.of_day(listed, visit.at())
)
shown = ordered[: st.session_state.get("projects-shown", 24)]
for title, some in cards.in_parts(shown, funded):
    if title:
        templates.draw("parts/part_head.html", title=title, text="")
    drawn = cards.of_projects(some, town, funded=funded)
    templates.draw("ideas/idea_cards.html", cards=drawn, currency=round_.currency, label=title or text, under=title)
left = len(ordered) - len(shown)
if left and st.button(n_("Show {count} more", "Show {count} more", min(left, 24)), key="more"):
    st.session_state["projects-shown"] = len(shown) + 24
    st.rerun()
