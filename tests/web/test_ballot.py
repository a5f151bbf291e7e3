"""The ballot in a real browser: nothing chosen is lost, nothing counts twice, and everybody can vote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import clock, voting
from core.ballots.types import BallotRules
from core.people import sessions
from core.permissions import Actor
from core.phases import Phase
from core.rounds import Round
from core.settings import settings
from db import engine
from tests.helpers import boxes, worlds
from tests.web.conftest import Opener
from tests.web.site import SECONDS, Page, Site, axe, focused, sideways, sign_in, until

MODES = {
    "approval": BallotRules("approval", 2, 3),
    "knapsack": BallotRules("knapsack"),
    "ranking": BallotRules("ranking", 1, 4),
}
KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('glas:ballot')).map(String)"
SIZES = {"phone": (390, 844), "desk": (1280, 900)}


@pytest.fixture(scope="module")
def rounds(site: Site) -> Iterator[dict[str, Round]]:
    """Give one open round for each type of ballot."""
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            town, at = site.town.municipality.id, clock.now()
            made = {
                mode: worlds.round_in(session, town, Phase.voting, at, slug=mode, ballot=rules)
                for mode, rules in MODES.items()
            }
        yield made
        opened.dispose()


@pytest.fixture
def voters(site: Site, rounds: dict[str, Round], monkeypatch: pytest.MonkeyPatch) -> Voters:
    """Give new people, and the server's keys, without which nobody can find a ballot."""
    folder = Path(site.database_url.removeprefix("sqlite:///")).parents[1]
    monkeypatch.setenv("GLAS_KEY_DIR", str(folder / "keys"))
    settings.cache_clear()
    return Voters(site)


@pytest.fixture
def open_rough(browser: Any, site: Site) -> Iterator[Opener]:
    """Give what `open_page` gives, for tests in which requests fail on purpose: complaints are not counted."""
    contexts = []

    def opener(path: str, who: str | None = None, *, width: int, height: int) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="bg-BG")
        contexts.append(context)
        if who is not None:
            context.add_cookies([{"name": "glas", "value": site.tokens[who], "url": site.base, "httpOnly": True}])
        page = context.new_page()
        page.goto(site.base + path)
        site.ready(page)
        return page

    yield opener
    for context in contexts:
        context.close()


class Voters:
    """People of the town who have not voted yet, each with a browser cookie."""

    number = 0

    def __init__(self, site: Site) -> None:
        self.site = site

    def new(self) -> tuple[Actor, str]:
        """Add a person and return her with the name under which `open_page` knows her."""
        Voters.number += 1
        name = f"voter{Voters.number}"
        with engine.transaction() as session:
            person = worlds.person(session, self.site.town.municipality, name, frozenset(), clock.now())
            self.site.tokens[name] = sessions.open_session(session, person, at=clock.now(), second_step=True)
        return person, name


def open_ballot(open_page: Opener, mode: str, who: str | None, size: str = "phone", **more: Any) -> Page:
    width, height = SIZES[size]
    page = open_page(f"/vote?round={mode}", who, width=width, height=height, **more)
    page.locator(".card:not([hidden])").first.wait_for()
    return page


def choose(page: Page, number: int) -> None:
    """Choose the first projects that are not chosen yet."""
    for _ in range(number):
        chosen = len(titles(page))
        page.locator(".card:not([hidden]):not(.on) .toggle").first.click()
        until(page, lambda before=chosen: len(titles(page)) == before + 1, "the project is chosen")


def titles(page: Page) -> list[str]:
    """Return what is chosen: the ranked rows, else the chosen cards in their order."""
    ranked = page.locator(".rank h3").all_text_contents()
    return ranked or page.locator(".card.on .title .w").all_text_contents()


def submit(page: Page) -> None:
    page.locator(".go").click()
    page.locator("dialog .main").click()


def receipt(page: Page) -> str:
    """Wait for the receipt and return its number."""
    page.locator("dialog .receipt").wait_for(timeout=SECONDS * 1000)
    return str(page.locator("dialog .code").text_content())


def ballot_of(person: Actor, round: Round) -> Any:
    with engine.reading() as session:
        return voting.my_ballot(session, person, round.id)


