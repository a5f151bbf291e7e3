"""A sign-in that has ended by itself: its owner is asked to log in, and is never shown an empty ballot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import clock, voting
from core.people import sessions
from core.settings import settings
from db import engine, tables
from tests.helpers import worlds
from tests.web.conftest import Opener
from tests.web.site import Site, axe, sideways


@pytest.fixture
def ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the name of somebody who has voted and whose sign-in is over."""
    folder = Path(site.database_url.removeprefix("sqlite:///")).parents[1]
    monkeypatch.setenv("GLAS_KEY_DIR", str(folder / "keys"))
    settings.cache_clear()
    name, at = f"ended-{clock.now():%H%M%S%f}", clock.now()
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            person = worlds.person(session, site.town.municipality, name, frozenset(), at)
            token = site.tokens[name] = sessions.open_session(session, person, at=at)
            voting.cast_ballot(
                session, person, site.town.round.id, ["p01"], at=at, request_id="request-0001", replaces=0
            )
            row = session.get_one(tables.SignIn, sessions.digest(token))
            row.created_at = row.seen_at = at - timedelta(hours=13)
        opened.dispose()
    return name


@pytest.mark.parametrize(
    ("language", "words"), [("bg", "Влез, за да видиш гласа си"), ("en", "Log in to see your vote")]
)
def test_in_the_ballots_place_stands_how_to_see_ones_vote(open_page: Opener, ended: str, language: str, words: str):
    page = open_page("/vote?round=2026", ended, width=390, height=844, language=language)

    page.get_by_role("heading", name=words).wait_for()
    assert page.locator(".dock").count() == 0
    assert page.locator(".g-empty a").first.get_attribute("href") == "/sign-in?next=%2Fvote%3Fround%3D2026"
    assert axe(page) == [] and sideways(page) <= 0


def test_somebody_else_gets_the_empty_ballot_of_a_guest(open_page: Opener, ended: str):
    page = open_page("/vote?round=2026", ended, width=390, height=844)
    page.get_by_role("button", name="Не съм този човек").click()
    page.locator(".card:not([hidden])").first.wait_for()

    page.wait_for_timeout(500)
    assert [each for each in page.context.cookies() if each["name"] == "glas"] == []


def test_a_guest_who_never_logged_in_sees_the_ballot(open_page: Opener):
    page = open_page("/vote?round=2026", width=390, height=844)

    page.locator(".card:not([hidden])").first.wait_for()
    assert page.locator(".g-empty").count() == 0
