"""The page of the ballot, the same for voters and for visitors who only try it."""

from __future__ import annotations

import streamlit as st

from core import municipalities
from core.errors import KeyMissing
from core.ideas import projects
from core.permissions import Phase
from core.trust import readiness
from core.voting import roll
from pages.codes import entry
from pages.parts import ballot, notices, own_ballot, receipts, refusals, templates, visit, vote_notes
from pages.rounds import chosen


def show() -> None:
    """Draw the ballot of the round, or why there is none right now."""
    round_ = chosen.a_round()
    voter, at = visit.visitor(), visit.at()
    phase = round_.phase(at)
    open_now, ended = (phase is one and not round_.imported for one in (Phase.voting, Phase.counting))
    with visit.reading() as session:
        rests = open_now and readiness.rests(session, round_.id)
        saved = own_ballot.of(session, voter, round_)
        listed = projects.projects(session, voter, round_.id) if open_now or ended else ()
        town = municipalities.municipality(session, round_.municipality_id)
        eligibility = roll.eligibility(session, voter, round_)

    if not open_now:
        templates.draw("vote_closed.html", **vote_notes.closed(round_, at=at))
        if ended and listed:
            # Only the browser knows of a choice that was never cast.
            ballot.ballot(round_, town, listed, voter=voter, eligibility=eligibility, saved=saved, at=at, ended=True)
        if saved and not saved.withdrawn:
            templates.draw("own_ticket.html", ticket=receipts.ticket(saved.receipt.number, saved.receipt))
        return
    if rests:
        templates.draw("refused.html", sentence=refusals.sentence(KeyMissing(round_id=round_.id, key="")))
        return
    if not listed:
        templates.draw("empty.html", **vote_notes.nothing_to_choose())
        return
    # From here on the address says which round it is: at the close another one may be the current one.
    st.query_params.setdefault("round", round_.slug)
    notices.show("code")
    if eligibility.missing == "code":
        entry.draw_field(round_)
    ballot.ballot(round_, town, listed, voter=voter, eligibility=eligibility, saved=saved, at=at)
