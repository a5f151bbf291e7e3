"""The plain pages: the same words without scripts, nothing that is not public, no names of people."""

from __future__ import annotations

import asyncio
import re
from threading import Event
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, ideas, rounds, store
from core.imports import elections
from core.permissions import OPERATOR
from core.phases import Phase
from core.settings import settings
from core.texts import Texts
from db import tables
from pages import menu, server
from pages.council import protocol
from pages.parts import visit
from pages.plain import kept, previews, sheets
from pages.routes import routes
from pages.server import lanes, limits
from pages.server.static import File
from pages.trust import answers
from tests.core.imports.test_elections import APPROVAL
from tests.helpers import boxes, worlds
from tests.helpers.aside import run
from tests.pages.front.test_public_pages import counted

PATHS = sorted(sheets.SHEETS)
NAME = "Именко-Щ"


@pytest.fixture
def web(town: worlds.Town) -> TestClient:
    assert town
    visit.forget_town()
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours, previews.of))
    return TestClient(app, base_url=settings().url, follow_redirects=False)


@pytest.fixture
def idea_id(town: worlds.Town) -> int:
    """Give an accepted idea by somebody with a name."""
    with store.transaction() as session:
        author = worlds.person(session, town.municipality, NAME, frozenset(), town.at)
        row = tables.Idea(
            language="bg", round_id=town.round.id, author_id=author.person_id, status="accepted", cost=1_000_00,
            title={"bg": "Пейка до реката", "en": "A bench by the river"}, problem={"bg": "Няма къде да седнеш."},
            solution={"bg": "Пейка."}, created_at=town.at, updated_at=town.at, submitted_at=town.at,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return tables.id_of(row)


def test_each_plain_page_of_the_menu_is_drawn_by_a_sheet():
    assert {"/" + entry.path for entry in menu.ENTRIES if entry.plain} == set(sheets.SHEETS)


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("path", [path for path in PATHS if path not in ("/idea", "/protocol")])
def test_a_plain_page_is_whole_without_scripts_small_and_kept(web: TestClient, path: str, language: str):
    answer = web.get(menu.plain_path(language, path))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert "set-cookie" not in answer.headers and "script-src 'self'" in answer.headers["content-security-policy"]
    assert f'<html lang="{language}">' in answer.text and answer.text.count("<h1") == 1
    assert "<script" not in answer.text and " on" + "click" not in answer.text
    assert f'rel="canonical" href="{settings().url}{menu.plain_path(language, path)}"' in answer.text
    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', answer.text)
    assert len(answer.content) + sum(len(web.get(one).content) for one in styles) < 80_000
    again = web.get(menu.plain_path(language, path), headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_language_stands_in_the_address(web: TestClient):
    assert web.get("/plain", headers={"accept-language": "en"}).headers["location"] == "/plain/en"
    assert web.get("/plain/bg/").headers["location"] == "/plain/bg"
    assert ">Правила</h1>" in web.get("/plain/bg/rules", headers={"accept-language": "en"}).text
    assert ">Rules</h1>" in web.get("/plain/en/rules", headers={"accept-language": "bg"}).text
    assert web.get("/plain/de/rules").status_code == 404
    assert web.get("/plain/bg/vote").status_code == 404
    assert web.get("/plain/bg/journal").status_code == 404


def test_home_says_round_phase_dates_and_whom_to_ask(web: TestClient):
    html = web.get("/plain/bg").text

    assert "Младежки бюджет · Община Село" in html
    assert 'aria-current="step"' in html and "Гласуване" in html
    assert "Въпроси и помощ: budget@selo.bg" in html


def test_links_lead_to_plain_pages_where_there_are_and_else_into_glas(web: TestClient, idea_id: int):
    html = web.get("/plain/bg/ideas?round=2026").text

    assert f'href="/plain/bg/idea?round=2026&amp;id={idea_id}"' in html
    assert 'href="/plain/bg/rules?round=2026"' in html
    assert 'href="/ideas?round=2026"' in html, "the way into Glas"
    assert 'href="/vote?round=2026"' in web.get("/plain/bg?round=2026").text


def test_an_idea_has_its_own_page_without_the_name_of_its_author(web: TestClient, idea_id: int):
    html = web.get(f"/plain/bg/idea?id={idea_id}").text

    assert "Пейка до реката" in html and "Няма къде да седнеш." in html
    assert "<title>Пейка до реката · Глас</title>" in html
    assert '<meta property="og:description" content="Няма къде да седнеш.">' in html
    every = [menu.plain_path(one, path) for one in ("bg", "en") for path in PATHS] + ["/sitemap.xml"]
    assert [path for path in (*every, f"/plain/bg/idea?id={idea_id}") if NAME in web.get(path).text] == []


def test_control_the_name_is_there_to_be_shown(town: worlds.Town, idea_id: int):
    with store.reading() as session:
        assert ideas.idea(session, town.guest, idea_id).author == NAME


@pytest.mark.parametrize("status", ["draft", "waiting", "returned", "withdrawn", "not_shown"])
def test_an_idea_that_is_not_public_is_not_there(web: TestClient, idea_id: int, status: str):
    assert f"/idea?id={idea_id}<" in web.get("/sitemap.xml").text
    with store.transaction() as session:
        session.get_one(tables.Idea, idea_id).status = status

    answer = web.get(f"/plain/bg/idea?id={idea_id}")

    assert answer.status_code == 404 and answer.headers["cache-control"] == "no-store"
    assert "Няма такава идея" in answer.text and "Пейка" not in answer.text
    assert "Пейка" not in web.get("/plain/bg/ideas").text
    assert f"/idea?id={idea_id}<" not in web.get("/sitemap.xml").text
    assert "Пейка" not in web.get(f"/idea?id={idea_id}").text


@pytest.mark.parametrize("number", ["", "0", "x", "-1", "9" * 400, "٣", "1e3", "99"])
def test_an_odd_number_is_no_idea(web: TestClient, number: str):
    assert web.get("/plain/bg/idea", params={"id": number}).status_code == 404


@pytest.mark.parametrize("address", [
    "/rules?round=none", "/projects?project=none", "/ideas?page=2", "/projects?page=99999", "/protocol",
])  # fmt: skip
def test_what_is_not_there_is_said_with_404(web: TestClient, idea_id: int, address: str):
    assert idea_id
    answer = web.get(menu.plain_path("bg", address))

    assert answer.status_code == 404 and "<h1" in answer.text and 'content="noindex"' in answer.text


def test_a_project_has_its_own_page(web: TestClient):
    html = web.get("/plain/en/projects?round=2026&project=p02").text

    assert "<title>Project p02 · Glas</title>" in html and "€2,000" in html
    assert "Project p03" not in html


def test_long_lists_come_in_parts(web: TestClient, town: worlds.Town):
    with store.transaction() as session:
        session.add_all(
            tables.Project(
                round_id=town.round.id, code=f"x{n:03}", title={"bg": f"Още {n}"}, cost=100, position=n, lot=n,
            )
            for n in range(10, 40)
        )  # fmt: skip

    first, second = web.get("/plain/bg/projects").text, web.get("/plain/bg/projects?page=2").text

    assert first.count("g-idea") == 24 and second.count("g-idea") == 11
    assert 'href="/plain/bg/projects?page=2"' in first and 'href="/plain/bg/projects"' in second


def test_a_published_result_is_told_with_its_reasons(web: TestClient, town: worlds.Town):
    slug = counted(town, ["p05"], ["p05", "p04"], ["p05"], ["p03"])

    html = web.get(f"/plain/bg/results?round={slug}").text

    assert "2 проекта за 8 000 €" in html.replace("\u00a0", " ") and "Проект p05" in html
    assert "Няма нито един глас." in html or "Никой не гласува за него." in html


HOME = Texts(bg="Внесени избори", en="Imported elections")
KINDS = ("published", "nobody", "void", "imported", "draft", "turnout", "sealed", "ended")


def of_kind(town: worlds.Town, kind: str) -> str:
    """Return the name of a round of a kind."""
    at = town.at
    if kind in ("published", "nobody"):
        return counted(town, *([] if kind == "nobody" else [["p05"], ["p04"]]))
    if kind == "void":
        boxes.void_round(town, town.round.id, at)
        return town.round.slug
    if kind == "imported":
        return elections.import_election(store.transaction, OPERATOR, APPROVAL.encode(), home=HOME, at=at).slug
    if kind == "draft":
        with store.transaction() as session:
            return worlds.round_in(
                session, town.municipality.id, Phase.preparation, at, slug=kind, published=False
            ).slug
    if kind == "ended":
        round_ = boxes.round_in_voting(town, kind)
        boxes.end_voting(round_.id)
        return round_.slug
    return boxes.round_in_voting(town, kind, visibility=kind).slug


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_and_its_plain_page_open_whatever_became_of_the_round(
    web: TestClient, town: worlds.Town, kind: str, caplog: pytest.LogCaptureFixture
):
    slug = of_kind(town, kind)
    own = [path for path in PATHS if path not in ("/idea", "/board", "/about", "/privacy")]
    found = {
        language: {path: web.get(menu.plain_path(language, f"{path}?round={slug}")).status_code for path in own}
        for language in ("bg", "en")
    }
    shells = {path: web.get(f"{path}?round={slug}").status_code for path in own}

    there = 404 if kind == "draft" else 200
    protocol = 200 if kind in ("published", "nobody") else 404
    expected = {path: protocol if path == "/protocol" else there for path in own}
    assert found == {"bg": expected, "en": expected} and shells == dict.fromkeys(own, 200)
    assert "broke" not in caplog.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("bg", "Имената на хората, които са затворили, теглили, преброили и публикували, стоят в протокола в Глас "
               "и в неговия PDF."),
        ("en", "The names of who closed, drew, counted and published stand in the protocol on Glas and in its PDF."),
    ],
)  # fmt: skip
def test_the_plain_protocol_names_nobody_and_says_where_the_names_stand(
    web: TestClient, town: worlds.Town, language: str, said: str
):
    slug = counted(town, ["p05"], ["p04"])
    with store.transaction() as session:
        for organiser in (town.organiser, town.second_organiser):
            session.get_one(tables.Person, organiser.person_id).nickname = f"{NAME}-{organiser.person_id}"

    html = web.get(f"/plain/{language}/protocol?round={slug}").text

    assert NAME not in html and said in html
    # Control: on Glas the names are there to be shown.
    with store.reading() as session:
        round_ = rounds.round_by_slug(session, slug, town.guest)
        told = protocol.protocol(protocol.source(session, town.guest, round_, at=clock.now()))
    assert NAME in str([part.rows for part in told.parts])


