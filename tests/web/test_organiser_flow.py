"""Two organisers make and publish a round and judge an idea in a real browser; all their pages are clean for axe."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from core import rounds
from core.ideas import projects
from core.permissions import OPERATOR
from core.phases import Phase
from db import engine, tables
from tests.helpers import worlds
from tests.web.conftest import Opener
from tests.web.site import SECONDS, Page, Site, axe, faults, until

PAGES = (
    "/studio",
    "/studio?round=staff-web",
    "/review",
    "/ballot-list?round=staff-web",
    "/codes?round=staff-web",
    "/team",
)
MORE = ("/count?round=counted-web", "/journal?round=staff-web", "/import", "/brief?round=counted-web")
ELECTION = """META
key;value
description;Small town
country;Nowhere
unit;Small town
instance;2020
num_projects;2
num_votes;2
budget;100
vote_type;approval
rule;greedy
date_begin;01.05.2020
date_end;15.05.2020
currency;EUR
PROJECTS
project_id;cost;votes;name
1;60;2;Bench
2;50;1;Tree
VOTES
voter_id;vote
1;1,2
2;1
"""


@pytest.fixture(scope="session")
def staff_rounds(site: Site) -> None:
    """Give a round in its ideas phase with an idea that waits, and one that waits for its count."""
    town = site.town
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            home = town.municipality.id
            made = worlds.round_in(session, home, Phase.ideas, town.at, slug="staff-web", code_required=True)
            worlds.round_in(session, home, Phase.counting, town.at, slug="counted-web", eligible_estimate=100)
            session.add(tables.Idea(
                language="bg", round_id=made.id, author_id=town.resident.person_id, title={"bg": "Чешми в парка"},
                problem={"bg": "Няма откъде да си налееш вода."}, solution={"bg": "Три чешми с накрайник за бутилки."},
                cost=500_00,
                area_id=town.municipality.areas[0].id, category_id=town.municipality.categories[0].id, status="waiting",
                created_at=town.at, updated_at=town.at, submitted_at=town.at,
            ))  # fmt: skip
        opened.dispose()


def said(page: Page, text: str) -> None:
    page.get_by_text(text).first.wait_for(timeout=SECONDS * 1000)


def stored(site: Site, slug: str) -> rounds.Round:
    """Return a round as the server has it."""
    with engine.use(site.database_url) as opened:
        with engine.reading() as session:
            found = rounds.round_by_slug(session, slug, OPERATOR)
        opened.dispose()
    return found


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()


@pytest.mark.parametrize("path", PAGES + MORE)
def test_pages_are_clean_for_axe_and_fit_a_phone(path: str, site: Site, staff_rounds: None, open_page: Opener):
    page = open_page(path, "organiser", width=360, height=780)
    page.locator("h1").first.wait_for(timeout=SECONDS * 1000)
    page.wait_for_timeout(600)

    assert faults(page, site, (360, "light"), (1280, "dark")) == []


def test_two_organisers_make_and_publish_a_round(site: Site, staff_rounds: None, open_page: Opener):
    mine = open_page("/studio", "organiser")
    press(mine, "Започни ново издание")
    said(mine, "Подготвя се: никой отвън не го вижда.")
    title = mine.get_by_label("Заглавие на български")
    title.fill("Издание от браузъра")
    title.press("Tab")
    mine.get_by_role("heading", name="Издание от браузъра").first.wait_for(timeout=SECONDS * 1000)
    slug = mine.url.split("round=")[1]
    day = mine.get_by_label("Резултати, на, ден")
    later = date.fromisoformat(day.input_value()) + timedelta(days=1)
    day.fill(later.isoformat())
    day.press("Tab")
    until(mine, lambda: stored(site, slug).dates.results_on.date() == later, "the date is saved")
    said(mine, "Чернова, запазена в")

    press(mine, "Публикувай …")
    press(mine, "Поискай публикуване")
    said(mine, "Поискано от теб на")

    other = open_page(f"/studio?round={slug}", "second_organiser")
    said(other, "Поискано от organiser на")
    press(other, "Съгласи се и публикувай")
    said(other, "Публикувано. Вече всеки вижда изданието.")

    made = stored(site, slug)
    assert made.published_at is not None
    assert made.titles.exactly("bg") == "Издание от браузъра"


AT_TOP = "document.querySelector('[data-testid=stMain]').scrollTop"
FOCUSED = "document.activeElement.tagName"


def test_an_idea_is_judged_with_a_ready_reason(site: Site, staff_rounds: None, open_page: Opener):
    page = open_page("/review", "reviewer", width=360, height=780)
    said(page, "Чешми в парка")
    page.locator("label").filter(has_text="Върни на автора").click()
    said(page, "Обяснение на разбираем език (задължително)")
    site.ready(page)
    ready = page.get_by_role("combobox", name="Започни от готово обяснение")
    choices = page.get_by_role("option")

    def opened() -> bool:
        # A rerun that is under way closes the list again.
        if not choices.count():
            ready.click()
            page.wait_for_timeout(400)
        return choices.count() > 1

    until(page, opened, "the list of ready reasons is open")
    choices.nth(1).click()
    reason = page.get_by_label("Обяснение на разбираем език (задължително)")
    until(page, lambda: bool(reason.input_value()), "the reason is filled in")
    press(page, "Изпрати решението")
    # Other tests may have left ideas that wait; what is pressed next must not judge one of them unread.
    said(page, "Изпратено.")
    until(page, lambda: page.evaluate(AT_TOP) == 0, "the page is at its top again")
    until(page, lambda: page.evaluate(FOCUSED) == "H1", "the focus is at the title")
    until(page, lambda: page.locator(".g-staff-more a", has_text="Чешми в парка").count() > 0, "it is found again")


def test_a_file_becomes_a_round(site: Site, tmp_path: Path, open_page: Opener):
    good, bad = tmp_path / "town.pb", tmp_path / "bad.pb"
    good.write_text(ELECTION, "utf-8")
    bad.write_text(ELECTION.replace("2;50;1;Tree", "2;fifty;1;Tree"), "utf-8")
    page = open_page("/import", "organiser")

    page.locator("input[type=file]").set_input_files(str(bad))
    # It has arrived, and nothing happens to it before somebody says so.
    said(page, "bad.pb")
    assert axe(page) == [] and page.locator(".g-note--er").count() == 0
    press(page, "Махни файла")
    until(page, lambda: not page.get_by_text("bad.pb").count(), "the file is gone, from the box too")
    page.locator("input[type=file]").set_input_files(str(bad))
    press(page, "Внеси го")
    page.locator(".g-note--er").wait_for(timeout=SECONDS * 1000)
    assert "Ред 18" in page.locator(".g-note--er").inner_text()
    page.locator("input[type=file]").set_input_files(str(good))
    press(page, "Внеси го")

    said(page, "Внесено:")
    assert page.get_by_role("link", name="Броене").count() >= 1


@pytest.fixture(scope="session")
def listed_round(site: Site) -> str:
    """Give a draft with projects on its ballot, and return its name."""
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            worlds.round_in(
                session, site.town.municipality.id, Phase.ideas, site.town.at, slug="listed-web", published=False
            )
        opened.dispose()
    return "listed-web"


def costs(site: Site, slug: str) -> list[int]:
    """Return the costs of a round's projects."""
    with engine.use(site.database_url) as opened:
        with engine.reading() as session:
            round_ = rounds.round_by_slug(session, slug, OPERATOR)
            found = [one.cost for one in projects.projects(session, OPERATOR, round_.id)]
        opened.dispose()
    return found


