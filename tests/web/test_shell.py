"""The frame in a real browser: shell, header, languages, sign-in, and what it must never do."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pages import menu
from tests.helpers import worlds
from tests.web.conftest import Opener
from tests.web.site import Site, axe, faults, focused, sign_in, until

PUBLIC = (
    "/", "/ideas", "/projects", "/results", "/rules", "/board", "/about", "/join", "/sign-in", "/recover", "/vote",
)  # fmt: skip


def ask(
    site: Site, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of a bare request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(site.base + path, data=body, method=method, headers=named), timeout=60) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


@pytest.mark.parametrize(("language", "title"), [("bg", "Правила · Глас"), ("en", "Rules · Glas")])
def test_the_shell_speaks_the_language_of_the_visitor(site: Site, language: str, title: str):
    status, headers, body = ask(site, "/rules", accept_language=language)

    html = body.decode()
    assert status == 200
    assert f'<html lang="{language}">' in html
    assert f"<title>{title}</title>" in html
    assert '<meta name="description" content="' in html
    assert 'property="og:title"' in html
    assert html.count('rel="preload"') == 5
    assert "service-desc" not in html
    assert "Cookie" in headers["vary"]


def test_an_address_in_a_language_keeps_it_in_a_cookie(site: Site):
    _, headers, body = ask(site, "/ideas?lang=en", accept_language="bg")

    assert 'lang="en"' in body.decode()
    assert headers["set-cookie"].startswith("lang=en;")


def test_an_unknown_page_is_said_to_be_unknown(site: Site):
    for accepted, words in (("bg", "Тази страница я няма."), ("en", "This page doesn&#39;t exist.")):
        status, _, body = ask(site, "/no/such-page", accept_language=accepted)
        assert status == 404
        assert words in body.decode()


def test_every_answer_carries_the_security_headers(site: Site):
    for path in ("/", "/healthz", "/assets/glas.css", "/no-such-page", "/_stcore/health"):
        _, headers, _ = ask(site, path)
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/assets/components/header/header.js",
        "/app.py",
    ],
)
def test_what_is_not_for_visitors_is_not_there(site: Site, path: str):
    assert ask(site, path)[0] in (400, 404)


def test_scripts_and_styles_travel_compressed_and_stay(site: Site):
    html = ask(site, "/")[2].decode()
    script = html.split('type="module" crossorigin src="')[1].split('"')[0]
    plain = ask(site, script)[2]
    status, headers, packed = ask(site, script, accept_encoding="gzip")

    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert len(packed) < len(plain) / 2
    assert "immutable" in headers["cache-control"]
    assert ask(site, script, if_none_match=headers["etag"])[0] == 304


@pytest.mark.parametrize("path", ["/session", "/session/out", "/lang/en"])
def test_other_sites_cannot_post(site: Site, path: str):
    body = json.dumps({"ticket": "x"}).encode()

    assert ask(site, path, method="POST", body=body)[0] == 403
    assert ask(site, path, method="POST", body=body, origin="https://elsewhere.example")[0] == 403
    assert ask(site, path, method="POST", body=body, sec_fetch_site="cross-site", origin=site.base)[0] == 403


def test_an_unknown_ticket_opens_nothing(site: Site):
    status, headers, _ = ask(site, "/session", method="POST", body=b'{"ticket": "x"}', sec_fetch_site="same-origin")

    assert status == 401
    assert "set-cookie" not in headers


def test_strange_hosts_are_refused(site: Site):
    assert ask(site, "/", host="elsewhere.example")[0] == 421


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example", "http://127.0.0.1:1"])
def test_a_websocket_needs_a_page_of_ours(site: Site, origin: str | None):
    websockets = pytest.importorskip("websockets.sync.client")
    address = site.base.replace("http", "ws", 1) + "/_stcore/stream"

    with pytest.raises(Exception, match="403"), websockets.connect(address, origin=origin):
        pass


def test_sign_in_stays_through_a_reload_and_scripts_cannot_read_it(open_page: Opener, site: Site):
    page = open_page("/", language="bg")
    sign_in(page, "resident", site)
    cookie = next(each for each in page.context.cookies() if each["name"] == "glas")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "glas=" not in page.evaluate("document.cookie")

    page.reload()
    site.ready(page)
    page.locator("button.opener").click()
    assert page.locator(".who").inner_text() == "resident"

    page.locator(".out button").click()
    until(page, lambda: not any(each["name"] == "glas" for each in page.context.cookies()), "the cookie is gone")
    site.ready(page)
    page.locator("a.enter").wait_for()


def test_after_signing_in_the_wanted_page_opens(open_page: Opener, site: Site):
    page = open_page("/account")
    page.get_by_role("link", name="Влез").last.click()
    site.ready(page)
    page.locator('input[autocomplete="username"]').fill("neighbour")
    page.locator('input[type="password"]').fill("mnogo-dalga-parola-9")
    page.locator('input[type="password"]').press("Tab")
    page.locator(".st-key-sign-in-go button").click()

    until(page, lambda: page.url.endswith("/account"), "the account page opens")


def test_the_language_changes_in_place_and_stays(open_page: Opener, site: Site):
    page = open_page("/about")
    page.evaluate("window.same = true")
    page.locator('[data-lang="en"]').focus()
    page.keyboard.press("Enter")

    until(page, lambda: page.title() == "About Glas · Glas", "the title is English")
    until(page, lambda: page.evaluate("document.documentElement.lang") == "en", "the page says that it is English")
    assert page.evaluate("window.same") is True
    assert focused(page) == "English"
    kept = {"name": "lang", "value": "en"}.items()
    until(page, lambda: any(kept <= dict(each).items() for each in page.context.cookies()), "the cookie is there")
    page.reload()
    site.ready(page)
    assert page.title() == "About Glas · Glas"


def test_the_menu_changes_the_page_in_place_and_back_goes_back(open_page: Opener, site: Site):
    page = open_page("/about")
    page.evaluate("window.same = true")
    page.locator(".pages a", has_text="Идеи").click()
    until(page, lambda: page.title() == "Идеи · Глас", "ideas open")
    until(page, lambda: page.url == site.base + "/ideas?round=2026", "the address says its round")
    assert page.locator(".pages a[aria-current=page]").inner_text() == "Идеи"

    page.go_back()
    until(page, lambda: page.title() == "За „Глас“ · Глас", "about is back")
    assert page.evaluate("window.same") is True


def test_the_header_works_by_keyboard(open_page: Opener):
    page = open_page("/about")
    stops = []
    for _ in range(11):
        page.keyboard.press("Tab")
        stops.append(focused(page))

    assert stops[0] == "Към съдържанието"
    assert stops[2:8] == ["Глас, към началото", "Начало", "Идеи", "Проекти", "Гласуване", "Резултати"]
    assert stops[8:] == ["Български", "English", "Влез"]

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#g-menu").is_visible()
    assert focused(page) == "Затвори менюто"
    page.keyboard.press("Escape")
    assert not page.locator("#g-menu").is_visible()
    assert focused(page) == "Меню и профил"


def test_the_skip_link_leads_past_the_header(open_page: Opener):
    page = open_page("/about")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("!!document.activeElement.closest('[data-testid=stMain]')")
    assert page.evaluate("!document.activeElement.closest('.st-key-glas-head')")


def test_the_phone_menu_opens_closes_and_leads(open_page: Opener):
    page = open_page("/about", width=390, height=844)
    page.locator("button.opener").click()
    assert page.locator(".small a", has_text="Резултати").is_visible()
    page.mouse.click(5, 840)
    assert not page.locator("#g-menu").is_visible() and "/about" in page.url
    page.locator("button.opener").click()
    page.locator(".small a", has_text="Идеи").click()

    until(page, lambda: page.title() == "Идеи · Глас", "ideas open")
    assert not page.locator("#g-menu").is_visible()


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_clean_for_axe_and_fit_a_small_phone(open_page: Opener, site: Site, path: str):
    page = open_page(path, width=360, height=740)

    assert faults(page, site, (360, "light"), (1280, "dark")) == []


def test_control_a_wide_page_and_a_colour_of_one_scheme_only_are_found(open_page: Opener, site: Site):
    page = open_page("/about", width=360, height=740)
    bad = "<p id='pale' style='color:#555;width:500px'>hard to read on a dark page</p>"
    page.evaluate("bad => document.querySelector('[data-testid=stMain] h1').insertAdjacentHTML('afterend', bad)", bad)

    found = "\n".join(faults(page, site, (360, "light"), (1280, "dark")))

    assert "px too wide" in found
    assert [each.split()[:2] for each in found.splitlines() if "#pale" in each] == [["1280", "dark:"]]


def test_axe_finds_nothing_in_the_open_menu(open_page: Opener):
    page = open_page("/about", "organiser", width=390, height=844)
    page.locator("button.opener").click()

    assert axe(page) == []


def test_the_menu_of_an_organiser_leads_to_all_her_pages(open_page: Opener):
    page = open_page("/about", "organiser")
    page.locator("button.opener").click()
    titles = page.locator(".staff a").all_inner_texts()

    assert len(titles) == sum(entry.place == "staff" for entry in menu.ENTRIES)


@pytest.mark.parametrize("field", ["username", "current-password"])
def test_enter_signs_in_and_the_language_of_the_screen_stays(open_page: Opener, site: Site, field: str):
    page = open_page("/sign-in", language="en")
    page.locator('input[autocomplete="username"]').fill("organiser")
    page.locator('input[type="password"]').fill(worlds.PASSWORD)
    assert "Press Enter" not in page.locator('[data-testid="stMain"]').inner_text()
    page.locator(f'input[autocomplete="{field}"]').press("Enter")
    until(page, lambda: any(each["name"] == "glas" for each in page.context.cookies()), "the cookie is there")
    until(page, lambda: "/sign-in" not in page.url, "the next page opens")
    site.ready(page)
    assert page.evaluate("document.documentElement.lang") == "en"