def test_search_engines_are_sent_to_no_paper_with_names(web: TestClient, town: worlds.Town):
    slug = counted(town, ["p05"], ["p04"])

    sitemap, robots = web.get("/sitemap.xml").text, web.get("/robots.txt").text.splitlines()

    assert f"/plain/bg/protocol?round={slug}<" in sitemap
    assert f"{settings().url}/protocol" not in sitemap and "protocol.pdf" not in sitemap
    assert {"Disallow: /protocol", "Disallow: /open/*/protocol.pdf"} <= set(robots)
    assert not any(line.startswith("Disallow: /plain") for line in robots)


def test_a_preview_that_breaks_leaves_the_page_whole_and_is_written_down(
    web: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(previews, "_outcome", lambda _round: 1 // 0)

    shell, plain = web.get("/results?round=2026"), web.get("/plain/bg/results?round=2026")

    assert (shell.status_code, plain.status_code) == (200, 200)
    assert "<title>Резултати · Глас</title>" in shell.text and "<title>Резултати · Глас</title>" in plain.text
    assert len(re.findall(r"Preview broke, reference [0-9A-F-]{9}: ZeroDivisionError at ", caplog.text)) == 2


SPELLINGS = (
    "/ideas?page=2",
    "/ideas?page=02",
    "/ideas?page=" + "0" * 200 + "2",
    "/ideas?x=1&page=2",
    "/ideas?page=9&page=2",
)
FIRST = (
    "/ideas", "/ideas?page=1", "/ideas?page=0001", "/ideas?page=0", "/ideas?page=x", "/ideas?page=٢", "/ideas?page=-2",
    "/ideas?page=", "/ideas?utm_source=a", "/ideas?page=" + "9" * 4_000,
)  # fmt: skip


def many_ideas(town: worlds.Town) -> None:
    with store.transaction() as session:
        session.add_all(
            tables.Idea(
                language="bg", round_id=town.round.id, status="accepted", title={"bg": f"Идея {n}"}, created_at=town.at,
                problem={"bg": "Защо"}, solution={"bg": "Как"}, updated_at=town.at, submitted_at=town.at,
            )
            for n in range(30)
        )  # fmt: skip


@pytest.mark.parametrize(("spellings", "canonical"), [(SPELLINGS, "/ideas?page=2"), (FIRST, "/ideas")])
def test_a_page_has_one_address_however_it_is_spelled_and_is_made_once(
    web: TestClient, town: worlds.Town, monkeypatch: pytest.MonkeyPatch, spellings: tuple[str, ...], canonical: str
):
    many_ideas(town)
    made: list[str] = []
    make = sheets.sheet
    monkeypatch.setattr(sheets, "sheet", lambda path, *more: made.append(path) or make(path, *more))

    told = [web.get(menu.plain_path("bg", one)) for one in spellings]

    assert {one.status_code for one in told} == {200} and len({one.text for one in told}) == 1
    assert f'rel="canonical" href="{settings().url}/plain/bg{canonical}"' in told[0].text
    assert made == ["/ideas"]


@pytest.mark.parametrize(("asked_for", "address"), [
    ("/ideas?round=2026&page=0002", "/ideas?round=2026&amp;page=2"), ("/ideas?round=2026&page=٢", "/ideas?round=2026"),
    ("/projects?round=2026&project=p02&page=7", "/projects?round=2026&amp;project=p02"),
])  # fmt: skip
def test_a_shared_address_is_named_in_one_spelling(web: TestClient, asked_for: str, address: str):
    assert f'<meta property="og:url" content="{settings().url}{address}">' in web.get(asked_for).text


def test_what_is_kept_of_a_page_goes_after_a_minute_in_all(
    web: TestClient, idea_id: int, monkeypatch: pytest.MonkeyPatch
):
    now = [1_000.0]
    monkeypatch.setattr(kept, "time", SimpleNamespace(monotonic=lambda: now[0]))
    address, said = f"/plain/bg/idea?id={idea_id}", []
    assert web.get(address).headers["cache-control"] == "public, max-age=60"
    with store.transaction() as session:
        session.get_one(tables.Idea, idea_id).status = "withdrawn"

    for seconds in (40, 19, 1):
        now[0] += seconds
        answer = web.get(address)
        said.append((answer.status_code, answer.headers["cache-control"]))

    assert said == [(200, "public, max-age=20"), (200, "public, max-age=1"), (404, "no-store")]


def test_what_is_not_there_is_not_kept(web: TestClient, idea_id: int):
    for number in range(10):
        assert web.get(f"/plain/bg/idea?id={idea_id + 1 + number}").status_code == 404
        assert web.get(f"/plain/bg/rules?round=none{number}").status_code == 404

    assert not kept._kept


def test_plain_pages_are_kept_up_to_so_many_bytes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kept, "MOST", 100)
    for number in range(9):
        kept.keep(number, kept.Made(File(b"x" * 30, "text/html", "", {}), True))

    assert list(kept._kept) == [6, 7, 8]
    kept.keep("large", kept.Made(File(b"x" * 101, "text/html", "", {}), True))
    assert not kept._kept


async def looked_up(monkeypatch: pytest.MonkeyPatch, patience: float) -> tuple[int | None, int, set[int]]:
    """Return how the log was answered while a hundred waited for plain pages, how many were made, and their answers."""
    opened, begun, make = Event(), list[str](), sheets.sheet

    def held(path: str, *more: Any) -> Any:
        begun.append(path)
        assert opened.wait(60)
        return make(path, *more)

    monkeypatch.setattr(sheets, "sheet", held)
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours, previews.of))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=settings().url, timeout=60) as client:
        crowd = [asyncio.create_task(client.get(f"/plain/bg/ideas?page={n + 1}")) for n in range(100)]
        async with asyncio.timeout(20):
            while not begun:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)  # the rest of the crowd stands in its queue by now
        code, at_once = None, len(begun)
        try:
            async with asyncio.timeout(patience):
                code = (await client.get("/log/2026/key")).status_code
        except TimeoutError:
            pass
        opened.set()
        return code, at_once, {(await each).status_code for each in crowd}


