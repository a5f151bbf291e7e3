"""Helpers of browser tests: the site under test, waiting, signing in, axe, and listening for complaints."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.helpers import worlds

Page = Any  # playwright.sync_api.Page; the package is there only where tests are run
# Generous: whoever waits for something goes on as soon as it is there, and this computer may be busy.
SECONDS = 60.0

FOCUSED = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at ? (at.getAttribute("aria-label") || at.textContent || at.tagName).trim() : "";
}"""
VIOLATIONS = (
    "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
)


@dataclass(frozen=True)
class Site:
    """A running server: its address, its town, a sign-in per person, and its database."""

    base: str
    town: worlds.Town
    tokens: dict[str, str]
    database_url: str

    def ready(self, page: Page) -> None:
        """Wait until the header stands and the script has run."""
        page.locator("header.bar").wait_for(timeout=SECONDS * 1000)
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=SECONDS * 1000)


def until(page: Page, true: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Wait until something is true; our content security policy forbids playwright's own way."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds} s until {what}"
        page.wait_for_timeout(20)  # lets the page's news arrive, which sleeping would not


def sign_in(page: Page, who: str, site: Site) -> None:
    """Log in by the form, as a person does, and wait until the header knows her name."""
    page.goto(site.base + "/sign-in")
    site.ready(page)
    page.locator('input[autocomplete="username"]').fill(who)
    page.locator('input[type="password"]').fill(worlds.PASSWORD)
    page.locator('input[type="password"]').press("Tab")
    page.locator(".st-key-sign-in-go button").click()
    until(page, lambda: any(each["name"] == "glas" for each in page.context.cookies()), "the cookie is there")
    until(page, lambda: "/sign-in" not in page.url, "the next page opens")
    site.ready(page)


def focused(page: Page) -> str:
    """Return the name of what has the focus, also inside a component."""
    return str(page.evaluate(FOCUSED))


def sideways(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    widths = (
        "[document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth, innerWidth]"
    )
    whole, main, window = page.evaluate(widths)
    return int(max(whole, main) - window)


def axe(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA, one line a finding."""
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    result = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]})
    return [
        f"{found['id']} ({found['impact']}): {found['help']} – {[node['target'] for node in found['nodes']][:4]}"
        for found in result.response["violations"]
    ]


def faults(page: Page, site: Site, *looks: tuple[int, str]) -> list[str]:
    """Return what axe finds and whether the page is too wide at each (width, color scheme); it is opened only once."""
    found = []
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 844 if width < 600 else 900})
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(400)  # colours change slowly
        site.ready(page)
        wide = sideways(page)
        found += [f"{width} {scheme}: {each}" for each in (*axe(page), *([f"{wide} px too wide"] if wide > 0 else ()))]
    return found


def watch(page: Page, base: str, complaints: list[str]) -> None:
    """Collect errors of scripts, broken rules of the content security policy, and requests to other hosts."""
    page.add_init_script(VIOLATIONS)
    page.on("console", lambda message: message.type == "error" and complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))

    def foreign(request: Any) -> None:
        if not request.url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:")):
            complaints.append(f"foreign: {request.url}")

    page.on("request", foreign)
