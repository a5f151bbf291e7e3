"""Corrections on the pages: two organisers on the ballot list, and everyone who looks reads what was done, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core import store
from core.ideas import projects
from db import tables
from pages.council import protocol
from pages.ideas import ballot_list
from pages.parts import i18n
from pages.tally import figures
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

LIST = "ideas/ballot_list_page.py"
WHY = "The ground belongs to the state"


@pytest.fixture(autouse=True)
def calm() -> None:
    figures.forget()


@pytest.fixture
def voted(town: worlds.Town) -> worlds.Town:
    boxes.cast(town, town.resident, ["p01", "p02"])
    boxes.cast(town, town.neighbour, ["p02"])
    return town


def press(app: AppTest, label: str) -> AppTest:
    found = [button for button in app.button if button.label == label]
    assert found, f"no button {label!r} among {[button.label for button in app.button]}"
    return found[0].click().run()


def withdrawn(open_app: Opener, town: worlds.Town) -> None:
    """Have two organisers withdraw p01 on the page."""
    app = open_app(LIST, town.organiser, "en", round=town.round.slug, project="p01")
    app.text_area(key=f"correct-{town.round.id}-p01-reason").set_value(WHY)
    app = press(app, "Ask to withdraw the project")
    assert "Asked. Nothing changes before another organiser agrees" in html(app)
    other = open_app(LIST, town.second_organiser, "en", round=town.round.slug)
    assert WHY in html(other) and "Consent is to exactly this" in html(other)
    assert "The project is withdrawn." in html(press(other, "Agree: withdraw it"))


def test_two_organisers_withdraw_a_project_and_every_page_says_so(open_app: Opener, voted: worlds.Town):
    withdrawn(open_app, voted)

    slug = voted.round.slug
    for script, who in (
        ("ideas/projects_page.py", None), ("results/results_page.py", None), ("voting/vote_page.py", voted.resident),
        ("front/rules_page.py", None), ("journal/journal_page.py", voted.council),
    ):  # fmt: skip
        for language, word in (("en", ("withdrawn", "Withdrawal")), ("bg", ("оттеглен", "Оттегляне"))):
            app = open_app(script, who, language, round=slug)
            assert not app.exception
            assert WHY in html(app) and any(each in html(app) for each in word), (script, language)
    assert "Project p01 (withdrawn)" in html(open_app(LIST, voted.organiser, "en", round=slug)) + _tables(
        open_app(LIST, voted.organiser, "en", round=slug)
    )


def _tables(app: AppTest) -> str:
    return " ".join(str(each.value.to_dict()) for each in app.dataframe)


def test_who_had_chosen_it_is_told_that_her_ballot_counts_for_the_others(open_app: Opener, voted: worlds.Town):
    withdrawn(open_app, voted)

    mine = html(open_app("voting/vote_page.py", voted.resident, "en", round=voted.round.slug))
    other = html(open_app("voting/vote_page.py", voted.neighbour, "en", round=voted.round.slug))

    assert "It cannot be chosen any more." in mine and "It cannot be chosen any more." in other
    assert "You had chosen it: your ballot stays valid" in mine and "You had chosen it" not in other


def test_the_count_the_protocol_and_the_brief_tell_it_with_its_votes(open_app: Opener, voted: worlds.Town):
    withdrawn(open_app, voted)
    round_id, after = voted.round.id, boxes.end_voting(voted.round.id)
    boxes.until_count(voted, round_id, after)
    boxes.count(voted, round_id, after)
    boxes.publish(voted, round_id, after)
    told = f"Withdrawn: {WHY}. It is on 1 ballot."

    assert told in html(open_app("results/results_page.py", None, "en", round=voted.round.slug))
    assert told in html(open_app("council/brief_page.py", voted.council, "en", round=voted.round.slug))
    with store.reading() as session, i18n.speaking("en"):
        made = protocol.protocol(protocol.source(session, voted.guest, boxes.fresh(round_id), at=after))
    cells = [cell for part in made.parts for row in part.rows for cell in row]
    lines = [line for part in made.parts for line in part.lines]
    assert told in cells and any("A project was withdrawn from the vote" in line and WHY in line for line in lines)


def test_a_typing_error_is_mended_by_two_and_the_old_words_stay(open_app: Opener, voted: worlds.Town):
    app = open_app(LIST, voted.organiser, "en", round=voted.round.slug, project="p02")
    app.text_input(key=f"correct-{voted.round.id}-p02-title@en").set_value("Project two")
    app.text_area(key=f"correct-{voted.round.id}-p02-reason").set_value("A typing error")
    press(app, "Ask for the correction")
    other = open_app(LIST, voted.second_organiser, "en", round=voted.round.slug)
    assert "Project p02" in html(other) and "Project two" in html(other)
    press(other, "Agree to the words")

    rules = html(open_app("front/rules_page.py", None, "en", round=voted.round.slug))
    assert "Project p02" in rules and "Project two" in rules and "A typing error" in rules
    assert "Words were corrected" in html(open_app("voting/vote_page.py", voted.resident, "en", round=voted.round.slug))
    with store.reading() as session:
        listed = {one.code: one for one in projects.projects(session, voted.guest, voted.round.id)}
    assert listed["p02"].title.exactly("en") == "Project two"


def test_a_title_that_was_emptied_is_refused_beside_its_field(open_app: Opener, voted: worlds.Town):
    key = f"correct-{voted.round.id}-p02"
    app = open_app(LIST, voted.organiser, "en", round=voted.round.slug, project="p02")
    app.text_input(key=f"{key}-title@en").set_value("")
    app.text_area(key=f"{key}-reason").set_value("A typing error")

    app = press(app, "Ask for the correction")

    assert app.session_state[f"{key}-title@en"] == "" and "Asked. Nothing changes" not in html(app)
    assert "Please fill in this field." in html(app) and "title@en" in html(app)


def test_what_was_corrected_is_told_by_title_and_in_quotes(open_app: Opener, voted: worlds.Town):
    boxes.withdraw_project(voted, voted.round.id, "p01", voted.at, WHY)
    app = open_app(LIST, voted.organiser, "en", round=voted.round.slug, project="p02")
    app.text_input(key=f"correct-{voted.round.id}-p02-title@en").set_value("Project two")
    app.text_area(key=f"correct-{voted.round.id}-p02-reason").set_value("A typing error")
    press(app, "Ask for the correction")
    press(open_app(LIST, voted.second_organiser, "en", round=voted.round.slug), "Agree to the words")
    gone = {"en": "p01 · Project p01 · Withdrawn project", "bg": "p01 · Проект p01 · Оттеглен проект"}
    old = {
        "en": "Bulgarian: “Проект p02” · English: “Project p02”",
        "bg": "български: „Проект p02“ · английски: „Project p02“",
    }
    new = {"en": "English: “Project two”", "bg": "английски: „Project two“"}

    round_id, after = voted.round.id, boxes.end_voting(voted.round.id)
    boxes.until_count(voted, round_id, after)
    boxes.count(voted, round_id, after)
    for language in ("en", "bg"):
        rules = html(open_app("front/rules_page.py", None, language, round=voted.round.slug))
        told = html(open_app("journal/journal_page.py", voted.council, language, round=voted.round.slug))
        with store.reading() as session, i18n.speaking(language):
            made = protocol.protocol(protocol.source(session, voted.organiser, boxes.fresh(round_id), at=after))
        cells = " | ".join(cell for part in made.parts for row in part.rows for cell in row)
        for found in (rules, told, cells):
            assert gone[language] in found and old[language] in found and new[language] in found


def test_without_a_reason_and_without_a_ballot_nothing_is_asked_for(open_app: Opener, voted: worlds.Town):
    app = open_app(LIST, voted.organiser, "en", round=voted.round.slug, project="p01")
    assert "Write the reason; people will read it." in html(press(app, "Ask to withdraw the project"))
    made = boxes.round_in_voting(voted, "fresh")
    labels = [button.label for button in open_app(LIST, voted.organiser, "en", round=made.slug, project="p01").button]
    assert "Ask to withdraw the project" not in labels


def test_the_idea_of_a_withdrawn_project_no_longer_says_that_it_is_on_the_ballot(open_app: Opener, voted: worlds.Town):
    with store.transaction() as session:
        home, author = voted.municipality, voted.resident
        idea = tables.Idea(
            language="bg", round_id=voted.round.id, author_id=author.person_id, title={"bg": "Чешми"}, cost=1_000_00,
            problem={"bg": "Сухо е."}, solution={"bg": "Чешми."}, area_id=home.areas[0].id,
            category_id=home.categories[0].id, status="accepted", created_at=voted.at, updated_at=voted.at,
            submitted_at=voted.at,
        )  # fmt: skip
        session.add(idea)
        session.flush()
        number = tables.id_of(idea)
        session.add(tables.Review(idea_id=number, verdict="accepted", cost=1_000_00, reason={}, created_at=voted.at))
    boxes.change("UPDATE project SET idea_id = :id WHERE round_id = :of AND code = 'p01'", id=number, of=voted.round.id)
    pages = (("ideas/idea_page.py", {"id": str(number)}), ("ideas/ideas_page.py", {"round": voted.round.slug}))
    for script, query in pages:
        assert "On the ballot" in html(open_app(script, None, "en", **query)), script

    withdrawn(open_app, voted)

    for script, query in pages:
        app = html(open_app(script, None, "en", **query))
        assert "Withdrawn project" in app and "On the ballot" not in app and "Go to the ballot" not in app, script


def test_a_withdrawn_project_is_not_one_of_those_to_choose_from(open_app: Opener, voted: worlds.Town):
    assert "See all 5 projects" in html(open_app("front/home_page.py", None, "en", round=voted.round.slug))

    withdrawn(open_app, voted)

    assert "See all 4 projects" in html(open_app("front/home_page.py", None, "en", round=voted.round.slug))
    with store.reading() as session:
        listed = projects.projects(session, voted.organiser, voted.round.id)
    with i18n.speaking("en"):
        count, total, *_rest = ballot_list.figures(voted.round, listed)
        told = " ".join(note["text"] for note in ballot_list.notes(replace(voted.round, budget=5_000_00), listed))
    assert (count["text"], total["text"]) == ("4", "€14,000")
    assert "4 projects" in html(open_app("ideas/projects_page.py", None, "en", round=voted.round.slug))
    assert "5 projects" not in html(open_app("ideas/projects_page.py", None, "en", round=voted.round.slug))
    # Of the five, p03 to p05 cost more than half of it; p05 is then withdrawn.
    assert "3 projects cost more than half" in told
    boxes.withdraw_project(voted, voted.round.id, "p05", voted.at, WHY)
    with store.reading() as session, i18n.speaking("en"):
        listed = projects.projects(session, voted.organiser, voted.round.id)
        told = " ".join(note["text"] for note in ballot_list.notes(replace(voted.round, budget=5_000_00), listed))
    assert "2 projects cost more than half" in told
