"""Reached all the same: who reads with large letters, hears the page, has a narrow phone or no connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core import store
from db import engine, tables
from tests.helpers.browsers import FLAGS, chromium
from tests.web.conftest import Opener
from tests.web.site import Site, sideways, until

# Words that are broken over two lines, in what we draw: in the page and inside of components.
BROKEN = r"""() => {
  const found = [];
  const look = (root) => {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walk.currentNode; node; node = walk.nextNode()) {
      if (node.shadowRoot) look(node.shadowRoot);
      const kept = node.parentElement?.closest("code,.g-sr,.g-i,.i,a[href^='mailto:'],[hidden]");
      if (node.nodeType !== 3 || kept || !node.parentElement?.checkVisibility()) continue;
      for (const { 0: word, index } of node.data.matchAll(/\p{L}{2,}/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const rows = new Set([...range.getClientRects()].filter((box) => box.width).map((box) => Math.round(box.top)));
        if (rows.size > 1) found.push(word);
      }
    }
  };
  look(document.body);
  return found;
}"""
RING = """() => {
  let at = document.activeElement;
  while (at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  const seen = [];
  for (let one = at; one && seen.length < 4; one = one.parentElement) {
    const style = getComputedStyle(one);
    if (style.outlineStyle !== "none") seen.push([parseFloat(style.outlineWidth), style.outlineColor]);
  }
  return seen[0] || null;
}"""


@pytest.mark.parametrize("path", ["/", "/ideas", "/projects", "/results", "/rules", "/board", "/join"])
def test_no_word_is_broken_on_the_narrowest_phone(open_page: Opener, path: str):
    page = open_page(path, width=320)

    assert page.evaluate(BROKEN) == []
    assert sideways(page) <= 0


@pytest.mark.parametrize(("path", "fields"), [
    ("/sign-in", 'input[autocomplete="username"], input[type="password"]'), ("/board", "input[type=text]"),
    ("/join", ".st-key-glas-page input[type=text]"),
])  # fmt: skip
@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(122, 31, 107)"), ("dark", "rgb(240, 160, 221)")])
def test_a_field_with_the_focus_has_a_ring(open_page: Opener, path: str, fields: str, scheme: str, colour: str):
    page = open_page(path, scheme=scheme)
    for field in page.locator(fields).all():
        field.focus()
        width, found = page.evaluate(RING)
        assert width >= 2 and found == colour


HEADING = "document.activeElement.tagName === 'H1' ? document.activeElement.textContent : ''"


def test_another_page_begins_at_its_heading(open_page: Opener):
    page = open_page("/")
    page.locator("header.bar").get_by_role("link", name="Идеи", exact=True).click()
    until(page, lambda: page.evaluate(HEADING) == "Идеи", "the heading has the focus")
    page.keyboard.press("Tab")
    page.go_back()
    until(page, lambda: "за общината" in page.evaluate(HEADING), "the heading of home has the focus")


def test_control_who_opens_a_page_begins_at_its_top(open_page: Opener):
    page = open_page("/ideas")
    page.wait_for_timeout(500)

    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_a_title_on_the_ballot_says_whether_it_is_open(open_page: Opener):
    page = open_page("/vote")
    title = page.locator(".card .title").first
    title.wait_for()

    assert title.get_attribute("aria-expanded") == "false"
    title.click()
    assert title.get_attribute("aria-expanded") == "true"


@pytest.mark.parametrize(
    ("language", "said"), [("bg", "Няма връзка. Опитай пак"), ("en", "No connection. Try the link")]
)
def test_a_link_without_a_connection_says_so_and_leaves_the_page(open_page: Opener, language: str, said: str):
    page = open_page("/rules", language=language)
    page.context.set_offline(True)
    page.locator(".g-feet a[href='/about']").click()

    note = page.locator("p.offline")
    until(page, lambda: note.is_visible() and said in note.inner_text(), "it is said")
    assert page.url.endswith("/rules?round=2026") and page.locator("h1").is_visible()
    page.context.set_offline(False)
    page.locator(".g-feet a[href='/about']").click()
    until(page, lambda: page.url.endswith("/about"), "the link leads on")


@pytest.fixture(scope="module")
def idea_id(site: Site) -> int:
    with engine.use(site.database_url), store.transaction() as session:
        row = tables.Idea(
            language="bg", round_id=site.town.round.id, author_id=None, status="accepted", cost=1_000_00,
            title={"bg": "Пейка до реката"}, problem={"bg": "Няма къде да седнеш."}, solution={"bg": "Пейка."},
            created_at=site.town.at, updated_at=site.town.at, submitted_at=site.town.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return tables.id_of(row)


def test_an_idea_is_shared_as_the_device_does_it(open_page: Opener, site: Site, idea_id: int):
    page = open_page(f"/idea?id={idea_id}", width=390)
    page.evaluate("navigator.share = async (what) => { window.shared = what }")
    page.get_by_role("button", name="Сподели").click()

    until(page, lambda: page.evaluate("!!window.shared"), "it is handed on")
    assert page.evaluate("window.shared") == {"title": "Пейка до реката", "url": f"{site.base}/idea?id={idea_id}"}


def test_where_nothing_can_be_shared_the_address_is_copied(open_page: Opener, site: Site, idea_id: int):
    page = open_page(f"/idea?id={idea_id}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("navigator.share = undefined")
    page.get_by_role("button", name="Сподели").click()

    page.get_by_text("Адресът е копиран.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.base}/idea?id={idea_id}"


TEXTS = """() => [...document.querySelectorAll(".g-html p, [data-testid=stMain] button p")].map(
  (one) => parseFloat(getComputedStyle(one).fontSize))"""


@pytest.fixture(scope="module")
def large(browser: Any) -> Iterator[Any]:
    """Give a Chromium whose owner has chosen letters of twice the size."""
    opened = browser.browser_type.launch(
        executable_path=chromium(), args=[*FLAGS, "--blink-settings=defaultFontSize=32"]
    )
    yield opened
    opened.close()


@pytest.mark.parametrize("path", ["/", "/ideas", "/rules", "/sign-in", "/plain/bg", "/plain/bg/rules"])
def test_larger_letters_of_the_browser_are_larger_here(site: Site, browser: Any, large: Any, path: str):
    sizes = []
    for one in (browser, large):
        page = one.new_page(viewport={"width": 390, "height": 844}, locale="bg-BG")
        page.goto(site.base + path)
        page.locator("h1").first.wait_for()
        if "plain" not in path:
            site.ready(page)
        page.wait_for_timeout(300)
        sizes.append(page.evaluate(TEXTS))
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.close()

    assert len(sizes[0]) > 3 and sizes[1] == [pytest.approx(2 * size, abs=0.3) for size in sizes[0]]
