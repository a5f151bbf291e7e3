"""What page tests stand on: the frame run by AppTest, with a town in a database of its own, as any of its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core import clock, store
from core.people import sessions
from core.permissions import Actor
from pages import menu
from pages.parts import i18n, visit
from pages.server import lanes
from tests.helpers import worlds
from tests.helpers.paths import ROOT

FRAME = ROOT / "pages" / "frame.py"

Opener = Callable[..., AppTest]


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Give an empty SQLite database: what pages do does not depend on its kind."""
    return sqlite_database


@pytest.fixture(autouse=True)
def spoken() -> None:
    """Begin every test in Bulgarian, with nothing kept from another town."""
    i18n.use("bg")
    lanes.forget()


@pytest.fixture
def open_app(town: worlds.Town, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Give a function that opens the page of a script for one of the town's people, in a language."""

    def opened(
        script: str = "", who: Actor | None = None, language: str = "bg", timeout: float = 60, shown: bool = True,
        **query: str,
    ) -> AppTest:  # fmt: skip
        sign_in(monkeypatch, who, shown=shown)
        app = AppTest.from_file(str(FRAME), default_timeout=timeout)
        app.session_state["language"] = language
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        return app.switch_page(script).run() if script else app

    return opened


def sign_in(monkeypatch: pytest.MonkeyPatch, who: Actor | None, *, shown: bool = True) -> None:
    """Let the browser of the test bring the cookie of `who`, or none; her second step is `shown`."""
    token = None
    if who is not None:
        with store.transaction() as session:
            token = sessions.open_session(session, who, at=clock.now(), second_step=shown)
    monkeypatch.setattr(visit, "token", lambda: token)


def html(app: AppTest) -> str:
    """Return all HTML of the page in one string."""
    return "\n".join(element.proto.body for element in app.main if element.type == "html")


def page_file(name: str) -> str:
    """Return the script of a page by its name: home → front/home_page.py."""
    (file,) = (entry.file for entry in menu.ENTRIES if entry.file.endswith(f"/{name}_page.py"))
    return file
