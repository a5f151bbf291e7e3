"""Forms: what is wrong with a field is tied to it, and the focus leads to the first wrong one."""

from __future__ import annotations

import uuid

import pytest
from sqlmodel import select

from db import engine, tables
from tests.web.conftest import Opener
from tests.web.site import Page, Site, axe, until
from tests.web.test_idea_flow import choose, type_in

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


def put_away(page: Page, site: Site) -> None:
    """Say that the recovery code is kept, and go on to a page that knows who is here."""
    page.locator("output.g-code").wait_for()
    until(page, lambda: page.evaluate("document.activeElement.tagName") == "H1", "the new heading has the focus")
    site.ready(page)
    page.locator(".st-key-recovery-kept label").click()
    page.locator(".st-key-recovery-go button:enabled").click()
    page.locator(".st-key-change-old input").wait_for()
    site.ready(page)


def sign_ins(site: Site, name: str) -> int:
    with engine.use(site.database_url) as opened:
        with engine.reading() as session:
            person = session.exec(select(tables.Person).where(tables.Person.nickname == name)).one()
            found = session.exec(select(tables.SignIn).where(tables.SignIn.person_id == person.id)).all()
        opened.dispose()
    return len(found)


def test_joining_and_a_new_password_are_one_sign_in_and_the_code_stays(open_page: Opener, site: Site):
    page = open_page("/join?next=/account", **PHONE)
    name, old, new = "kalina-" + uuid.uuid4().hex[:6], "slanchevo-izrechenie-7", "novo-izrechenie-za-mene-8"
    for key, text in (("nickname", name), ("birth_year", "2008"), ("password", old)):
        type_in(page, f"join-{key}", text)
    choose(page, "join-area", "Гара")
    page.locator(".st-key-join-go button").click()
    put_away(page, site)
    assert sign_ins(site, name) == 1

    type_in(page, "change-old", old)
    type_in(page, "change-password", new)
    page.locator(".st-key-change-go button").click()
    put_away(page, site)
    assert sign_ins(site, name) == 1 and page.get_by_role("heading", name=name).count()

    # Who is here is not asked to join again.
    page.goto(f"{site.base}/join")
    site.ready(page)
    page.get_by_role("heading", name="Вече имаш профил").wait_for()

    # The account goes, and so does the cookie that led to it.
    page.goto(f"{site.base}/account")
    site.ready(page)
    page.get_by_role("button", name="Изтрий профила ми").click()
    page.locator(".st-key-erase-go button").click()
    page.get_by_role("heading", name="Профилът ти е изтрит").wait_for()
    until(page, lambda: not [one for one in page.context.cookies() if one["name"] == "glas"], "the cookie is dropped")


def test_the_field_that_has_the_focus_has_a_ring_all_round(open_page: Opener):
    page = open_page("/join", **PHONE)
    ring = "at => { const s = getComputedStyle(at.closest('[data-testid=stTextInputRootElement],[role=group]'));"
    ring += " return [s.outlineStyle, s.outlineWidth, parseFloat(s.outlineOffset) < 0]; }"

    for key in ("join-nickname", "join-area"):
        field = page.locator(f".st-key-{key} input").first
        field.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")

        # Inside the border: the boxes of a field cut what is drawn around it.
        assert field.evaluate(ring) == ["solid", "3px", True], key
        assert field.evaluate("at => getComputedStyle(at).outlineStyle") == "none", key


def test_no_words_of_a_button_are_cut(open_page: Opener):
    page = open_page("/join", width=320, height=700)
    words = page.locator(".st-key-join-go button [data-testid=stMarkdownContainer]").first

    assert words.evaluate("at => [getComputedStyle(at).whiteSpace, getComputedStyle(at).overflow]") == [
        "normal",
        "visible",
    ]


@pytest.mark.parametrize(("language", "name"), [("bg", "Отвори списъка"), ("en", "Open the list")])
def test_the_arrow_of_a_list_speaks_the_language_of_the_page(open_page: Opener, language: str, name: str):
    page = open_page("/join", language=language, **PHONE)
    arrow = page.locator("[class*=st-key-join-area] button[aria-haspopup=listbox]").first

    until(page, lambda: arrow.get_attribute("aria-label") == name, "the arrow has its name")
    arrow.click()
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    assert arrow.get_attribute("aria-label") == name
