"""For the council: a sentence fit for a decision, turnout, outcome, reasons, rule and journal, to be printed."""

import streamlit as st

from core import journal, municipalities, projects, tally
from pages.parts import brief_view, comparison, count_view, draw, print_button, round_picker, visit

actor, at = visit.visitor(), visit.at()
with st.container(key="noprint"):
    round = round_picker.pick("/brief")
    print_button.draw("print-brief")

with visit.reading() as session:
    town = municipalities.municipality(session, round.municipality_id)
    turnout = tally.turnout(session, round.id)
    entries = journal.entries(session, actor, round.id)
    result = count_view.result_of(session, actor, round) if round.result_published_at else None
    listed = projects.projects(session, actor, round.id)
    votes = dict(tally.live(session, round, at).supports) if result else {}

compared = comparison.sentence(round, actor, result.allocation, result.ballots) if result else ""
view = brief_view.view(round, turnout, result, listed, votes, entries, town, at=at, compared=compared)
draw.draw("brief.html", **view)
