"""A sign-in that ends while somebody chooses: the password is asked in place, or the way to sign in is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.people import sessions
from db import engine, tables
from tests.helpers import worlds
from tests.web.site import Site, until
from tests.web.test_ballot import choose


@pytest.fixture
def writing(site: Site) -> Iterator[None]:
    """Let the test change the server's database."""
    with engine.use(site.database_url) as opened:
        yield
        opened.dispose()


def test_the_password_is_asked_in_place_and_the_choice_stays(browser: Any, site: Site, writing: None):
    with engine.transaction() as session:
        at = clock.now()
        who = worlds.person(session, site.town.municipality, "slow-voter", frozenset(), at)
        token = sessions.open_session(session, who, at=at)
    context = browser.new_context(locale="bg-BG", viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "glas", "value": token, "url": site.base, "httpOnly": True}])
    page = context.new_page()
    page.goto(f"{site.base}/vote?round={site.town.round.slug}")
    site.ready(page)
    choose(page, 1)
    with engine.transaction() as session:
        row = session.get_one(tables.SignIn, sessions.digest(token))
        row.created_at = row.seen_at = at - timedelta(hours=14)
        row.expires_at = at - timedelta(hours=2)
    sent: list[str] = []
    page.on(
        "request",
        lambda request: request.method == "POST" and "/ballot" in request.url and sent.append(request.post_data or ""),
    )
    page.locator("#review").click()
    page.locator("dialog .main").click()
    field = page.locator("dialog .again input[type=password]")
    field.wait_for()
    field.fill("not-my-password-1")
    page.locator("dialog .main").click()
    until(page, lambda: "Паролата не е вярна" in page.locator("dialog .news").inner_text(), "the wrong one is told")
    field.fill(worlds.PASSWORD)
    field.press("Enter")
    page.locator("dialog .receipt .code").wait_for()
    import json

    ids = {json.loads(each)["request_id"] for each in sent}
    assert len(sent) == 2 and len(ids) == 1
    page.locator("dialog .main").click()
    site.ready(page)
    assert page.locator(".standing").inner_text()
    context.close()


def test_who_signed_out_elsewhere_is_led_to_sign_in_and_not_asked_for_the_password(
    browser: Any, site: Site, writing: None
):
    with engine.transaction() as session:
        at = clock.now()
        who = worlds.person(session, site.town.municipality, "left-elsewhere", frozenset(), at)
        token = sessions.open_session(session, who, at=at)
    context = browser.new_context(locale="bg-BG", viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": "glas", "value": token, "url": site.base, "httpOnly": True}])
    page = context.new_page()
    page.goto(f"{site.base}/vote?round={site.town.round.slug}")
    site.ready(page)
    choose(page, 1)
    with engine.transaction() as session:
        sessions.close_session(session, token)
    page.locator("#review").click()
    page.locator("dialog .main").click()

    page.locator("dialog .away").wait_for()
    assert not page.locator("dialog .again").is_visible()
    said = page.locator("dialog").inner_text()
    assert "мина време" not in said and "изборът ти е запазен" in said and page.locator(".card.on").count() == 1
    context.close()
