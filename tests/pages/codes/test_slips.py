"""Slips on paper: made beside the server, numbered, whole, read by a phone; and the door they are handed out at."""

from __future__ import annotations

import csv
import io
import resource
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, codes
from core.codes import slips as kept
from core.people import sessions
from core.store import reading, transaction
from pages.codes import press, slips
from pages.codes.slips import Slips
from pages.parts import i18n, qr
from pages.routes import routes
from tests.helpers import boxes, worlds

MADE = datetime(2026, 5, 1, 12, tzinfo=UTC)
PAPER = Slips("Младежки бюджет", "Гимназия", "glas.example.bg", "до 5 май", MADE)
CODE = "ABCDE-FGHJK-MNPQR2"


def finished(batch_id: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while press.share(batch_id) is not None:
        assert time.monotonic() < until, "the slips are not ready"
        time.sleep(0.05)


@pytest.fixture
def batch(town: worlds.Town) -> tuple[int, tuple[str, ...]]:
    i18n.use("bg")
    round_ = boxes.round_in_voting(town, code_required=True)
    with transaction() as session:
        new = codes.make_batch(session, town.organiser, round_.id, "ПМГ", 12, at=clock.now())
        return codes.batch_of(session, town.organiser, round_.id, new[0]), new


def token(town: worlds.Town, who: str) -> str:
    with transaction() as session:
        return sessions.open_session(session, getattr(town, who), at=clock.now(), second_step=True)


def test_the_same_slips_are_the_same_file():
    numbers = [f"7-{place}" for place in range(1, 24)]
    made = slips.pdf(PAPER, numbers, [CODE] * 23)
    assert made.startswith(b"%PDF") and made.count(b"/Type /Page\n") == 3
    assert made == slips.pdf(PAPER, numbers, [CODE] * 23)


@pytest.mark.parametrize(
    ("language", "warning"),
    [
        ("bg", "Един код, един глас. Не го показвай на никого."),
        ("en", "One code, one vote. Show it to nobody."),
    ],
)
def test_a_slip_holds_its_whole_sentences_its_number_and_its_code(
    monkeypatch: pytest.MonkeyPatch, language: str, warning: str
):
    i18n.use(language)
    title, place = (
        "Младежки участнически бюджет на община Казанлък 2026",
        "Профилирана гимназия „Свети Климент Охридски“",
    )
    paper = Slips(title, place, "https://glas.example.bg", "до 5 май 2026 г., 20:00 ч.", MADE)
    written = noted(monkeypatch, slips.TOP + slips.HIGH)
    slips.pdf(paper, ["12-345"], [CODE])
    text = " ".join(written)
    assert warning in text and title in text and place in text and "…" not in text
    assert "№ 12-345" in text and CODE in text


def noted(monkeypatch: pytest.MonkeyPatch, deepest: float = 297) -> list[str]:
    """Return a list that fills with what is written on paper."""
    written: list[str] = []
    cell = slips.FPDF.cell

    def write(paper: Any, wide: float, high: float, line: str) -> object:
        assert paper.y + high <= deepest
        written.append(line)
        return cell(paper, wide, high, line)

    monkeypatch.setattr(slips.FPDF, "cell", write)
    return written


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("bg", "До номера на всяко листче запиши името на човека, който го получава."),
        ("en", "Write the name of whoever gets the code slip beside its number."),
    ],
)
def test_the_hand_out_sheet_has_a_line_a_slip_and_no_code(
    monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
):
    i18n.use(language)
    written = noted(monkeypatch)
    made = slips.sheet(PAPER, [f"7-{place}" for place in range(1, 64)])
    assert made.count(b"/Type /Page\n") == 2 and sentence in " ".join(written)
    assert [line for line in written if line.startswith("№")] == [f"№ 7-{place}" for place in range(1, 64)]


def test_a_phone_reads_the_squares_of_a_slip():
    zxing = pytest.importorskip("zxingcpp", reason="reading QR codes needs zxing-cpp (make test installs it)")
    from PIL import Image

    for text in (CODE, f"https://glas.example.bg/vote#{CODE}"):
        rows = qr.squares(text, quick=True)
        size = len(rows)
        picture = Image.new("L", (size + 8, size + 8), 255)
        for down, row in enumerate(rows):
            for across, dark in enumerate(row):
                picture.putpixel((across + 4, down + 4), 0 if dark else 255)
        (found,) = zxing.read_barcodes(picture.resize(((size + 8) * 6,) * 2, Image.Resampling.NEAREST))
        assert found.text == text


