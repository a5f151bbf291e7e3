"""A cold page: what a browser with an empty cache receives, counted by the browser itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str | None:
    """Return the path of a Chromium, None if there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def wire_kb(address: str, settle_ms: int = 4000) -> float:
    """Return the kilobytes (1,024) that a first visit brings, headers and websocket messages included."""
    received = 0.0

    def add(event: dict[str, float]) -> None:
        nonlocal received
        received += event["encodedDataLength"]

    def add_frame(event: dict[str, dict[str, str]]) -> None:
        nonlocal received
        # Binary frames are told in base64: four letters for three bytes.
        received += len(event["response"]["payloadData"]) * 3 / 4

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
            network = page.context.new_cdp_session(page)
            network.on("Network.loadingFinished", add)
            network.on("Network.webSocketFrameReceived", add_frame)
            network.send("Network.enable")
            page.goto(address, wait_until="networkidle", timeout=60_000)
            page.wait_for_selector("h1", timeout=60_000)
            page.wait_for_timeout(settle_ms)
        finally:
            browser.close()
    return received / 1024
