"""Voting closes while somebody is choosing: that nothing was cast is said, and the choice stays for her alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core import clock
from core.ballots.types import BallotRules
from core.people import sessions
from core.phases import Phase
from db import engine, tables
from tests.helpers import worlds
from tests.web.conftest import Opener
from tests.web.site import Page, Site, axe, until
from tests.web.test_ballot import choose, titles

PHONE = {"width": 390, "height": 844}
SECONDS = 25


@pytest.fixture
def writing(site: Site) -> Iterator[None]:
    """Let the test change the server's database."""
    with engine.use(site.database_url) as opened:
        yield
        opened.dispose()


def closing_soon(site: Site, slug: str) -> None:
    """Make a round whose voting closes in some seconds."""
    with engine.transaction() as session:
        # Older than the rounds of other tests: the board lists the newest few only.
        at = clock.now() - timedelta(days=3)
        made = worlds.round_in(
            session, site.town.municipality.id, Phase.voting, at, slug=slug, ballot=BallotRules("approval", 1, 3)
        )
        session.get_one(tables.Round, made.id).voting_until = clock.now() + timedelta(seconds=SECONDS)


def voter(site: Site, name: str) -> str:
    with engine.transaction() as session:
        person = worlds.person(session, site.town.municipality, name, frozenset(), clock.now())
        site.tokens[name] = sessions.open_session(session, person, at=clock.now(), second_step=True)
    return name


def opened(open_page: Opener, slug: str, who: str) -> Page:
    page = open_page(f"/vote?round={slug}", who, **PHONE)
    page.locator(".card:not([hidden])").first.wait_for()
    return page


def test_who_had_not_cast_at_the_close_is_told_so_and_sees_the_choice(open_page: Opener, site: Site, writing: None):
    who = voter(site, "late-voter")
    closing_soon(site, "closing")
    page = opened(open_page, "closing", who)
    choose(page, 2)
    chosen = titles(page)
    page.locator(".go").click()
    page.locator("dialog[open] .main").wait_for()

    page.locator(".ended h2").wait_for(timeout=(SECONDS + 15) * 1000)
    assert "не е подаден" in page.locator(".ended h2").inner_text()
    assert "няма твоя бюлетина" in page.locator(".ended p").first.inner_text()
    assert [one.strip() for one in page.locator(".ended .lines .grow").all_inner_texts()] == chosen
    assert page.locator("dialog[open]").count() == 0 and not page.locator(".go").is_visible()
    assert not axe(page)

    # It is still said after a reload; it goes when the voter wishes.
    page.reload()
    site.ready(page)
    page.locator(".ended h2").wait_for()
    page.locator(".forget").click()
    until(page, lambda: not page.locator(".ended").is_visible(), "the choice is forgotten")
    page.reload()
    site.ready(page)
    assert not page.locator(".ended").is_visible()


def test_who_has_cast_is_not_told_otherwise(open_page: Opener, site: Site, writing: None):
    who = voter(site, "early-voter")
    closing_soon(site, "closing-too")
    page = opened(open_page, "closing-too", who)
    choose(page, 1)
    page.locator(".go").click()
    page.locator("dialog .main").click()
    page.locator("dialog .receipt .code").wait_for()
    page.locator("dialog .main").click()

    page.get_by_text("Гласуването приключи на").first.wait_for(timeout=(SECONDS + 15) * 1000)
    page.wait_for_timeout(1500)
    assert not page.locator(".ended").is_visible()
