"""Where the app does not come – no scripts, no websocket, a browser that is too old – the reader is told what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.site import Site, axe

WORDS = ("Глас не се отваря тук.", "Glas does not open here.")
SOON = 8_000  # milliseconds


@pytest.fixture
def browsing(browser: Any) -> Iterator[Any]:
    """Give a function that makes a page of a phone; no complaints are listened for, for much is broken on purpose."""
    opened = []

    def page(*, scripts: bool = True) -> Any:
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="bg-BG", java_script_enabled=scripts, has_touch=True
        )
        opened.append(context)
        return context.new_page()

    yield page
    for context in opened:
        context.close()


def told(page: Any) -> Any:
    """Return the note, once it is in sight."""
    note = page.locator(".g-out:visible")
    note.wait_for(timeout=SOON)
    return note


def lies_free(page: Any, note: Any) -> bool:
    """Return whether the note is inside the window and below the bar."""
    box, bar = note.bounding_box(), page.locator(".g-first").bounding_box()
    return bool(box["y"] >= bar["height"] and box["y"] + box["height"] <= 844 and box["x"] >= 0)


def test_without_scripts_both_languages_say_what_to_do_and_lead_on(site: Site, browsing: Any):
    page = browsing(scripts=False)
    page.goto(site.base + "/rules")

    note = told(page)
    assert all(word in note.inner_text() for word in WORDS) and "JavaScript" in note.inner_text()
    assert lies_free(page, note)
    note.get_by_role("link", name="Прочети я като обикновена страница").click()
    page.wait_for_url("**/plain/bg/rules")
    assert page.locator("h1").inner_text() == "Правила"
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text() == "Rules"


def test_a_blocked_websocket_is_said_within_eight_seconds(site: Site, browsing: Any):
    page = browsing()
    page.route_web_socket("**/_stcore/stream", lambda socket: socket.close())
    page.goto(site.base + "/results")

    note = told(page)
    assert all(word in note.inner_text() for word in WORDS) and lies_free(page, note)
    assert note.get_by_role("link").first.get_attribute("href").startswith("/plain/bg/results")


@pytest.mark.parametrize("script", ["throw new TypeError('AbortSignal.timeout is not a function')", "class { ?? = 1 }"])
def test_a_script_that_breaks_is_said_within_eight_seconds(site: Site, browsing: Any, script: str):
    page = browsing()
    page.route("**/static/js/*.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.goto(site.base + "/")

    assert all(word in told(page).inner_text() for word in WORDS)


def test_who_comes_in_time_hears_nothing_of_it(site: Site, browsing: Any):
    page = browsing()
    page.goto(site.base + "/rules")
    site.ready(page)
    page.wait_for_timeout(SOON)

    assert page.locator(".g-out:visible").count() == 0


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", ["", "/ideas", "/projects", "/results", "/rules", "/board", "/about"])
def test_plain_pages_fit_and_can_be_read_by_everyone(site: Site, browser: Any, path: str, width: int):
    for scheme in ("light", "dark"):
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{site.base}/plain/bg{path}")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        context.close()


def test_a_form_without_scripts_asks_the_board(site: Site, browsing: Any):
    page = browsing(scripts=False)
    page.goto(site.base + "/plain/bg/board")
    page.get_by_label("Номер на бюлетината").fill("47-КЛЕН-309-РЕКА")
    page.get_by_role("button", name="Провери").click()

    assert "Няма бюлетина с този номер. Провери" in page.locator("main").inner_text()
    assert page.url == site.base + "/plain/bg/board"
