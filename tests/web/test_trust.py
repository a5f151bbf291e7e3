"""The vote that can be checked, in a real browser: receipt and QR code, withdrawing, proof, closing by two people."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from sqlmodel import select

from core import clock, closing, rounds
from core.closing import Closing
from core.permissions import OPERATOR
from core.phases import Phase
from core.rounds.steps import Step
from db import engine, tables
from pages.voting import receipts
from tests.helpers import boxes, worlds
from tests.web.conftest import Opener
from tests.web.site import SECONDS, Page, Site, axe, sideways, until

HEIGHT, PHONE = 844, 390


def in_database(site: Site, act: Callable[..., Any]) -> Any:
    """Return what `act` gives in a transaction on the server's database."""
    with engine.use(site.database_url) as opened:
        with engine.transaction() as session:
            found = act(session)
        opened.dispose()
    return found


def a_round(site: Site, slug: str, **changes: object) -> None:
    town = site.town
    in_database(
        site,
        lambda session: worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug=slug, **changes),
    )


def cast(site: Site, who: str, slug: str, choices: list[str]) -> dict[str, str]:
    """Cast over HTTP, as the component does, and return the receipt."""
    body = {"request_id": f"request-{slug}-{who}", "choices": choices, "replaces": 0, "nonce": "ab" * 32}
    headers = {
        "cookie": f"glas={site.tokens[who]}", "sec-fetch-site": "same-origin", "content-type": "application/json",
    }  # fmt: skip
    request = Request(f"{site.base}/api/rounds/{slug}/ballot", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=SECONDS) as answer:
        return dict(json.load(answer))


def said(page: Page, text: str) -> None:
    page.get_by_text(text).first.wait_for(timeout=SECONDS * 1000)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def vote(page: Page, number: int = 2) -> None:
    for at in range(number):
        page.locator("button.toggle").nth(at).click()
    page.locator("button.go").click()
    page.locator("button.main").click()
    page.locator(".receipt img.qr[src^='data:image/svg+xml']").wait_for(timeout=SECONDS * 1000)


def decoded(page: Page) -> str:
    """Return what a phone's camera reads from the QR code on the screen."""
    zxing = pytest.importorskip("zxingcpp", reason="reading QR codes needs zxing-cpp (make test installs it)")
    from PIL import Image

    found = zxing.read_barcodes(Image.open(io.BytesIO(page.locator("img.qr").screenshot(scale="css"))))
    return str(found[0].text)


def test_a_receipt_fits_a_phone_and_its_code_leads_to_its_commitment(site: Site, open_page: Opener):
    a_round(site, "receipt-web", tally_step=20)
    page = open_page("/vote?round=receipt-web", "resident", width=PHONE, height=HEIGHT)
    sent: list[dict[str, object]] = []
    page.on(
        "request", lambda each: each.method == "POST" and "/ballot" in each.url and sent.append(each.post_data_json)
    )
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    with page.expect_response(lambda each: "/api/rounds/receipt-web/ballot" in each.url and each.status == 201) as told:
        vote(page)
    receipt = told.value.json()

    # A proxy would log an address with its time: none that is asked for by itself may hold the receipt.
    assert f"{site.base}/api/receipt" in asked
    assert not [url for url in asked if receipt["latin"] in url or "&c=" in url]
    # The browser's half of the nonce goes along.
    assert len(bytes.fromhex(str(sent[0]["nonce"]))) == 32
    height, shown = page.evaluate(
        "() => { const at = [...document.querySelectorAll('*')].map((one) => "
        "one.shadowRoot?.querySelector('dialog[open]'))"
        ".find(Boolean); return [at.scrollHeight - at.clientHeight, at.getBoundingClientRect().bottom]; }"
    )
    assert height <= 1 and shown <= HEIGHT
    link = urlsplit(decoded(page))
    claim = receipts.claim({name: values[0] for name, values in parse_qs(link.query).items()})
    assert link.path == "/board" and claim is not None
    assert claim.commitment.hex() == receipt["commitment"] and claim.number == receipt["latin"]

    assert page.evaluate("localStorage.getItem('glas:receipts')") is None
    page.locator(".remember input").check()
    page.goto(f"{site.base}{link.path}?{link.query}")
    site.ready(page)
    said(page, "Приета.")
    page.get_by_role("link", name=receipt["number"]).wait_for(timeout=SECONDS * 1000)
    said(page, "Гласът ти е подаден.")
    page.wait_for_timeout(600)
    assert sideways(page) <= 0 and axe(page) == []