def test_the_log_is_answered_while_a_hundred_wait_for_plain_pages(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    many_ideas(town)
    boxes.cast(town, town.resident, ["p01"])
    visit.forget_town()
    assert run(looked_up(monkeypatch, 60)) == (200, 1, {200, 404})


def test_control_in_the_lane_of_looks_the_log_waits(town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    many_ideas(town)
    boxes.cast(town, town.resident, ["p01"])
    visit.forget_town()
    monkeypatch.setattr(lanes, "PLAIN", lanes.LOOKS)
    assert run(looked_up(monkeypatch, 1)) == (None, 2, {200, 404})


HOSTILE = (
    '"><script>alert(1)</script>', "<img src=x onerror=alert(1)>", "{{ 7*7 }}{% raw %}", '<a href="/ideas">x</a>',
    "javascript:alert(1)", "' onmouseover='alert(1)", "</title></head><body>", "&lt;script&gt;", "%3Cscript%3E",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_only_text(web: TestClient, town: worlds.Town, idea_id: int, text: str):
    with store.transaction() as session:
        idea = session.get_one(tables.Idea, idea_id)
        idea.title = idea.problem = idea.solution = {"bg": text}
        idea.place = text
        row = session.exec(tables.Project.__table__.select()).first()  # type: ignore[attr-defined]
        project = session.get_one(tables.Project, row.id)
        project.title = project.text = {"bg": text}
        session.get_one(tables.Round, town.round.id).titles = {"bg": text}
    for address in (f"/idea?id={idea_id}", "/ideas", "/projects", f"/projects?round=2026&project={project.code}", "/"):
        html = web.get(menu.plain_path("bg", address)).text
        assert "<script" not in html and "<img src=x" not in html and '<a href="/plain/bg/ideas">x' not in html
        assert " onerror=" not in re.sub(r"&lt;.*?&gt;", "", html) and "onmouseover='" not in html
        assert html.count("</title>") == 1 and html.count("<body") == 1
    shell = web.get(f"/idea?id={idea_id}").text
    assert shell.count("</title>") == 1 and "<img src=x" not in shell and "alert(1)</script>" not in shell


OURS = {"sec-fetch-site": "same-origin"}


def test_the_board_answers_a_form_and_puts_no_number_in_an_address(web: TestClient, town: worlds.Town):
    number = boxes.cast(town, town.resident, ["p01"]).number
    form = web.get("/plain/bg/board").text
    assert 'method="post" action="/plain/bg/board"' in form and 'name="number"' in form

    answer = web.post("/plain/bg/board", data={"number": number}, headers=OURS)

    assert answer.status_code == 200 and "Приета." in answer.text and number.split("-")[1] in answer.text
    assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    assert not any(number.split("-")[1] in href for href in re.findall(r'(?:href|action)="([^"]*)"', answer.text))
    assert "Not found." in web.post("/plain/en/board", data={"number": "11-КЛЕН-309-РЕКА"}, headers=OURS).text
    # Asked for in the address, nothing is told.
    assert web.get("/plain/bg/board", params={"number": number}).text == form


def test_the_board_answers_our_own_page_only_and_at_its_pace(web: TestClient, monkeypatch: pytest.MonkeyPatch):
    assert web.post("/plain/bg/board", data={"number": "x"}).status_code == 403
    assert (
        web.post("/plain/bg/board", data={"number": "x"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    )
    monkeypatch.setattr(answers, "PACE", limits.Pace(at_once=2, per_second=0.0))

    told = [web.post("/plain/bg/board", data={"number": "x"}, headers=OURS) for _try in range(3)]

    assert [one.status_code for one in told] == [200, 200, 429] and "Малко по-бавно." in told[-1].text


def test_a_shared_address_says_what_it_is_about(web: TestClient, town: worlds.Town, idea_id: int):
    def said(address: str, name: str, language: str = "bg") -> str:
        html = web.get(address, headers={"accept-language": language}).text
        (found,) = re.findall(rf'<meta property="og:{name}" content="([^"]*)">', html)
        return str(found)

    base = settings().url
    assert said(f"/idea?id={idea_id}", "title") == "Пейка до реката · Глас"
    assert said(f"/idea?id={idea_id}", "title", "en") == "A bench by the river · Glas"
    assert said(f"/idea?round=2026&id={idea_id}", "url") == f"{base}/idea?id={idea_id}"
    assert said("/idea?id=9999", "title") == "Идея · Глас"
    assert said("/projects?round=2026&project=p02", "title") == "Проект p02 · Глас"
    assert said("/projects?round=2026&project=p02", "url") == f"{base}/projects?round=2026&amp;project=p02"
    assert said("/results?round=2026", "title") == "Резултати: Младежки бюджет · Глас"
    assert said("/results?round=none", "title") == "Резултати · Глас"
    slug = counted(town, ["p05"], ["p05", "p04"], ["p05"], ["p03"])
    assert said(f"/results?round={slug}", "description").replace("\u00a0", " ") == "2 проекта за 8 000 €"


def test_machines_find_what_they_look_for(web: TestClient, idea_id: int):
    base = settings().url

    robots = web.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain") and f"Sitemap: {base}/sitemap.xml" in robots.text
    sitemap = web.get("/sitemap.xml").text
    for one in ("/plain/bg", "/plain/en/rules?round=2026", f"/plain/bg/idea?id={idea_id}",
                "/plain/bg/projects?round=2026&amp;project=p01"):  # fmt: skip
        assert f"<loc>{base}{one}</loc>" in sitemap
    assert [one for one in re.findall(r"<loc>(.*?)</loc>", sitemap)
            if web.get(one.replace("&amp;", "&")).status_code != 200] == []  # fmt: skip
    told = web.get("/.well-known/security.txt").text
    assert "Contact: mailto:budget@selo.bg\n" in told and re.search(r"^Expires: 20\d\d-\d\d-\d\dT", told, re.MULTILINE)
