"""One tablet for many: the next guest inherits nothing, and a choice is taken over by whoever made it only."""

from __future__ import annotations

import pytest

from tests.web.conftest import Opener
from tests.web.site import Page, Site, axe, sideways, sign_in, until

PHONE = {"width": 390, "height": 844}
GUEST = "localStorage.getItem('glas:ballot:2026:guest')"
CODE = "sessionStorage.getItem('glas:code')"
ELEVEN_MINUTES_AGO = """() => {
  const name = "glas:ballot:2026:guest", kept = JSON.parse(localStorage.getItem(name));
  localStorage.setItem(name, JSON.stringify({ ...kept, touched: kept.touched - 660e3 }));
}"""


def guest(open_page: Opener, *, language: str = "bg") -> Page:
    page = open_page("/vote?round=2026", language=language, **PHONE)
    page.locator(".card .toggle").first.click()
    until(page, lambda: chosen(page) == 1, "a project is chosen")
    return page


def chosen(page: Page) -> int:
    return int(page.locator(".card.on").count())


def test_a_guest_who_is_done_leaves_nothing(open_page: Opener, site: Site):
    page = guest(open_page)
    page.evaluate("sessionStorage.setItem('glas:code', 'ABCDE-FGHJK-MNPQR5')")
    before = page.evaluate(GUEST)
    page.get_by_role("button", name="Готово: забрави избора ми тук").click()
    page.wait_for_timeout(300)
    site.ready(page)
    page.locator(".card").first.wait_for()

    assert '"choices"' in before and '"choices"' not in page.evaluate(GUEST)
    assert chosen(page) == 0 and page.evaluate(CODE) is None


@pytest.mark.parametrize("shared", [True, False])
def test_a_device_that_many_use_forgets_a_guest_after_ten_minutes(open_page: Opener, site: Site, shared: bool):
    page = guest(open_page)
    if shared:
        page.locator(".sharing input").check()
    assert axe(page) == [] and sideways(page) <= 0
    page.evaluate(ELEVEN_MINUTES_AGO)
    page.reload()
    site.ready(page)
    page.locator(".card").first.wait_for()

    assert chosen(page) == (0 if shared else 1)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("how", ["reload", "touch"])
def test_a_device_that_many_use_forgets_a_code_after_ten_minutes(
    open_page: Opener, site: Site, shared: bool, how: str
):  # fmt: skip
    page = open_page("/projects", **PHONE)
    page.evaluate("sessionStorage.setItem('glas:code', 'ABCDE-FGHJK-MNPQR5')")
    page.evaluate(f"localStorage.setItem('glas:shared', '{int(shared)}')")
    page.keyboard.press("Shift")
    page.reload()
    site.ready(page)
    # Control: who is there keeps it.
    assert page.evaluate(CODE) is not None

    page.evaluate("sessionStorage.setItem('glas:touched', Date.now() - 660e3)")
    if how == "reload":
        page.reload()
    else:
        page.keyboard.press("Shift")
    page.wait_for_timeout(300)
    site.ready(page)

    assert (page.evaluate(CODE) is None) is shared
    page.evaluate("localStorage.clear()")


def test_the_next_one_brings_a_code_of_their_own_to_a_device_that_many_use(open_page: Opener, site: Site):
    page = open_page("/projects", **PHONE)
    page.evaluate("localStorage.setItem('glas:shared', '1'); sessionStorage.setItem('glas:code', 'ABCDE-FGHJK-MNPQR5')")
    page.evaluate("sessionStorage.setItem('glas:touched', Date.now() - 660e3)")
    with page.expect_event("load"):
        page.evaluate("setTimeout(() => { location.hash = 'MNPQR-FGHJK-ABCDE5'; })")
    site.ready(page)

    assert page.evaluate(CODE) == "MNPQR-FGHJK-ABCDE5" and "#" not in page.url
    page.evaluate("localStorage.clear()")


@pytest.mark.parametrize(("answer", "taken"), [("Да, вземи го", 1), ("Не, забрави го", 0)])
def test_whoever_logs_in_is_asked_whose_choice_it_is(open_page: Opener, site: Site, answer: str, taken: int):
    page = guest(open_page)
    page.locator(".go").click()
    page.locator("dialog .away").click()
    until(page, lambda: "/sign-in" in page.url, "the sign-in page is open")
    page.locator('input[autocomplete="username"]').fill("neighbour")
    page.locator('input[type="password"]').fill("mnogo-dalga-parola-9")
    page.locator('input[type="password"]').press("Tab")
    page.locator(".st-key-sign-in-go button").click()
    until(page, lambda: "/vote" in page.url, "the ballot is back")
    page.get_by_text("Преди влизането на това устройство беше избран 1 проект.").wait_for()
    assert chosen(page) == 0
    page.get_by_role("button", name=answer).click()
    until(page, lambda: page.evaluate(GUEST) is None, "the guest's choice is gone")

    assert chosen(page) == taken
    page.evaluate("localStorage.clear()")


def test_logging_out_leaves_no_choice_of_a_guest(open_page: Opener, site: Site):
    page = guest(open_page)
    sign_in(page, "council", site)
    page.locator("header .opener").click()
    page.locator("header .out button").click()
    page.wait_for_timeout(500)
    site.ready(page)

    assert page.evaluate(GUEST) is None


def test_remembered_receipts_are_their_voters_alone(open_page: Opener, site: Site):
    kept = '[{"number": "47-КЛЕН-309-РЕКА", "round": "2026", "title": "", "link": "/board?x", "of": "somebody"}]'
    for who in (None, "resident"):
        page = open_page("/board", who, **PHONE)
        page.evaluate(f"localStorage.setItem('glas:receipts', '{kept}')")
        page.reload()
        site.ready(page)
        page.wait_for_timeout(500)
        assert page.get_by_role("link", name="47-КЛЕН-309-РЕКА").count() == 0
