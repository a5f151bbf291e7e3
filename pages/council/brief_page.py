"""For the council: a sentence fit for a decision, turnout, outcome, reasons, rule and journal, to be printed."""

import streamlit as st

from core import closing, journal, municipalities, results, tally
from core.ideas import projects
from pages.council import brief
from pages.parts import components, figures, templates, visit
from pages.results import insights
from pages.results import result as result_view
from pages.rounds import chosen

actor, at = visit.visitor(), visit.at()
with st.container(key="noprint"):
    round_ = chosen.pick("/brief")
    components.print_page("print-brief")

with visit.reading() as session:
    town = municipalities.municipality(session, round_.municipality_id)
    turnout = tally.turnout(session, round_.id)
    entries = journal.entries(session, actor, round_.id)
    result = results.published(session, actor, round_)
    listed = projects.projects(session, actor, round_.id)
    closed = closing.state(session, actor, round_.id, at=at) if result and not round_.imported else None
    votes = dict(tally.live(session, round_, at).supports) if result else {}

known = insights.seen(round_, result, listed, town) if result else None
facts = insights.facts(round_, result, listed, known) if result and known else ()
templates.draw("council/brief_head.html", **brief.head(round_, turnout, result, town, at=at))
figures.show_figures(brief.figures(round_, turnout, result))
view = brief.view(round_, result, listed, votes, entries, town, facts=facts)
templates.draw("council/brief.html", **view)
result_view.offer(round_, actor, closed, at=at)
if known and known.waiting:
    insights.follow(known)
