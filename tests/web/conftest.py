"""What browser tests stand on: a real server with a town in a database of its own, and Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import clock, store
from core.people import sessions
from db import engine
from tests.helpers import worlds
from tests.helpers.servers import serve
from tests.web.site import Page, Site, watch

Opener = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a running server with the town of tests/helpers/worlds.py; one for the whole run."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'data' / 'glas.db'}"
    with engine.use(url) as opened:
        store.upgrade()
        with engine.transaction() as session:
            at = clock.now()
            town = worlds.build(session, at)
            tokens = {
                name: sessions.open_session(session, person, at=at, second_step=True)
                for name, person in town.people.items()
            }
        opened.dispose()
    with serve(folder) as base:
        yield Site(base, town, tokens, url)


@pytest.fixture
def open_page(browser: object, site: Site) -> Iterator[Opener]:
    """Give a function that opens a page, as any of the town's people, and fails the test if the page complains."""
    opened: list[tuple[object, Page, list[str]]] = []

    def opener(
        path: str = "/", who: str | None = None, *, width: int = 1280, height: int = 900, scheme: str = "light",
        language: str = "bg", wait: bool = True,
    ) -> Page:  # fmt: skip
        context = browser.new_context(  # type: ignore[attr-defined]
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="en-GB" if language == "en" else "bg-BG",
            has_touch=width < 600,
        )
        if who is not None:
            context.add_cookies([{"name": "glas", "value": site.tokens[who], "url": site.base, "httpOnly": True}])
            # An account speaks its own language; the cookie and the account agree here.
        page = context.new_page()
        complaints: list[str] = []
        watch(page, site.base, complaints)
        opened.append((context, page, complaints))
        page.goto(site.base + path)
        if wait:
            site.ready(page)
        return page

    yield opener
    found = []
    for context, _page, complaints in opened:
        found += complaints
        context.close()  # type: ignore[attr-defined]
    assert not found, "\n".join(found)
