"""A newcomer with a slip and a phone: from the address in its QR code to the receipt, every touch counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core import clock, codes
from core.people import recovery
from core.phases import Phase
from core.settings import settings
from db import engine
from pages.codes import slips
from tests.helpers import boxes, worlds
from tests.web.conftest import Opener
from tests.web.site import Page, Site, axe, sideways, until

PHONE = {"width": 390, "height": 844}
KEPT = "sessionStorage.getItem('glas:code')"
EVERYWHERE = "JSON.stringify([location.href, document.referrer, Object.entries(localStorage), document.cookie])"


@pytest.fixture(scope="module")
def made(site: Site) -> Iterator[list[str]]:
    """Give codes of a round that needs them, released."""
    patch = pytest.MonkeyPatch()
    patch.setenv("GLAS_KEY_DIR", str(Path(site.database_url.removeprefix("sqlite:///")).parents[1] / "keys"))
    settings.cache_clear()
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            round_ = worlds.round_in(
                session, site.town.municipality.id, Phase.voting, clock.now(), slug="coded", code_required=True
            )
            found = codes.make_batch(session, site.town.organiser, round_.id, "Гимназия", 20, at=clock.now())
            (batch,) = codes.batches(session, site.town.organiser, round_.id)
        boxes.release(site.town, round_.id, batch.id, clock.now())
        yield list(found)
        opened.dispose()
    patch.undo()
    settings.cache_clear()


@dataclass
class Hand:
    """A hand on a phone: it types for nothing, and every touch counts."""

    page: Page
    touches: list[str] = field(default_factory=list)

    def tap(self, target: Any, what: str) -> None:
        target.tap()
        self.touches.append(what)

    def write(self, selector: str, text: str, what: str) -> None:
        target = self.page.locator(selector)
        self.tap(target, what)
        target.press_sequentially(text)


def scan(open_page: Opener, site: Site, code: str, who: str | None = None, **more: Any) -> Page:
    """Open the address that stands in the QR code of a slip."""
    address = slips.address("coded", code)
    return open_page(address.removeprefix(settings().url), who, **PHONE, **more)


def test_from_the_slip_to_the_receipt_in_fourteen_touches(open_page: Opener, site: Site, made: list[str]):
    asked: list[str] = []
    page = scan(open_page, site, made[0], wait=False)
    page.on("request", lambda request: asked.append(request.url))
    site.ready(page)
    until(page, lambda: page.locator(".st-key-vote-code-code input").input_value() == made[0], "the code is filled in")
    assert "#" not in page.url and made[0] not in page.url
    hand = Hand(page)

    hand.tap(page.locator(".st-key-vote-code-go button"), "join with this code")
    until(page, lambda: page.locator(".st-key-join-code input").input_value() == made[0], "the code came along")
    hand.write(".st-key-join-nickname input", "Калина", "name")
    hand.write(".st-key-join-birth_year input", "2008", "year")
    hand.tap(page.locator(".st-key-join-area input, .st-key-join-area select").first, "area")
    hand.tap(page.get_by_role("option", name="Център"), "this area")
    hand.write(".st-key-join-password input", "лилава лодка на покрива", "password")
    hand.tap(page.locator(".st-key-join-go button"), "join")
    page.get_by_text("Кодът ти за участие е приет").wait_for()
    hand.tap(page.locator(".st-key-recovery-kept label"), "I have written it down")
    until(page, lambda: page.locator(".st-key-recovery-go button").is_enabled(), "the way on opens")
    hand.tap(page.locator(".st-key-recovery-go button"), "go on")
    page.locator(".card:not([hidden])").first.wait_for()
    assert "/vote?round=coded" in page.url
    for number in range(3):
        hand.tap(page.locator(".card:not(.on) .toggle").first, f"project {number + 1}")
        until(page, lambda number=number: page.locator(".card.on").count() == number + 1, "it is chosen")
    hand.tap(page.locator(".go"), "check")
    hand.tap(page.locator("dialog .main"), "submit")
    page.locator(".ticket").wait_for()

    assert page.locator("dialog h2").first.inner_text() == "Гласът ти е в урната."
    assert len(hand.touches) <= 14, hand.touches
    assert page.evaluate(KEPT) is None  # used, so forgotten
    assert not [one for one in asked if made[0].casefold() in one.casefold()]


def test_no_address_no_cookie_and_no_other_tab_holds_the_code(open_page: Opener, site: Site, made: list[str]):
    page = scan(open_page, site, made[1])
    until(page, lambda: page.locator(".st-key-vote-code-code input").input_value() == made[1], "the code is filled in")

    assert page.evaluate(KEPT) == made[1]
    assert made[1] not in page.evaluate(EVERYWHERE)
    other = page.context.new_page()
    other.goto(site.base + "/vote?round=coded")
    site.ready(other)
    assert other.locator(".st-key-vote-code-code input").input_value() == ""


def test_a_code_that_comes_to_an_open_tab_leaves_the_address_too(open_page: Opener, site: Site, made: list[str]):
    page = open_page("/vote?round=coded", **PHONE)
    address = page.url
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    # Only what stands behind the "#" differs, so the browser loads nothing.
    with page.expect_event("load"):
        page.evaluate("code => { setTimeout(() => { location.hash = code; }); }", made[4])
    site.ready(page)

    assert page.evaluate(KEPT) == made[4]
    until(page, lambda: page.locator(".st-key-vote-code-code input").input_value() == made[4], "the code is filled in")
    assert page.url == address and made[4] not in page.evaluate(EVERYWHERE)
    assert not [one for one in sent if made[4].casefold() in one.casefold()]


def test_who_has_an_account_uses_the_code_with_one_touch(open_page: Opener, site: Site, made: list[str]):
    page = scan(open_page, site, made[2], "resident")
    until(page, lambda: page.locator(".st-key-vote-code-code input").input_value() == made[2], "the code is filled in")
    page.locator(".st-key-vote-code-go button").tap()
    page.get_by_text("Кодът е приет.").wait_for()

    until(page, lambda: page.evaluate(KEPT) is None, "the tab has forgotten the code")


def test_a_code_that_is_typed_first_outlives_a_reload_of_the_page_that_joins(
    open_page: Opener, site: Site, made: list[str]
):
    page = open_page("/vote?round=coded", **PHONE)
    page.locator(".st-key-vote-code-code input").fill(made[3].lower().replace("-", " "))
    page.locator(".st-key-vote-code-code input").press("Enter")
    page.locator(".st-key-join-code input").wait_for()
    site.ready(page)
    until(page, lambda: page.evaluate(KEPT) is not None, "the tab keeps the code")
    page.reload()
    site.ready(page)

    until(page, lambda: page.locator(".st-key-join-code input").input_value() != "", "the code is filled in again")
    assert axe(page) == [] and sideways(page) <= 0


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("47-КЛЕН-309-РЕКА", "Това е номер на бюлетина"),
        ("A" * recovery.RECOVERY_SYMBOLS, "Това е код за възстановяване"),
        ("ABCDE-FGHJK-MNPQRS", "грешка"),
    ],
)
def test_another_code_is_called_by_its_name(open_page: Opener, site: Site, made: list[str], typed: str, words: str):
    page = open_page("/vote?round=coded", **PHONE)
    page.locator(".st-key-vote-code-code input").fill(typed)
    page.locator(".st-key-vote-code-code input").press("Enter")

    page.locator(".g-err", has_text=words).wait_for()
    assert axe(page) == [] and sideways(page) <= 0