def test_a_vote_is_withdrawn_after_a_question(site: Site, open_page: Opener):
    a_round(site, "withdraw-web", tally_step=20)
    page = open_page("/vote?round=withdraw-web", "neighbour", width=PHONE, height=HEIGHT)
    vote(page)
    press(page, "Готово")
    press(page, "Оттегли гласа си")
    said(page, "Да извадим ли бюлетината ти от урната?")
    press(page, "Остави гласа")
    press(page, "Оттегли гласа си")
    press(page, "Да, оттегли гласа")
    page.get_by_role("heading", name="Гласът ти е оттеглен.").wait_for(timeout=SECONDS * 1000)
    press(page, "Готово")
    said(page, "Гласът ти е оттеглен. До")

    page.goto(f"{site.base}/board")
    site.ready(page)
    said(page, "Гласът ти е оттеглен.")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_readers_browser_checks_the_proof_itself(site: Site, open_page: Opener, width: int, scheme: str):
    slug = f"proof-web-{width}"
    a_round(site, slug)
    made = [cast(site, who, slug, ["p01"]) for who in ("resident", "neighbour", "council")]
    page = open_page(made[0]["link"], width=width, scheme=scheme)

    said(page, "Записана.")
    said(page, "Бюлетината стои на таблото, на място")
    said(page, "Коренът на таблото е подписан с ключа на това издание.")
    said(page, "Разписката е подписана със същия ключ.")
    page.wait_for_timeout(600)
    assert sideways(page) <= 0 and axe(page) == []
    forged = open_page(made[0]["link"].replace("&s=", "&s=AAAA")[:-4], width=width)
    said(forged, "Тази разписка не е наша")


def state(site: Site, slug: str) -> Closing:
    town = site.town

    def read(session: object) -> Closing:
        found = rounds.round_by_slug(session, slug, OPERATOR)  # type: ignore[arg-type]
        return closing.state(session, town.organiser, found.id, at=clock.now())  # type: ignore[arg-type]

    return in_database(site, read)


def end(site: Site, slug: str) -> None:
    """Let voting be over."""
    before = clock.now() - timedelta(seconds=5)

    def move(session: Any) -> None:
        found = session.exec(select(tables.Round.id).where(tables.Round.slug == slug)).one()
        boxes.ends(session, found, before)

    # The keys lie beside the folder of the data.
    with boxes.keys_of(Path(urlsplit(site.database_url).path).parents[1]):
        in_database(site, move)


def test_two_people_close_a_round_with_a_break_at_every_step(site: Site, open_page: Opener):
    slug = "closing-web"
    a_round(site, slug)
    for who, choices in (("resident", ["p01", "p02"]), ("neighbour", ["p01"]), ("council", ["p03"])):
        cast(site, who, slug, choices)
    end(site, slug)
    one = open_page(f"/closing?round={slug}", "organiser", width=360, height=780)
    two = open_page(f"/closing?round={slug}", "second_organiser")

    def step(page: Page, button: str, wanted: Step, **fields: str) -> None:
        """Come back to the page as after a break, fill in, press, and see where the closing stands."""
        page.reload()
        site.ready(page)
        for label, text in fields.items():
            field = page.get_by_label(label.replace("_", " "))
            field.fill(text)
            field.press("Tab")
        page.wait_for_timeout(300)
        assert sideways(page) <= 0 and axe(page) == []
        press(page, button)
        until(page, lambda: state(site, slug).step is wanted, f"{button}: {wanted}", 20)
        site.ready(page)

    step(one, "Поискай затваряне на урната", Step.close)
    said(one, "Поискано от теб на")
    step(two, "Съгласи се и затвори урната", Step.randomness)
    step(one, "Подай жребия", Step.randomness, Какво_се_падна="4 1 6 6 2 3 5 1 2 6")
    said(one, "Въведено от теб: 4166235126")
    step(two, "Потвърди жребия", Step.opening, Какво_се_падна="41662-35126")
    step(one, "Отвори бюлетините", Step.turnout)
    said(one, "Всяка бюлетина отговаря на таблото.")
    step(two, "Изчисли активността", Step.count)
    step(one, "Поискай преброяване", Step.count)
    step(two, "Съгласи се и преброй", Step.publish)
    step(one, "Поискай публикуване на резултата", Step.publish)
    step(two, "Съгласи се и публикувай резултата", Step.objection)

    guest = open_page(f"/protocol?round={slug}", width=360, height=780)
    guest.get_by_role("heading", name="Жребият при равенство").wait_for(timeout=SECONDS * 1000)
    guest.wait_for_timeout(600)
    assert sideways(guest) <= 0 and axe(guest) == []
    answer = guest.request.get(f"{site.base}/open/{slug}/protocol.pdf?lang=bg")
    assert answer.status == 200 and answer.body().startswith(b"%PDF-")
    result = open_page(f"/results?round={slug}")
    result.get_by_role("link", name="Свали бюлетините, таблото и резултата в един файл").wait_for(
        timeout=SECONDS * 1000
    )
