"""Forms: what is wrong with a field is tied to it, and the focus leads to the first wrong one."""

from __future__ import annotations

from tests.web.conftest import Opener
from tests.web.site import Page, Site, axe, until

PHONE = {"width": 360, "height": 780}


def tied(page: Page, key: str) -> str:
    """Return what a screen reader says of a wrong field beside its name; "" if nothing."""
    return str(
        page.evaluate(
            """key => { const one = document.querySelector(`.st-key-${key} input`);
            if (one.getAttribute("aria-invalid") !== "true") return "";
            return document.getElementById(one.getAttribute("aria-describedby"))?.innerText ?? ""; }""",
            key,
        )
    )


def focused(page: Page) -> str:
    """Return the key of the field that has the focus."""
    return str(
        page.evaluate("document.activeElement.closest('[class*=st-key-join-]')?.className.match(/st-key-([\\w-]+)/)[1]")
    )


def test_wrong_fields_are_tied_to_what_is_wrong_and_the_first_has_the_focus(open_page: Opener, site: Site):
    page = open_page("/join", **PHONE)
    page.locator(".st-key-join-nickname input").fill("Вяра")
    page.locator(".st-key-join-nickname input").press("Tab")
    page.locator(".st-key-join-email input").fill("vyara@")
    page.locator(".st-key-join-email input").press("Tab")
    site.ready(page)
    page.locator(".st-key-join-go button").click()

    until(page, lambda: focused(page) == "join-email", "the first wrong field has the focus")
    assert "Имейл" in tied(page, "join-email") and "прилича на имейл" in tied(page, "join-email")
    assert "Година на раждане" in tied(page, "join-birth_year") and "Попълни" in tied(page, "join-birth_year")
    assert "Попълни" in tied(page, "join-area") and not tied(page, "join-nickname")
    assert page.locator('.g-err[role="alert"]').count() == 4
    assert not axe(page)

    # Once put right and pressed again, the next wrong one has it; a rerun by typing moves nothing.
    page.locator(".st-key-join-email input").fill("vyara@example.org")
    page.locator(".st-key-join-email input").press("Tab")
    site.ready(page)
    assert focused(page) == "join-birth_year"
    page.locator(".st-key-join-password input").focus()
    page.locator(".st-key-join-go button").click()
    until(page, lambda: focused(page) == "join-birth_year", "the first field that is still wrong has the focus")
    assert not tied(page, "join-email")
