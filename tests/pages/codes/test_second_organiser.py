"""What the second organiser is told before a release, and where success is told; a link that has died says so."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, codes
from core.codes import desk
from core.store import transaction
from pages.codes import slips_route
from pages.parts import components
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

CODES = "codes/codes_page.py"


@pytest.mark.parametrize(
    ("language", "told", "slips", "release", "done"),
    [
        ("bg", "Идва на мястото на кода от листче № {}. Чака теб: пусни го, ако знаеш за какво е.",
         "С пускането листчетата се изтриват оттук", "Пусни", "Пуснат е. Кодът вече работи."),
        ("en", "It takes the place of the code on slip № {}. It waits for you: release it if you know what it is for.",
         "With the release the slips are deleted here", "Release", "Released. The code works from now on."),
    ],
)  # fmt: skip
def test_the_second_organiser_sees_which_slip_was_lost_and_what_a_release_deletes(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch,
    language: str, told: str, slips: str, release: str, done: str,
):  # fmt: skip
    round_ = boxes.round_in_voting(town, code_required=True)
    with transaction() as session:
        codes.make_batch(session, town.organiser, round_.id, "ПМГ", 12, at=town.at)
        (batch,) = codes.batches(session, town.organiser, round_.id)
    boxes.release(town, round_.id, batch.id, town.at)
    with transaction() as session:
        desk.reissue(session, town.organiser, round_.id, f"{batch.id}-7", at=clock.now())
    led = list[str]()
    monkeypatch.setattr(components, "focus", lambda at, **more: led.append(at) if more.get("top") else None)

    app = open_app(CODES, town.second_organiser, language, round=round_.slug)
    assert told.format(codes.slip_number(batch.id, 7)) in html(app) and slips in html(app) and led == []
    assert slips not in html(open_app(CODES, town.organiser, language, round=round_.slug))

    app = open_app(CODES, town.second_organiser, language, round=round_.slug)
    app = next(one for one in app.button if one.label == release).click().run()
    # The notice stands at the head of the page, and the reader is led there.
    assert done in html(app) and led == ["h1"]


def test_a_dead_link_of_slips_is_a_page_for_a_browser_and_a_word_for_a_program(town: worlds.Town):
    client = TestClient(Starlette(routes=list(slips_route.ROUTES)), base_url="http://127.0.0.1:8501")
    page = client.get("/slips/7/slips.pdf", headers={"accept": "text/html,*/*"})
    word = client.get("/slips/7/slips.pdf")

    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html") and "<h1" in page.text
    assert page.headers["cache-control"] == "no-store" and "{" not in page.text[:1]
    assert (word.status_code, word.json()) == (401, {"error": "not_signed_in"})
