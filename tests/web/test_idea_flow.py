"""A stranger joins, proposes an idea and sees where it stands, on a phone; every page of mine is clean for axe."""

from __future__ import annotations

import uuid

import pytest

from core.phases import Phase
from db import engine, tables
from tests.helpers import worlds
from tests.web.conftest import Opener
from tests.web.site import SECONDS, Page, Site, faults, sideways, until

PHONE = {"width": 360, "height": 780}
LOOKS = ((360, "light"), (360, "dark"))


@pytest.fixture(scope="session")
def collecting(site: Site) -> str:
    """Give the slug of a round that collects ideas, with one idea that passed and one that did not."""
    town = site.town
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            made = worlds.round_in(
                session,
                town.municipality.id,
                Phase.ideas,
                town.at,
                slug="ideas-web",
                min_cost=500_00,
                max_cost=9_000_00,
            )
            for status in ("accepted", "rejected"):
                row = tables.Idea(
                    language="bg", round_id=made.id, author_id=town.resident.person_id, title={"bg": f"Идея {status}"},
                    problem={"bg": "Няма сянка."},
                    solution={"bg": "Да засадим липи.\n\nИ да поливаме."}, area_id=town.municipality.areas[0].id,
                    cost=900_00,
                    category_id=town.municipality.categories[0].id, status=status, created_at=town.at,
                    updated_at=town.at, submitted_at=town.at,
                )  # fmt: skip
                session.add(row)
                session.flush()
                review = tables.Review(
                    idea_id=tables.id_of(row), reviewer_id=town.reviewer.person_id, verdict=status,
                    reason={"bg": "Мястото е общинско."}, created_at=town.at,
                )  # fmt: skip
                session.add(review)
        opened.dispose()
    return made.slug


def said(page: Page, text: str) -> None:
    """Wait until the page says something."""
    page.get_by_text(text).first.wait_for(timeout=SECONDS * 1000)


def type_in(page: Page, key: str, text: str) -> None:
    """Type into the field of this key and leave it, as people do."""
    field = page.locator(f".st-key-{key} input, .st-key-{key} textarea").first
    field.fill(text)
    field.press("Tab")


def kept(page: Page, site: Site) -> None:
    """Wait until the last field has been kept; the chip alone may speak of the one before it."""
    page.wait_for_timeout(600)
    site.ready(page)
    said(page, "Черновата е запазена.")


def choose(page: Page, key: str, option: str) -> None:
    """Choose from the list of this key."""
    page.locator(f".st-key-{key} input").first.click()
    page.get_by_role("option", name=option).click()


def test_join_propose_and_see_where_it_stands(open_page: Opener, site: Site, collecting: str):
    page = open_page(f"/join?next=/propose%3Fround%3D{collecting}", **PHONE)
    type_in(page, "join-nickname", "vyara-" + uuid.uuid4().hex[:6])
    type_in(page, "join-birth_year", "2008")
    choose(page, "join-area", "Гара")
    type_in(page, "join-password", "bez-parola-ne-moga-7")
    page.locator(".st-key-join-go button").click()

    said(page, "Твоят код за възстановяване")
    page.get_by_text("Кодът е записан на сигурно място.").click()
    page.locator(".st-key-recovery-go button:enabled").click()

    said(page, "Стъпка 1 от 3")
    until(page, lambda: "/propose" in page.url, "the wanted page opens")
    type_in(page, "propose-title", "Пейки до спирката")
    type_in(page, "propose-problem", "Чакаме прави по половин час всяка сутрин.")
    type_in(page, "propose-solution", "Три пейки с навес и кошче до тях.")
    kept(page, site)
    page.reload()
    site.ready(page)
    until(
        page,
        lambda: page.locator(".st-key-propose-title input").input_value() == "Пейки до спирката",
        "the draft is there after a reload",
    )
    site.ready(page)
    page.locator(".st-key-on button").click()

    said(page, "Стъпка 2 от 3")
    choose(page, "propose-category_id", "Спорт")
    choose(page, "propose-area_id", "Център")
    type_in(page, "propose-cost", "1 200")
    kept(page, site)
    page.reload()
    said(page, "Стъпка 2 от 3")
    site.ready(page)
    page.locator(".st-key-on button").click()

    said(page, "Стъпка 3 от 3")
    assert sideways(page) <= 0
    page.locator(".st-key-on button").click()

    said(page, "Идеята ти е изпратена")
    page.goto(site.base + "/account")
    site.ready(page)
    said(page, "Пейки до спирката")
    said(page, "В проверка")


PATHS = (
    "/", "/ideas", "/projects", "/results", "/rules", "/about", "/join", "/sign-in", "/recover", "/idea?id=999",
    "/?round=ideas-web", "/ideas?round=ideas-web", "/ideas?round=ideas-web&q=zzz", "/idea?id=1",
    "/rules?round=ideas-web",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_public_pages_are_clean_and_fit_a_phone(open_page: Opener, site: Site, collecting: str, path: str):
    page = open_page(path, **PHONE)
    page.locator(".g-feet").wait_for(timeout=SECONDS * 1000)

    assert faults(page, site, *LOOKS) == []


@pytest.mark.parametrize(
    "path",
    ["/account", "/propose?round=ideas-web", "/propose?round=ideas-web&step=2", "/propose?round=ideas-web&step=3"],
)
def test_resident_pages_are_clean_and_fit_a_phone(open_page: Opener, site: Site, collecting: str, path: str):
    page = open_page(path, "resident", **PHONE)
    page.locator(".g-feet").wait_for(timeout=SECONDS * 1000)

    assert faults(page, site, *LOOKS) == []


def test_english_shows_no_bulgarian_labels(open_page: Opener, collecting: str):
    page = open_page("/ideas?round=ideas-web", language="en")
    page.locator(".g-feet").wait_for(timeout=SECONDS * 1000)

    assert page.locator("h1").inner_text() == "Ideas"
    assert "Cost still open" not in page.content()
