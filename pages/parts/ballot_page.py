"""The page of the ballot, the same for voters and for visitors who only try it."""

from __future__ import annotations

from core import municipalities, projects, roll, voting
from core.permissions import Phase
from pages.parts import ballot, code_entry, draw, flash, not_found, visit, vote_notes


def show() -> None:
    """Draw the ballot of the round, or why there is none right now."""
    round = not_found.a_round()
    voter, at = visit.visitor(), visit.at()
    open_now = round.phase(at) is Phase.voting and not round.imported
    with visit.reading() as session:
        saved = voting.my_ballot(session, voter, round.id)
        listed = projects.projects(session, voter, round.id) if open_now else ()
        town = municipalities.municipality(session, round.municipality_id)
        eligibility = roll.eligibility(session, voter, round, at)

    if not open_now:
        draw.draw("vote_closed.html", **vote_notes.closed(round, saved, at=at))
        return
    if not listed:
        draw.draw("empty.html", **vote_notes.nothing_to_choose())
        return
    flash.show("code")
    if eligibility.missing == "code":
        code_entry.draw_field(round)
    ballot.ballot(round, town, listed, voter=voter, eligibility=eligibility, saved=saved, at=at)
