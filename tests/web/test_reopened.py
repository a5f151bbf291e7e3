"""A form that was closed and opened again holds what is kept, not what Streamlit forgot of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from core.phases import Phase
from db import engine, tables
from tests.helpers import boxes, worlds
from tests.web.conftest import Opener
from tests.web.site import SECONDS, Page, Site, until


def made(site: Site, slug: str, *, voted: bool) -> int:
    """Make a draft with projects on its ballot, or a round in which somebody has voted; return its id."""
    home, at = site.town.municipality.id, site.town.at
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            phase = Phase.voting if voted else Phase.ideas
            round_ = worlds.round_in(session, home, phase, at, slug=slug, published=voted)
            for row in session.exec(select(tables.Project).where(tables.Project.round_id == round_.id)):
                row.text = {"bg": f"Текст {row.code}", "en": f"Text {row.code}"}
        if voted:
            with boxes.keys_of(Path(urlsplit(site.database_url).path).parents[1]):
                boxes.cast(site.town, site.town.resident, ["p01"], round_=round_)
        opened.dispose()
    return round_.id


def choose(page: Page, site: Site, title: str) -> None:
    """Choose a project in the list of those that can be changed."""
    field = page.locator(".st-key-project-open input")
    options = page.get_by_role("option", name=title)

    def opened() -> bool:
        if not options.count():
            field.click()
            page.wait_for_timeout(300)
        return options.count() > 0

    until(page, opened, "the list is open")
    options.first.click()
    page.wait_for_timeout(300)
    site.ready(page)


def standing(page: Page, key: str) -> list[str]:
    """Return what stands in titles and descriptions, once the browser has drawn them."""
    titles = page.locator(f'[class*="st-key-{key}-title"] input')
    titles.first.wait_for(timeout=SECONDS * 1000)
    page.wait_for_timeout(300)
    texts = page.locator(f'[class*="st-key-{key}-text"] textarea')
    return [each.input_value() for each in (*titles.all(), *texts.all())]


@pytest.mark.parametrize(("slug", "form"), [("draft-again", "project"), ("voted-again", "correct")])
def test_a_project_chosen_again_shows_its_words(slug: str, form: str, site: Site, open_page: Opener):
    number = made(site, slug, voted=form == "correct")
    page = open_page(f"/ballot-list?round={slug}", "organiser")
    for code, shut in (("p01", True), ("p01", False), ("p02", False), ("p01", False)):
        choose(page, site, f"Проект {code}")

        key = f"{form}-{number}-{code}"
        assert standing(page, key) == [f"Проект {code}", f"Project {code}", f"Текст {code}", f"Text {code}"]

        if shut:
            page.locator(f".st-key-{key}-shut button").click()
            page.locator(f'[class*="st-key-{key}-title"]').first.wait_for(state="detached", timeout=SECONDS * 1000)
            site.ready(page)


def test_nothing_is_chosen_beforehand_of_what_is_hidden(site: Site, open_page: Opener):
    number = made(site, "hides-again", voted=False)
    page = open_page("/moderation?round=hides-again", "organiser")
    page.locator(f".st-key-hide-{number}-kind label").filter(has_text="Проект").click()
    field = page.locator(f".st-key-hide-{number}-project")
    field.wait_for(timeout=SECONDS * 1000)
    site.ready(page)

    for name in ("project", "part-project"):
        assert "p01" not in page.locator(f".st-key-hide-{number}-{name}").inner_text()
        assert page.locator(f".st-key-hide-{number}-{name} input").input_value() == ""
