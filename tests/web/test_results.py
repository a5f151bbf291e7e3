"""The results page in a real browser: a round counted by equal shares, clean for axe and no wider than a phone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.phases import Phase
from core.texts import Texts
from db import engine
from tests.helpers import boxes, worlds
from tests.web.conftest import Opener
from tests.web.site import Site, axe, sideways, until

SERIES = (
    '<p class="g-legend"><i class="--spent"></i><i></i></p><p class="g-parts"><span class="g-bar"><i></i></span>'
    '<span class="g-bar g-bar--quiet"><i></i></span></p>'
)
BALLOTS = [["p05", "p04"], ["p05"], ["p05", "p01"], ["p04", "p03"], ["p03", "p02"], ["p01", "p02"]] * 5


@pytest.fixture(scope="module")
def slug(site: Site) -> str:
    """Give the round, published; the server has its own database, which is used from here for a moment."""
    town = site.town
    with engine.use(site.database_url):
        with engine.transaction() as session:
            round = worlds.round_in(
                session, town.municipality.id, Phase.counting, town.at, slug="results-web", rule="equal-shares",
                eligible_estimate=600, eligible_source=Texts(bg="Приблизително: не е статистика."),
            )  # fmt: skip
            boxes.opened(session, round.id, BALLOTS, town.at)
        boxes.count(town, round.id, town.at)
        boxes.publish(town, round.id, town.at)
    return round.slug


@pytest.mark.parametrize(("width", "language"), [(360, "bg"), (1280, "en")])
def test_the_result_is_explained(open_page: Opener, slug: str, width: int, language: str):
    page = open_page(f"/results?round={slug}", width=width, language=language)

    until(page, lambda: page.locator("#g-robust").count() == 1, "the closer look is there")
    said = "бюлетини повече или по-малко" if language == "bg" else "drawn at random"
    robust = page.locator("section[aria-labelledby=g-robust]")
    until(page, lambda: said in robust.inner_text(), "the robustness is computed and shows by itself")
    assert page.locator(".g-story > li").count() > 0 and page.locator(".g-compared > li").count() >= 3
    assert axe(page) == []
    assert sideways(page) <= 0


def test_the_ballots_can_be_downloaded(open_page: Opener, slug: str):
    page = open_page(f"/results?round={slug}")

    with page.expect_download() as waiting:
        page.locator(f"a[href$='/open/{slug}/election.pb']").click()

    assert waiting.value.suggested_filename == f"{slug}.pb"


def test_the_brief_prints_in_black_with_the_budget_in_colour(open_page: Opener, slug: str):
    page = open_page(f"/brief?round={slug}", "council")
    page.locator(".g-brief .g-seg i").first.wait_for()
    page.emulate_media(media="print")
    look = "at => getComputedStyle(document.querySelector(at))"

    assert page.evaluate(f"({look})('.g-brief .g-seg i').backgroundColor") == "rgb(122, 31, 107)"
    assert page.evaluate(f"({look})('.g-brief h1').color") == "rgb(0, 0, 0)"
    assert not page.locator("header.bar").is_visible()


# Over how many lines an element's first word goes.
LINES = """at => {
  const word = document.createRange();
  word.setStart(at.firstChild, 0);
  word.setEnd(at.firstChild, at.textContent.indexOf(" "));
  return new Set([...word.getClientRects()].map(each => Math.round(each.top))).size;
}"""


@pytest.mark.parametrize("language", ["bg", "en"])
def test_the_brief_is_one_page_of_paper(open_page: Opener, slug: str, language: str):
    page = open_page(f"/brief?round={slug}", "council", language=language)
    page.locator(".g-brief .g-seg i").first.wait_for()
    page.set_viewport_size({"width": 700, "height": 990})
    page.emulate_media(media="print")

    figures = page.locator(".st-key-figures [data-testid=stMetricValue]")
    until(page, lambda: figures.count() == 4, "the figures are there")
    boxes_ = [figures.nth(place).bounding_box() for place in range(figures.count())]
    assert len(boxes_) == 4 and len({round(box["y"]) for box in boxes_ if box}) == 1
    assert all(box["height"] < 30 for box in boxes_ if box)
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_what_is_folded_is_read_on_paper_and_its_two_series_are_told_apart(open_page: Opener, slug: str):
    page = open_page(f"/results?round={slug}")
    until(page, lambda: page.locator("#g-robust").count() == 1, "the closer look is there")
    # This round has no topics: two bars and their legend as the template of the closer look draws them.
    page.evaluate("html => document.querySelector('.g-insight').insertAdjacentHTML('beforeend', html)", SERIES)
    reason = page.locator("details.g-why p").first
    assert not reason.is_visible()
    page.emulate_media(media="print")

    assert reason.is_visible() and (box := reason.bounding_box()) and box["height"] > 5
    drawn = "selector => getComputedStyle(document.querySelector(selector)).backgroundImage"
    quiet, spent = ".g-parts .g-bar--quiet i", ".g-parts .g-bar:not(.g-bar--quiet) i"
    assert "repeating-linear-gradient" in page.evaluate(drawn, quiet) and page.evaluate(drawn, spent) == "none"
    assert "repeating-linear-gradient" in page.evaluate(drawn, ".g-legend i:not(.--spent)")
    assert page.evaluate(drawn, ".g-legend i.--spent") == "none"


def test_the_brief_on_a_phone_breaks_no_word_and_keeps_its_figures_together(open_page: Opener, slug: str):
    page = open_page(f"/brief?round={slug}", "council", width=360, height=780)
    source = page.locator(".g-brief dd", has_text="Приблизително:")
    source.wait_for()
    figures = page.locator(".st-key-figures [data-testid=stMetric]")

    assert source.evaluate(LINES) == 1
    boxes_ = [figures.nth(each).bounding_box() for each in range(figures.count())]
    rows = sorted({(round(box["y"]), round(box["y"] + box["height"])) for box in boxes_})
    # Four figures in rows of two, or one under the other, no row further from the last than a finger is wide.
    assert len(boxes_) == 4 and len(rows) >= 2
    assert all(0 <= below[0] - above[1] <= 48 for above, below in pairwise(rows))