def type_cost(page: Page, row: int, text: str) -> None:
    """Type a cost into its cell and leave the cell, as a person with a mouse does."""
    frame = page.locator('[data-testid="stDataFrame"]').first
    frame.wait_for(timeout=SECONDS * 1000)
    box = frame.bounding_box()
    page.mouse.dblclick(box["x"] + box["width"] * 0.63, box["y"] + 35 * (row + 1) + 17)
    page.locator("#portal input").wait_for(timeout=SECONDS * 1000)
    page.keyboard.press("Control+a")
    page.keyboard.type(text, delay=40)


def test_a_cost_is_typed_into_the_ballot_list(site: Site, listed_round: str, open_page: Opener):
    page = open_page(f"/ballot-list?round={listed_round}", "organiser")
    before = costs(site, listed_round)
    page.wait_for_timeout(800)
    type_cost(page, 0, "777")

    # Without leaving the cell first: what stands in it is not lost.
    press(page, "Запази промените")

    said(page, "1 проект е запазен.")
    assert costs(site, listed_round) == [777_00, *before[1:]]


def test_a_cost_that_is_too_high_stays_in_the_table_with_its_reason(site: Site, listed_round: str, open_page: Opener):
    page = open_page(f"/ballot-list?round={listed_round}", "organiser")
    page.wait_for_timeout(800)
    before = costs(site, listed_round)
    type_cost(page, 1, "99999999")
    page.keyboard.press("Enter")

    press(page, "Запази промените")

    page.get_by_test_id("stAlert").filter(has_text="Проект p02").wait_for(timeout=SECONDS * 1000)
    assert costs(site, listed_round) == before
    # The table tells of its cells a moment after it has drawn them.
    cell = page.get_by_test_id("glide-cell-2-1")
    until(page, lambda: cell.inner_text() == "99999999", "what was typed stands there still")


def test_what_is_typed_and_not_saved_is_said(site: Site, listed_round: str, open_page: Opener):
    page = open_page(f"/ballot-list?round={listed_round}", "organiser")
    before = costs(site, listed_round)
    page.wait_for_timeout(800)
    type_cost(page, 2, "12,5")
    page.keyboard.press("Enter")

    said(page, "1 ред е променен, но още не е запазен.")
    assert costs(site, listed_round) == before
    press(page, "Запази промените")
    said(page, "1 проект е запазен.")
    assert costs(site, listed_round) == [*before[:2], 12_50, *before[3:]]


def test_the_same_table_opens_by_keyboard_and_the_toolbar_is_gone(
    site: Site, listed_round: str, open_page: Opener, tmp_path: Path
):
    page = open_page(f"/ballot-list?round={listed_round}", "organiser")
    page.locator('[data-testid="stDataFrame"]').first.hover()
    plain = page.locator(".g-beside summary").first
    plain.focus()
    page.keyboard.press("Enter")

    page.locator(".g-beside table").first.wait_for(timeout=SECONDS * 1000)
    assert page.locator('[data-testid="stElementToolbar"]:visible').count() == 0
    with page.expect_download() as caught:
        page.get_by_role("link", name="Запази като таблица (CSV)").first.click()
    caught.value.save_as(tmp_path / "saved.csv")
    assert (tmp_path / "saved.csv").read_text("utf-8-sig").startswith("Заглавие на български;")
    assert axe(page) == []
