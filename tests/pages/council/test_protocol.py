"""The protocol is a paper that a commission can check without the site, and file."""

from __future__ import annotations

import dataclasses
import re
import zlib
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, codes, rounds
from core.store import reading, transaction
from db import tables
from pages.council import protocol, protocol_pdf, protocol_route
from pages.council.part import Part
from pages.council.protocol import Protocol
from pages.parts import i18n
from tests.helpers import boxes, voted, worlds

REASON = "В гимназията нямаше ток два дни."


@pytest.fixture
def closed(town: worlds.Town) -> worlds.Town:
    """Give a town whose round had codes, was prolonged, closed and published by two people."""
    for label, count in (("ПМГ", 120), ("Библиотека", 40)):
        with transaction() as session:
            new = codes.make_batch(session, town.organiser, town.round.id, label, count, at=town.at)
            batch = codes.batch_of(session, town.organiser, town.round.id, new[0])
        if label == "ПМГ":
            boxes.release(town, town.round.id, batch, town.at)
    voted.vote(town, voted.voters(town, 34))
    with reading() as session:
        before = rounds.round_by_slug(session, "2026", town.guest).dates
    until = before.voting_until + timedelta(days=1)
    boxes.change_round(town, town.round.id, town.at, REASON, dates=dataclasses.replace(before, voting_until=until))
    voted.close(town)
    return town


def written(town: worlds.Town, language: str) -> Protocol:
    i18n.use(language)
    with reading() as session:
        round_ = rounds.round_by_slug(session, "2026", town.guest)
        return protocol.protocol(protocol.source(session, town.guest, round_, at=clock.now()))


def part(told: Protocol, title: str) -> Part:
    return next(one for one in told.parts if one.title == title)


@pytest.mark.parametrize(
    ("language", "votes", "round_", "who", "changed", "code", "budget"),
    [
        ("bg", "Проекти и гласове", "Изданието", "Кой какво направи", "Променено след публикуването",
         "Кодове за участие", "Бюджет"),
        ("en", "Projects and votes", "The round", "Who did what", "Changed after publication", "Participation codes",
         "Budget"),
    ],
)  # fmt: skip
def test_it_holds_what_a_commission_checks(
    closed: worlds.Town, language: str, votes: str, round_: str, who: str, changed: str, code: str, budget: str
):
    told = written(closed, language)

    table = part(told, votes)
    counted = [int(row[2]) for row in table.rows]
    assert len(table.rows) == 5 and counted == sorted(counted, reverse=True) and sum(counted) > 34
    assert {len(row) for row in table.rows} == {5}
    assert dict(part(told, round_).pairs)[budget].replace("\u00a0", " ") in ("9 000 €", "€9,000")
    assert {row[1:] for row in part(told, who).rows} == {("organiser", "second_organiser")}
    assert len(part(told, who).rows) == 4
    assert REASON in " ".join(part(told, changed).lines)
    assert [text for _name, text in part(told, code).pairs[:3]] == ["160", "120", "0"]
    assert told.number.startswith("№ 2026 · ")


@pytest.mark.parametrize("language", ["bg", "en"])
def test_it_is_read_aloud_in_its_language_with_headings(closed: worlds.Town, language: str):
    made = protocol_pdf.pdf(written(closed, language))

    assert f"/Lang ({language})".encode() in made and b"/DisplayDocTitle true" in made
    assert b"/Marked true" in made and b"/StructTreeRoot" in made
    assert made.count(b"/S /H1\n") == 1 and made.count(b"/S /H2\n") >= 9 and made.count(b"/S /P\n") > 60
    for page in pages(made):
        # Each tag ends on the page on which it begins.
        assert page.count(b"BDC") + page.count(b"BMC") == page.count(b"EMC") > 3


@pytest.mark.parametrize("language", ["bg", "en"])
@pytest.mark.parametrize("more", range(0, 60, 6))
def test_no_page_is_nearly_empty_and_the_signatures_stand_with_a_part(
    closed: worlds.Town, monkeypatch: pytest.MonkeyPatch, language: str, more: int
):
    told = written(closed, language)
    rows = [*part(told, "Проекти и гласове" if language == "bg" else "Projects and votes").rows]
    longer = [
        dataclasses.replace(one, rows=[*one.rows, *rows[:1] * more]) if len(one.rows) == len(rows) else one
        for one in told.parts
    ]
    left: list[tuple[int, float, str]] = []
    write = protocol_pdf._Paper.multi_cell

    def noted(paper: Any, *what: Any, **how: Any) -> Any:
        if not how.get("dry_run"):
            left.append((paper.page, paper.get_y(), str(how.get("text", what[2] if len(what) > 2 else ""))))
        return write(paper, *what, **how)

    monkeypatch.setattr(protocol_pdf._Paper, "multi_cell", noted)
    protocol_pdf.pdf(dataclasses.replace(told, parts=longer))

    signed = next(page for page, _, text in left if text in ("Подписи", "Signatures"))
    assert [text for page, _, text in left if page == signed and text == longer[-1].title]
    # On every page but the last something stands in its lower half.
    for page in range(1, signed):
        assert max(y for at, y, _ in left if at == page) > 100


def pages(made: bytes) -> list[bytes]:
    """Return the contents of the pages."""
    found = [zlib.decompress(body) for body in re.findall(rb"/FlateDecode.{0,80}?stream\n(.*?)\nendstream", made, re.S)]
    return [one for one in found if b" Tf" in one]


def test_a_hidden_name_is_on_no_paper_from_then_on(closed: worlds.Town):
    browser = TestClient(Starlette(routes=list(protocol_route.ROUTES)))
    first = browser.get("/open/2026/protocol.pdf?lang=bg").content
    assert first == browser.get("/open/2026/protocol.pdf?lang=bg").content
    boxes.change("UPDATE person SET pseudonym = 'another' WHERE nickname = 'organiser'")
    assert browser.get("/open/2026/protocol.pdf?lang=bg").content != first


@pytest.mark.parametrize("stored", [True, False])
def test_who_voted_is_told_by_the_names_that_areas_had_then(closed: worlds.Town, stored: bool):
    with transaction() as session:
        row = session.get_one(tables.Round, closed.round.id)
        assert row.turnout["names"]["gara"] == {"bg": "Гара", "en": "Station"}
        row.turnout = {**row.turnout, "areas": [["center", 20], ["gara", 14]]}
        if not stored:  # as rounds were closed before
            row.turnout = {name: what for name, what in row.turnout.items() if name != "names"}
        for place, name in zip(closed.municipality.areas, ("Първо", "Второ"), strict=True):
            session.get_one(tables.Area, place.id).names = {"bg": name}

    groups = [row[1] for row in part(written(closed, "bg"), "Кой гласува").rows]
    assert groups[-2:] == (["Център", "Гара"] if stored else ["Първо", "Второ"])