def rerun_is_over(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", MODES)
def test_a_vote_from_the_first_tap_to_the_receipt(open_page, voters, rounds, mode, size):
    person, name = voters.new()
    page = open_ballot(open_page, mode, name, size)

    choose(page, 2)
    shown = titles(page)
    submit(page)
    number = receipt(page)
    page.locator("dialog .main").click()

    cast = ballot_of(person, rounds[mode])
    assert cast.receipt.number == number and len(cast.choices) == 2
    if mode == "ranking":
        assert [f"Проект {code}" for code in cast.choices] == shown
    assert "Гласът ти е приет" in page.locator(".standing").inner_text()


@pytest.mark.parametrize("mode", MODES)
def test_reload_and_language_keep_the_choice(open_page, voters, mode):
    _person, name = voters.new()
    page = open_ballot(open_page, mode, name)
    choose(page, 2)
    before = page.evaluate(KEPT)

    page.reload()
    page.locator(".card:not([hidden])").first.wait_for()
    assert len(titles(page)) == 2

    page.locator("header.bar [lang=en], header.bar [data-language=en]").first.click()
    until(page, lambda: "Check" in page.locator(".go").inner_text(), "the ballot speaks English")
    assert len(titles(page)) == 2
    after = page.evaluate(KEPT)
    assert before == after


def test_two_quick_presses_are_one_ballot(open_page, voters, rounds):
    person, name = voters.new()
    page = open_ballot(open_page, "approval", name)
    choose(page, 2)
    page.locator(".go").click()

    page.locator("dialog .main").dblclick()
    receipt(page)

    assert ballot_of(person, rounds["approval"]).revision == 1


def test_without_connection_the_ballot_waits_and_arrives_once(open_rough, voters, rounds):
    person, name = voters.new()
    page = open_ballot(open_rough, "approval", name)
    sent = []

    def note(request: Any) -> None:
        if request.method == "POST" and "/ballot" in request.url:
            sent.append(request.post_data_json)

    page.on("request", note)
    choose(page, 2)
    page.context.set_offline(True)

    submit(page)
    until(page, lambda: "Няма връзка" in page.locator("dialog .news").inner_text(), "the page says that it waits")
    assert ballot_of(person, rounds["approval"]) is None
    page.context.set_offline(False)
    receipt(page)

    assert len({each["request_id"] for each in sent}) == 1
    assert ballot_of(person, rounds["approval"]).revision == 1


def test_an_answer_that_got_lost_is_asked_for_and_not_sent_twice(open_rough, voters, rounds):
    person, name = voters.new()
    page = open_ballot(open_rough, "approval", name)
    choose(page, 2)

    def lose(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()  # the server takes the ballot in …
            route.fulfill(status=504, body="")  # … and the browser never hears of it
        else:
            route.continue_()

    page.route("**/api/rounds/**", lose)
    submit(page)
    number = receipt(page)

    cast = ballot_of(person, rounds["approval"])
    assert (cast.revision, cast.receipt.number) == (1, number)


def test_an_older_tab_must_ask_before_it_replaces(open_rough, voters, rounds):
    person, name = voters.new()
    first, second = (open_ballot(open_rough, "approval", name) for _ in range(2))
    choose(first, 2)
    choose(second, 3)
    submit(first)
    receipt(first)

    submit(second)
    second.locator("dialog .second").wait_for()
    assert ballot_of(person, rounds["approval"]).revision == 1
    second.locator("dialog .main").click()
    receipt(second)

    assert len(ballot_of(person, rounds["approval"]).choices) == 3


def test_another_tab_of_the_same_browser_hears_of_it(open_page, voters):
    _person, name = voters.new()
    page = open_ballot(open_page, "approval", name)
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(".card:not([hidden])").first.wait_for()

    choose(page, 2)
    until(other, lambda: len(titles(other)) == 2, "the other tab shows the choice")
    submit(page)
    receipt(page)
    until(other, lambda: "Гласът ти е приет" in other.locator(".standing").inner_text(), "it knows the ballot")


def test_a_changed_choice_is_not_counted_until_it_is_cast(open_page, voters, rounds):
    person, name = voters.new()
    page = open_ballot(open_page, "approval", name)
    choose(page, 2)
    submit(page)
    receipt(page)
    page.locator("dialog .main").click()

    choose(page, 1)
    assert "още не се брои" in page.locator(".standing").inner_text()
    assert len(ballot_of(person, rounds["approval"]).choices) == 2
    page.locator(".standing .restore").click()
    assert len(titles(page)) == 2


def test_a_vote_with_the_keyboard_alone(open_page, voters, rounds):
    person, name = voters.new()
    page = open_ballot(open_page, "ranking", name, "desk")

    def tab_to(words: str) -> None:
        for _ in range(80):
            if words in focused(page):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{words} is not reached; focus is on {focused(page)}")

    tab_to("Добави „")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the next card has taken the focus
    assert len(titles(page)) == 2
    first, second = titles(page)
    page.locator(".rank .arrow").last.focus()
    page.keyboard.press("Alt+ArrowUp")
    assert titles(page) == [second, first]
    tab_to("Прегледай и гласувай")
    page.keyboard.press("Enter")
    assert "Това ли е" in focused(page)
    page.keyboard.press("Escape")
    assert "Прегледай" in focused(page)
    page.keyboard.press("Enter")
    tab_to("Пусни бюлетината")
    page.keyboard.press("Enter")
    receipt(page)

    assert [f"Проект {code}" for code in ballot_of(person, rounds["ranking"]).choices] == [second, first]


def test_dragging_by_the_handle_changes_the_order(open_page, voters):
    _person, name = voters.new()
    page = open_ballot(open_page, "ranking", name)
    choose(page, 3)
    first, second, third = titles(page)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    box = page.locator(".rank .grip").first.bounding_box()
    x, y = box["x"] + 10, box["y"] + 15
    touch = page.context.new_cdp_session(page)

    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for way in range(10, 101, 10):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + way}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    until(page, lambda: titles(page) == [second, first, third], "the row has moved")


def test_over_the_budget_the_nearest_swap_is_told(open_page, voters):
    _person, name = voters.new()
    page = open_ballot(open_page, "knapsack", name)
    for title in ("Проект p05", "Проект p04"):
        page.locator(".card", has_text=title).locator(".toggle").click()

    locked = page.locator(".card", has_text="Проект p03").locator(".toggle")
    locked.focus()
    page.keyboard.press("Enter")

    assert locked.get_attribute("aria-disabled") == "true"
    until(page, lambda: "Не стигат 3\u00a0000\u00a0€" in page.locator(".hint").inner_text(), "the reason is shown")
    assert "Проект p04" in page.locator(".hint").inner_text()


def test_a_guest_tries_the_ballot_and_is_sent_to_sign_in(open_page, rounds):
    page = open_ballot(open_page, "approval", None)
    choose(page, 2)
    page.locator(".go").click()

    assert page.locator("dialog .away").get_attribute("href").startswith("/sign-in?next=/vote")
    assert not page.locator("dialog .main").is_visible()


def test_signing_in_keeps_what_a_guest_chose(open_page, voters):
    _person, name = voters.new()
    page = open_ballot(open_page, "approval", None)
    choose(page, 2)
    page.locator(".go").click()
    page.locator("dialog .away").click()
    page.locator('input[autocomplete="username"]').wait_for()
    sign_in(page, name, voters.site)
    page.goto(voters.site.base + "/vote?round=approval")
    page.locator(".card:not([hidden])").first.wait_for()
    # On a tablet of the school somebody else may have logged in.
    assert titles(page) == []
    page.locator(".whose .mine").click()

    until(page, lambda: len(titles(page)) == 2, "the choice is taken over")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mode", MODES)
def test_nothing_stands_in_anyones_way(open_page, voters, mode, scheme):
    _person, name = voters.new()
    page = open_ballot(open_page, mode, name, "phone", scheme=scheme)
    choose(page, 2)
    assert axe(page) == []
    page.locator(".go").click()
    page.wait_for_timeout(300)  # the sheet has risen
    assert axe(page) == []
    page.locator("dialog .main").click()
    receipt(page)
    assert axe(page) == []


@pytest.mark.parametrize("mode", MODES)
def test_no_sideways_scroll_on_a_small_phone(open_page, voters, mode):
    _person, name = voters.new()
    page = open_page(f"/vote?round={mode}", name, width=360, height=740)
    page.locator(".card:not([hidden])").first.wait_for()
    choose(page, 2)
    assert sideways(page) <= 0
    submit(page)
    receipt(page)
    assert sideways(page) <= 0


@pytest.mark.parametrize(("size", "lines"), [("phone", 3), ("desk", 2)])
def test_a_long_place_takes_the_whole_width_of_its_card(open_page, voters, rounds, size, lines):
    with engine.transaction() as session:
        long = {"place": "ж.к. „Запад“, между блок 14 и детска градина „Слънце“", "id": rounds["approval"].id}
        boxes.run(session, "UPDATE project SET place = :place WHERE round_id = :id", **long)
    _person, name = voters.new()
    page = open_ballot(open_page, "approval", name, size)

    left, rows, column = page.locator(".card .facts").first.evaluate(
        "facts => { const lines = [...facts.querySelector('.state').getClientRects()];"
        " const last = document.createRange(); last.selectNodeContents(facts.querySelector('.state'));"
        " const rows = new Set([...last.getClientRects()].map(one => Math.round(one.bottom)));"
        " return [lines.at(-1).left, rows.size, facts.getBoundingClientRect().left]; }"
    )
    assert rows <= lines
    assert left - column < 3 or size == "desk"
