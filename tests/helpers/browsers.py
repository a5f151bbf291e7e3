"""One Chromium for the whole run: browser tests lie in several folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Without its address bar's own pages, of which nobody sees any, a new window costs two fifths less. The last three are
# what playwright switches off, which a list of one's own takes the place of.
FEATURES = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,PaintHolding,MediaRouter,HttpsUpgrades"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", f"--disable-features={FEATURES}"]


def chromium() -> str | None:
    """Return the browser that CHROMIUM names, else one of the usual ones, None if there is none."""
    named = os.environ.get("CHROMIUM")
    found = (named and shutil.which(named), *(shutil.which(name) for name in CHROMIUMS))
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Give a Chromium without a window."""
    path = chromium()
    if path is None:
        pytest.skip("browser tests need Chromium: set CHROMIUM=/path/to/chromium or install it (apt install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="browser tests need playwright (make test installs it)"
    )
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()
