"""What browser tests stand on: a real server with a town in a database of its own, and Chromium."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from core import clock, sessions, store
from db import engine
from tests import worlds
from tests.web.site import Page, Site, watch

ROOT = Path(__file__).resolve().parents[2]
Opener = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as a browser test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a running server with the town of tests/worlds.py; one for the whole run."""
    folder = tmp_path_factory.mktemp("site")
    url = f"sqlite:///{folder / 'data' / 'glas.db'}"
    with engine.use(url) as opened:
        store.upgrade()
        with store.transaction() as session:
            at = clock.now()
            town = worlds.build(session, at)
            tokens = {name: sessions.open_session(session, person, at=at) for name, person in town.people.items()}
        opened.dispose()
    with serve(folder) as base:
        yield Site(base, town, tokens, url)


class serve:
    """A server as a child process, on a free port of this computer."""

    def __init__(self, folder: Path, **env: str) -> None:
        """Serve the database in `folder`."""
        self.folder, self.env = folder, env

    def __enter__(self) -> str:
        """Start it and return its address once it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        base = f"http://127.0.0.1:{port}"
        own = {
            "GLAS_DATA_DIR": str(self.folder / "data"), "GLAS_KEY_DIR": str(self.folder / "keys"), "PORT": str(port),
            **self.env,
        }  # fmt: skip
        passed = {name: value for name, value in os.environ.items() if not name.startswith(("GLAS_", "PORT", "DEMO"))}
        self.log = (self.folder / "server.log").open("wb")
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=passed | own, stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            try:
                with urlopen(base + "/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return base
            except (URLError, OSError):
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError((self.folder / "server.log").read_text("utf-8", "replace")[-3000:])

    def __exit__(self, *_error: object) -> None:
        """Stop it."""
        self.process.terminate()
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.log.close()


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
