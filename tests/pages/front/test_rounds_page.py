"""Every round can be reached: from the list of all, from the switch on a page, and through the doors that lead on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from core import store
from core.ideas import projects
from core.phases import Phase
from core.rounds import Round
from core.texts import Texts
from db import tables
from pages.ideas import story
from pages.rounds import stages
from tests.helpers import worlds
from tests.pages.conftest import Opener, html
from tests.pages.front.test_public_pages import an_idea, counted

PAGE = "front/rounds_page.py"


def add(town: worlds.Town, phase: Phase, slug: str, **changes: object) -> Round:
    with store.transaction() as session:
        return worlds.round_in(session, town.municipality.id, phase, town.at, slug=slug, **changes)


def hidden_as_draft(town: worlds.Town) -> None:
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.ideas, town.at, slug="draft", published=False)


def links(told: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', told)


@pytest.mark.parametrize(
    ("language", "heading"), [("bg", "Проведени другаде и внесени тук"), ("en", "Held elsewhere and imported here")]
)
def test_one_list_has_all_rounds_older_and_imported_ones(
    open_app: Opener, town: worlds.Town, language: str, heading: str
):
    old = [add(town, Phase.results, f"old-{year}").slug for year in range(2015, 2022)]
    add(town, Phase.results, "lodz")
    with store.transaction() as session:
        row = session.exec(select(tables.Round).where(tables.Round.slug == "lodz")).one()
        row.imported = True
    hidden_as_draft(town)

    app = open_app(PAGE, language=language)

    told = html(app)
    assert not app.exception and heading in told
    for slug in [*old, "lodz"]:
        assert f'href="/?round={slug}"' in told and f'href="/results?round={slug}"' in told
    assert f'href="/?round={town.round.slug}"' in told
    assert "round=draft" not in told
    assert "/rounds" in links(html(open_app(language=language)))


@pytest.mark.parametrize("page", ["ideas/ideas_page.py", "ideas/projects_page.py", "results/results_page.py"])
def test_a_page_of_one_round_leads_to_the_same_page_of_others(open_app: Opener, town: worlds.Town, page: str):
    add(town, Phase.results, "older")
    hidden_as_draft(town)
    path = "/" + page.partition("/")[2].removesuffix("_page.py")

    told = html(open_app(page, round=town.round.slug))

    switch = told[told.index("<details") : told.index("</details>")]
    assert links(switch) == [f"{path}?round=older", "/rounds"]


def test_a_town_with_one_round_has_no_switch(open_app: Opener, town: worlds.Town):
    assert "g-switch" not in html(open_app("ideas/projects_page.py"))


def test_the_profile_leads_to_the_round_that_collects_ideas(open_app: Opener, town: worlds.Town):
    add(town, Phase.ideas, "next")
    add(town, Phase.review, "between")

    assert "/propose?round=next" in links(html(open_app("people/account_page.py", town.resident)))


@pytest.mark.parametrize(
    ("page", "phase", "path", "words"),
    [
        ("ideas/propose_page.py", Phase.ideas, "/propose?round=next", "Подай идея за: Издание на квартала"),
        ("voting/vote_page.py", Phase.voting, "/vote?round=next", "Гласувай в: Издание на квартала"),
    ],
)
def test_a_door_that_is_closed_shows_the_one_that_is_open(
    open_app: Opener, town: worlds.Town, page: str, phase: Phase, path: str, words: str
):
    closed = add(town, Phase.results, "closed")
    with store.transaction() as session:
        session.get_one(tables.Round, town.round.id).voided_at = town.at
    add(town, phase, "next", titles=Texts(bg="Издание на квартала", en="Round of the quarter"))

    told = html(open_app(page, town.resident, round=closed.slug))

    assert path in links(told) and words in told


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("p04", {"bg": ["Избран за финансиране", "Изпълняваме"], "en": ["Selected for funding", "Making it happen"]}),
        ("p01", {"bg": ["Неизбран този път"], "en": ["Not selected this time"]}),
    ],
)
def test_an_ideas_own_page_tells_to_the_end(
    open_app: Opener, town: worlds.Town, language: str, code: str, ends: dict[str, list[str]]
):
    """4,000 and 5,000 of a budget of 9,000: nothing is left for the others."""
    slug = counted(town, ["p04", "p05"], ["p04"], ["p05"])
    idea = an_idea(town, "accepted", reason="Може.")
    with store.transaction() as session:
        round_id = session.exec(select(tables.Round.id).where(tables.Round.slug == slug)).one()
        session.get_one(tables.Idea, idea).round_id = round_id
        of = tables.Project.round_id == round_id, tables.Project.code == code
        session.exec(select(tables.Project).where(*of)).one().idea_id = idea

    told = html(open_app("ideas/idea_page.py", language=language, id=str(idea)))

    way = re.findall(r"<div><b>([^<]*)</b>", told)
    assert way[3:] == ends[language]
    assert f"</span>{ends[language][0]}</span>" in told  # the mark, too
    assert f"</span>{ends[language][0]}</span>" in html(open_app("ideas/ideas_page.py", language=language, round=slug))


def test_before_the_result_the_way_says_what_comes(town: worlds.Town):
    with store.reading() as session:
        (first, *_rest) = projects.projects(session, town.guest, town.round.id)
    ballot = story.Point("В бюлетината", "now")

    way = story.to_the_end((ballot,), first, town.round, None, at=town.at)
    later = story.to_the_end((ballot,), first, town.round, None, at=town.at + timedelta(days=8))

    assert [(one.title, one.state) for one in way] == [("В бюлетината", "now"), ("Резултат", "next")]
    assert [(one.title, one.state) for one in later] == [("В бюлетината", "done"), ("Гласовете се броят", "now")]


def test_a_stage_without_an_end_has_no_invented_share(open_app: Opener, town: worlds.Town):
    decided = add(town, Phase.results, "decided")

    (now,) = [one for one in stages.stages(decided, at=town.at) if one.state == "now"]
    (voting,) = [one for one in stages.stages(town.round, at=town.at) if one.state == "now"]

    assert (now.part, voting.part) == (None, 12)
    assert "--part" not in html(open_app(round="decided"))
