"""The home page on a phone: the one thing to do stays within reach of the thumb."""

from __future__ import annotations

from tests.web.conftest import Opener
from tests.web.site import Page, Site, axe, until

DOWN = "document.querySelector('[data-testid=\"stMain\"]').scrollTo(0, {})"


def bar(page: Page) -> bool:
    return page.get_by_role("link", name="Гласувай сега").last.evaluate(
        "one => getComputedStyle(one).position === 'fixed' && one.checkVisibility()"
    )


def test_the_button_is_repeated_at_the_foot_of_a_phone_once_it_is_out_of_view(open_page: Opener, site: Site):
    page = open_page(f"/?round={site.town.round.slug}", width=390, height=844)
    page.locator(".g-hero__act a").first.wait_for()
    assert not bar(page)

    page.evaluate(DOWN.format(900))
    until(page, lambda: bar(page), "the bar is there once the button is not")
    assert not axe(page)
    page.evaluate(DOWN.format(99_999))
    until(page, lambda: not bar(page), "it does not cover the foot of the page")


def test_a_desk_needs_no_bar(open_page: Opener, site: Site):
    page = open_page(f"/?round={site.town.round.slug}", width=1280, height=900)
    page.evaluate(DOWN.format(900))
    page.wait_for_timeout(600)

    assert not bar(page)
