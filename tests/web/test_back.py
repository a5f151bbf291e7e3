"""The way back on a phone: Back closes what covers the page and not the page; an address is of one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import clock, ideas
from core.phases import Phase
from db import engine
from tests.helpers import worlds
from tests.web.conftest import Opener
from tests.web.site import Page, Site, until

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def waiting_idea(site: Site) -> Iterator[int]:
    """Give an idea that waits for its review, in a round that collects ideas."""
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            at, town = clock.now(), site.town
            round_ = worlds.round_in(session, town.municipality.id, Phase.ideas, at, slug="ideas")
            place = {"area_id": town.municipality.areas[0].id, "category_id": town.municipality.categories[0].id}
            words = {"title": "Пейки в парка", "problem": "Няма къде да се седне на сянка.", "place": "Паркът"}
            ideas.save_draft(
                session, town.resident, round_.id, at=at, language="bg", cost=50_000,
                solution="Десет пейки под дърветата до чешмата.", **words, **place,
            )  # fmt: skip
            sent = ideas.submit(session, town.resident, round_.id, at)
        yield sent.id
        opened.dispose()


def back(page: Page) -> None:
    page.evaluate("history.back()")


def length(page: Page) -> int:
    return int(page.evaluate("history.length"))


def opened(page: Page) -> bool:
    return bool(page.locator("dialog").first.evaluate("sheet => sheet.open"))


def ballot(open_page: Opener, site: Site) -> Page:
    page = open_page("/about", **PHONE)
    page.goto(site.base + "/vote")
    site.ready(page)
    page.locator(".card .toggle").first.click()
    until(page, lambda: page.locator(".card.on").count() == 1, "a project is chosen")
    return page


def test_back_closes_the_sheet_of_the_ballot_and_keeps_the_choice(open_page: Opener, site: Site):
    page = ballot(open_page, site)
    page.locator(".go").click()
    until(page, lambda: opened(page), "the sheet is open")
    back(page)
    until(page, lambda: not opened(page), "the sheet is closed")

    assert "/vote?round=" in page.url and page.locator(".card.on").count() == 1
    back(page)
    until(page, lambda: page.url.endswith("/about"), "one more step leads out")


@pytest.mark.parametrize("how", ["Escape", "button"])
def test_a_sheet_that_is_closed_leaves_nothing_to_go_back_to(open_page: Opener, site: Site, how: str):
    page = ballot(open_page, site)
    page.locator(".go").click()
    until(page, lambda: opened(page), "the sheet is open")
    page.keyboard.press("Escape") if how == "Escape" else page.locator("dialog .close").click()
    until(page, lambda: not opened(page) and page.evaluate("history.state?.glas") is None, "all is as before")

    back(page)
    until(page, lambda: page.url.endswith("/about"), "one step leads out")


def test_from_the_sheet_to_the_sign_in_and_back_to_the_ballot(open_page: Opener, site: Site):
    page = ballot(open_page, site)
    page.locator(".go").click()
    page.locator("dialog .away").click()
    until(page, lambda: "/sign-in" in page.url, "the sign-in page is open")
    back(page)
    until(page, lambda: "/vote?round=" in page.url, "the ballot is back")
    page.locator(".card.on").first.wait_for()

    assert not opened(page)


def test_back_closes_the_menu_and_a_link_in_it_is_one_step(open_page: Opener, site: Site):
    page = open_page("/rules?round=2026", **PHONE)
    before = length(page)
    page.locator("header .opener").click()
    back(page)
    until(page, lambda: not page.locator("header .menu").is_visible(), "the menu is closed")
    assert page.url.endswith("/rules?round=2026")

    page.locator("header .opener").click()
    page.locator("header .small a", has_text="Резултати").click()
    until(page, lambda: page.url.endswith("/results?round=2026"), "the results of the same round")
    assert length(page) == before + 1
    back(page)
    until(page, lambda: page.url.endswith("/rules?round=2026"), "the rules are back")


def test_back_closes_the_filters(open_page: Opener, site: Site, waiting_idea: int):
    page = open_page("/ideas?round=ideas", "reviewer", **PHONE)
    page.locator('[data-testid="stPopover"] button').first.click()
    body = page.locator('[data-testid="stPopoverBody"]')
    body.wait_for()
    back(page)
    until(page, lambda: body.count() == 0, "the filters are closed")

    assert page.url.endswith("/ideas?round=ideas")


def test_back_from_changing_an_idea_is_the_idea(open_page: Opener, site: Site, waiting_idea: int):
    page = open_page(f"/idea?id={waiting_idea}", "resident", **PHONE)
    page.get_by_role("button", name="Промени идеята").click()
    until(page, lambda: page.url.endswith(f"/propose?round=ideas&idea={waiting_idea}"), "it can be changed")
    page.get_by_role("heading", name="Промени идеята").wait_for()
    page.locator(".st-key-on button").click()
    until(page, lambda: page.url.endswith("&step=2"), "the second step")
    back(page)
    until(page, lambda: page.url.endswith(f"idea={waiting_idea}"), "the first step")
    site.ready(page)
    back(page)

    page.get_by_role("heading", name="Пейки в парка").wait_for()
    assert page.url.endswith(f"/idea?id={waiting_idea}&round=ideas")


@pytest.mark.parametrize("path", ["/ideas", "/projects", "/results", "/vote", "/rules"])
def test_an_address_says_its_round_and_back_stops_there_once(open_page: Opener, site: Site, path: str):
    page = open_page("/about", **PHONE)
    page.goto(site.base + path)
    site.ready(page)
    until(page, lambda: "?round=" in page.url, "the address names the round")
    back(page)

    until(page, lambda: page.url.endswith("/about"), "one step leads out")


@pytest.mark.parametrize(
    ("language", "words"), [("bg", "Тази идея се проверява"), ("en", "This idea is being checked")]
)
def test_a_shared_link_of_a_waiting_idea_says_that_it_is_being_checked(
    open_page: Opener, waiting_idea: int, language: str, words: str
):
    page = open_page(f"/idea?id={waiting_idea}", language=language, **PHONE)

    page.get_by_role("heading", name=words).wait_for()
    assert "Пейки" not in page.content()


def test_the_menu_keeps_the_round_and_the_logo_leaves_it(open_page: Opener, waiting_idea: int):
    page = open_page("/ideas?round=ideas", **PHONE)
    found: list[Any] = page.locator("header a").evaluate_all("links => links.map(one => one.getAttribute('href'))")

    assert {"/?round=ideas", "/projects?round=ideas", "/vote?round=ideas", "/results?round=ideas"} <= set(found)
    assert "/" in found and "/rounds" in found and "/sign-in?next=/ideas%3Fround%3Dideas" in found
