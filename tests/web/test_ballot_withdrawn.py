"""The ballot after a project was withdrawn: whoever had it is told that hers counts, whoever names it is told which."""

from __future__ import annotations

from core import clock
from core.ballots.types import BallotRules
from core.phases import Phase
from core.rounds import Round
from db import engine
from tests.helpers import boxes, worlds
from tests.web.conftest import Opener
from tests.web.site import Site, until
from tests.web.test_ballot import Voters, choose, open_ballot, open_rough, receipt, rounds, submit, titles, voters

__all__ = ["open_rough", "rounds", "voters"]


def test_a_ballot_that_lost_a_project_counts_and_one_that_names_it_is_told_which(
    site: Site, voters: Voters, open_page: Opener, open_rough: Opener
):
    with engine.transaction() as session:
        home, at = site.town.municipality.id, clock.now()
        made: Round = worlds.round_in(
            session, home, Phase.voting, at, slug="gone", ballot=BallotRules("approval", 2, 3)
        )
    (_first, early), (_second, late) = voters.new(), voters.new()
    page = open_ballot(open_page, "gone", early)
    choose(page, 2)
    lost, code = titles(page)[0], titles(page)[0].split()[-1]
    submit(page)
    receipt(page)
    other = open_ballot(open_rough, "gone", late)
    other.locator(".card:not([hidden])").filter(has_text=lost).locator(".toggle").click()
    choose(other, 1)

    boxes.withdraw_project(site.town, made.id, code, clock.now(), "Теренът не е на общината")

    submit(other)
    until(other, lambda: lost in (other.locator("dialog .news").text_content() or ""), "the project is named")
    assert f"Оттеглено от гласуването: {lost}." in (other.locator("dialog .news").text_content() or "")
    assert "Презареди страницата" in (other.locator("dialog .main").text_content() or "")
    other.locator("dialog .main").click()
    until(other, lambda: len(titles(other)) == 1 and lost not in titles(other), "the rest of the choice is there")

    page = open_ballot(open_page, "gone", early)
    standing = page.locator(".standing").text_content() or ""
    assert "Гласът ти е приет." in standing and "Важи така, както е. Можеш да добавиш още проект." in standing
    assert "още поне" not in (page.locator(".dock").first.text_content() or "")