def test_slips_wait_for_the_browser_that_made_them_and_for_no_other(town: worlds.Town, batch):
    batch_id, new = batch
    mine, elsewhere, other = token(town, "organiser"), token(town, "organiser"), token(town, "second_organiser")
    press.make(batch_id, mine, PAPER, new)
    finished(batch_id)

    client = TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1:8501")
    for cookie, status in ((mine, 200), (mine, 200), (elsewhere, 404), (other, 404)):
        client.cookies.set("glas", cookie)
        for name, begin in (("slips.pdf", b"%PDF"), ("sheet.pdf", b"%PDF"), ("codes.csv", "\ufeff".encode())):
            answer = client.get(f"/slips/{batch_id}/{name}")
            assert answer.status_code == status and answer.headers["cache-control"] == "no-store"
            assert status == 404 or answer.content.startswith(begin)
    client.cookies.set("glas", mine)
    rows = list(
        csv.reader(io.StringIO(client.get(f"/slips/{batch_id}/codes.csv").text.lstrip("\ufeff")), delimiter=";")
    )
    assert [row[1:] for row in rows[1:]] == [[f"№ {batch_id}-{place}", code] for place, code in enumerate(new, start=1)]
    for odd in ("key", "..%2f..%2fglas.db", "slips.pdf.draft", "none.pdf"):
        assert client.get(f"/slips/{batch_id}/{odd}").status_code == 404
    assert client.get("/slips/x/slips.pdf").status_code == 404


def test_slips_are_made_in_a_process_of_their_own_that_tells_how_far_it_is(town: worlds.Town, batch):
    batch_id, _ = batch
    many = tuple(f"{place:05d}-FGHJK-MNPQR2" for place in range(2_000))
    mine = token(town, "organiser")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    press.make(batch_id, mine, PAPER, many)
    shares = set()
    while (part := press.share(batch_id)) is not None:
        shares.add(part)
        time.sleep(0.05)

    assert "slips.pdf" in kept.names(batch_id, mine)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before
    assert len(shares) > 5 and min(shares) == 0 and max(shares) < 1


@pytest.mark.parametrize(
    ("language", "sentence", "closed"),
    [
        ("bg", "преди друг организатор да пусне кодовете", "Листчетата се отварят само в браузъра"),
        ("en", "before another organiser releases the codes", "can be opened only in the browser that made them"),
    ],
)
def test_the_page_hands_the_slips_out_until_they_are_released(
    open_app: Any, town: worlds.Town, language: str, sentence: str, closed: str
):
    round_ = boxes.round_in_voting(town, code_required=True)
    app = open_app("codes/codes_page.py", town.organiser, language, round=round_.slug)
    app.text_input(key=f"codes-{round_.id}-label").set_value("ПМГ")
    app.text_input(key=f"codes-{round_.id}-count").set_value("3")
    next(one for one in app.button if one.label in ("Направи кодовете", "Make the codes")).click().run()
    with reading() as session:
        (made,) = codes.batches(session, town.organiser, round_.id)
    finished(made.id)

    shown = app.run()
    text = "".join(one.proto.body for one in shown.get("html"))
    assert f'href="/slips/{made.id}/slips.pdf"' in text and sentence in text
    # In another browser of hers there is nothing to open, and it says so.
    text = "".join(
        one.proto.body
        for one in open_app("codes/codes_page.py", town.organiser, language, round=round_.slug).get("html")
    )
    assert "/slips/" not in text and closed in text


@pytest.mark.parametrize(
    ("language", "asked", "hint", "unknown"),
    [
        ("bg", "Номер на листчето", "от списъка на училището, например 12-345", "няма листче с такъв номер"),
        ("en", "Number of the code slip", "from the school’s hand-out sheet, for example 12-345", "has this number"),
    ],
)
def test_the_desk_asks_for_the_number_of_the_lost_slip(
    open_app: Any, town: worlds.Town, batch: tuple[int, tuple[str, ...]], language: str, asked: str, hint: str,
    unknown: str,
):  # fmt: skip
    batch_id, _ = batch
    boxes.release(town, boxes.rows("SELECT round_id FROM code_batch")[0][0], batch_id, clock.now())

    def ask(number: str) -> str:
        app = open_app("codes/desk_page.py", town.organiser, language, round="other")
        field = app.text_input(key="desk-code-form-code")
        assert asked in field.label and hint in field.label
        field.set_value(number)
        app = next(one for one in app.button if one.key == "desk-code-go").click().run()
        return "".join(one.proto.body for one in app.get("html"))

    assert unknown in ask(f"{batch_id}-13")
    shown = ask(f"№ {batch_id}-12")
    ((new,),) = boxes.rows("SELECT max(id) FROM code_batch")
    finished(new)
    assert f"№ {new}-1" in shown and 'g-slip"' in shown
