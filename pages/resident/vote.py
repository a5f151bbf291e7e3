"""Vote: the ballot of a round, or why there is none right now."""

import streamlit as st

from core import municipalities, projects, roll, voting
from core.permissions import Phase
from pages.parts import ballot, code_entry, draw, not_found, vote_notes, visit

round = not_found.a_round()
voter, at = visit.visitor(), visit.at()
with visit.reading() as session:
    saved = voting.my_ballot(session, voter, round.id)
    open_now = round.phase(at) is Phase.voting and not round.imported
    listed = projects.projects(session, voter, round.id) if open_now else ()
    town = municipalities.municipality(session, round.municipality_id)
    eligibility = roll.eligibility(session, voter, round, at)

if not open_now:
    draw.draw("vote_closed.html", **vote_notes.closed(round, saved, at=at))
    st.stop()
if not listed:
    draw.draw("empty.html", **vote_notes.nothing_to_choose())
    st.stop()
if eligibility.missing == "code":
    code_entry.draw_field(round)

ballot.ballot(round, town, listed, voter=voter, eligibility=eligibility, saved=saved, at=at)
