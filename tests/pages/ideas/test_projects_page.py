"""The projects: in an order that favours nobody while people vote, the chosen ones first once it is decided."""

from __future__ import annotations

import re

import pytest

from core import store
from core.ideas import projects
from core.voting import order
from db import tables
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html
from tests.pages.front.test_public_pages import counted

PAGE = "ideas/projects_page.py"


def shown(app) -> list[str]:
    """Return the codes of the projects in their order on the page."""
    return re.findall(r"project=(p\d+)", html(app))


def test_while_people_vote_the_order_is_the_days_and_the_way_leads_to_the_ballot(open_app: Opener, town: worlds.Town):
    app = open_app(PAGE)

    assert "Проекти в бюлетината" in html(app) and "Гласувай сега" in html(app) and "5 проекта" in html(app)
    with store.reading() as session:
        listed = projects.projects(session, town.guest, town.round.id)
    assert shown(app) == [one.code for one in order.of_day(listed, town.at)]
    assert "Избран за финансиране" not in html(app)


@pytest.mark.parametrize(
    ("language", "changes", "votes"),
    [("bg", "Промени гласа си", "Гласувай сега"), ("en", "Change your vote", "Vote now")],
)
def test_who_has_voted_is_not_called_to_vote(
    open_app: Opener, town: worlds.Town, language: str, changes: str, votes: str
):
    receipt = boxes.cast(town, town.resident, ["p01"])

    told = html(open_app(PAGE, town.resident, language))
    assert changes in told and votes not in told

    boxes.withdraw(town, town.resident, receipt.revision)
    told = html(open_app(PAGE, town.resident, language))
    assert votes in told and changes not in told


def test_once_it_is_decided_the_chosen_ones_come_first_and_say_so(open_app: Opener, town: worlds.Town):
    slug = counted(town, ["p04", "p05"], ["p04"], ["p05"])

    app = open_app(PAGE, round=slug)

    assert "5 в бюлетината, 2 избрани" in html(app) and "Виж резултатите" in html(app)
    # 4,000 and 5,000 of a budget of 9,000: nothing is left for the others.
    assert shown(app) == ["p04", "p05", "p01", "p02", "p03"]
    told = html(app)
    assert (told.count("Избран за финансиране"), told.count("Неизбран този път")) == (2, 3)
    assert re.findall(r'<h2 class="g-h3">([^<]*)</h2>', told) == ["Избрани", "Неизбрани този път"]
    assert "Chosen projects" not in html(open_app(PAGE, language="en", round=slug))


def test_there_are_24_at_first_and_more_at_a_press(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        session.add_all(
            tables.Project(round_id=town.round.id, code=f"p{n}", title={"bg": f"Проект {n}"}, cost=100, position=n)
            for n in range(10, 32)
        )
    app = open_app(PAGE)
    assert len(shown(app)) == 24 and app.button(key="more").label == "Покажи още 3"

    app.button(key="more").click().run()

    assert len(set(shown(app))) == len(shown(app)) == 27
    assert not [button for button in app.button if button.key == "more"]


def test_before_the_review_is_over_the_page_says_when_projects_come(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, worlds.Phase.ideas, town.at, slug="empty", projects=False)

    assert "Проектите се появяват тук, щом идеите бъдат проверени." in html(open_app(PAGE, round="empty"))
