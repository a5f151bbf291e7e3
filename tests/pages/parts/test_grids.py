"""Tables of staff pages: the frame, the HTML table and the file say the same; no spreadsheet finds a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from io import StringIO
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from core import clock, codes, ideas, rounds, store
from core.ideas import projects
from core.people import sessions
from core.permissions import Actor
from core.phases import Phase
from core.texts import Texts
from db import tables
from pages import server
from pages.ideas import ballot_table
from pages.parts import grids, i18n
from pages.parts.grids import Column, Grid
from pages.routes import routes
from tests.helpers import boxes, worlds
from tests.pages.conftest import Opener, html

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", " =1+1", "|cmd")


def a_ballot(town: worlds.Town, *, listed: int, ready: int = 0) -> rounds.Round:
    """Add a round that collects ideas, with so many of them on the ballot and so many that may join it."""
    with store.transaction() as session:
        made = worlds.round_in(
            session, town.municipality.id, Phase.ideas, town.at, slug="long", projects=False, published=False
        )
        for number in range(listed + ready):
            row = tables.Idea(
                round_id=made.id, author_id=town.resident.person_id, language="bg",
                title={"bg": f"Идея {number}", "en": f"Idea {number}"}, problem={"bg": "Няма."},
                solution={"bg": "Да има."}, cost=500_00 + number, status="accepted", created_at=town.at,
                updated_at=town.at, submitted_at=town.at, area_id=town.municipality.areas[0].id,
                category_id=town.municipality.categories[0].id,
            )  # fmt: skip
            session.add(row)
            session.flush()
            if number < listed:
                projects.put_on_ballot(session, town.organiser, tables.id_of(row), town.at)
    return made


def on_ballot(town: worlds.Town, round_id: int) -> dict[str, tuple[Texts, int]]:
    with store.reading() as session:
        return {one.code: (one.title, one.cost) for one in projects.projects(session, town.organiser, round_id)}


def twin(page: str) -> list[list[str]]:
    """Return the cells of the first HTML table beside a frame, the head first."""
    table = page.split("g-beside", 1)[1].split("<table", 1)[1].split("</table>", 1)[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in rows]


def walked(block: Any) -> Iterator[Any]:
    """Give every element and block of a page."""
    yield block
    for child in getattr(block, "children", {}).values():
        yield from walked(child)


def first_frame(app: AppTest) -> Any:
    """Return what the first data frame of the page shows."""
    found = next(one.proto for one in walked(app.main) if one.type in ("arrow_data_frame", "dataframe"))
    return convert_arrow_bytes_to_pandas_df(found.data if hasattr(found, "data") else found.arrow_data.data)


def test_a_list_of_120_projects_and_120_ideas_is_a_handful_of_elements(open_app: Opener, town: worlds.Town):
    a_ballot(town, listed=120, ready=120)

    app = open_app("ideas/ballot_list_page.py", town.organiser, round="long")

    assert not app.exception
    assert len(list(walked(app.main))) <= 40
    assert html(app).count("<tr>") == 2 * 121


@pytest.mark.parametrize("language", i18n.known())
def test_the_html_table_says_what_the_frame_says(language: str, open_app: Opener, town: worlds.Town):
    made = a_ballot(town, listed=3)

    app = open_app("ideas/ballot_list_page.py", town.organiser, language, round="long")

    frame = first_frame(app)
    head, *rows = twin(html(app))
    heads = {
        "bg": ["Заглавие на български", "Заглавие на английски", "Цена", "Населено място или квартал"],
        "en": ["Title in Bulgarian", "Title in English", "Cost", "Area"],
    }
    assert head == heads[language]
    assert [row[:2] for row in rows] == frame[["title_bg", "title_en"]].values.tolist()
    assert list(frame["cost"]) == [500.00, 500.01, 500.02]
    money = {"bg": ["500\u00a0€", "500,01\u00a0€", "500,02\u00a0€"], "en": ["€500", "€500.01", "€500.02"]}
    assert [row[2] for row in rows] == money[language]
    assert len(on_ballot(town, made.id)) == len(rows) == 3


def test_no_cell_of_a_file_is_a_formula():
    i18n.use("en")
    grid = Grid("t", "t", (Column("a", "=head"), Column("n", "Number", "number")), [(one, -5) for one in FORMULAS])

    head, *rows = csv.reader(StringIO(grids.csv(grid).removeprefix("\ufeff")))

    assert head == ["'=head", "Number"]
    assert [row[0] for row in rows] == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'=1+1", "'=1+1", "'＝1+1", "' =1+1", "'|cmd",
    ]  # fmt: skip
    assert {row[1] for row in rows} == {"-5"}


def test_a_file_keeps_moments_by_the_rounds_clock_and_money_as_it_is_typed():
    i18n.use("bg")
    columns = (Column("at", "Кога", "time"), Column("cost", "Цена", "money"), Column("none", "Няма", "number"))
    at = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)
    grid = Grid("t", "t", columns, [(at, 1950_50, None)], "EUR", "Europe/Sofia")

    rows = list(csv.reader(StringIO(grids.csv(grid).removeprefix("\ufeff")), delimiter=";"))

    assert rows == [["Кога", "Цена (EUR)", "Няма"], ["2026-07-02 00:30:00", "1950,50", ""]]
    assert (
        grids.words(grid, columns[1], 1950_50) == "1\u00a0950,50\u00a0€" and grids.words(grid, columns[2], None) == "–"
    )


@pytest.mark.parametrize(("language", "number"), [("bg", "%'\u00a0,d"), ("en", "%',,d")])
def test_a_columns_numbers_and_amounts_are_written_as_beside_it(language: str, number: str):
    i18n.use(language)
    columns = (Column("votes", "Votes", "number"), Column("cost", "Cost", "money"), Column("more", "More", "money"))
    grid = Grid("t", "t", columns, [(9_600, 9_600_00, None), (24_500, 24_500_00, 19_50)])

    written = [column["type_config"]["format"] for column in grids._config(grid).values()]

    assert written == [number, {"bg": "%'\u00a0,f\u00a0€", "en": "€%',,f"}[language], "euro"]
    assert grids.words(grid, columns[1], 9_600_00) == {"bg": "9\u00a0600\u00a0€", "en": "€9,600"}[language]


def fetched(address: str, who: Actor | None) -> tuple[int, str, str]:
    headers = {}
    if who is not None:
        with store.transaction() as session:
            headers["cookie"] = f"glas={sessions.open_session(session, who, at=clock.now(), second_step=True)}"
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours))
    answer = TestClient(app, base_url="http://127.0.0.1:8501").get(address, headers=headers)
    return answer.status_code, answer.headers.get("content-disposition", ""), answer.text


def test_the_file_beside_a_table_is_for_whoever_sees_the_table(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        made = worlds.round_in(
            session, town.municipality.id, Phase.ideas, town.at, slug="coded", code_required=True, projects=False
        )
        codes.make_batch(session, town.organiser, made.id, "=HYPERLINK(1)", 12, at=town.at)
    app = open_app("codes/codes_page.py", town.organiser, "en", round="coded")
    address = re.findall(r'href="(/private/[^"]+)" download="batches-coded.csv"', html(app))[0]

    status, name, body = fetched(address, town.organiser)

    assert (status, name) == (200, 'attachment; filename="batches-coded.csv"')
    assert body.removeprefix("\ufeff").splitlines() == [
        "School or place,State,Used,Unused,All",
        "'=HYPERLINK(1),waits for another organiser,0,12,12",
    ]
    assert fetched(address, town.resident)[0] == fetched(address, town.second_organiser)[0] == 404
    assert fetched(address, None)[0] == 401
    app.run()
    assert address in html(app), "the file is made once, not at every run"


def test_what_is_typed_into_rows_becomes_changes_of_their_projects(town: worlds.Town):
    made = a_ballot(town, listed=3)
    with store.reading() as session:
        listed = projects.projects(session, town.organiser, made.id)
    typed = {0: {"cost": 612.5}, 1: {"title_bg": "Нова", "title_en": None}, 2: {"cost": 500.02}}

    found = ballot_table.changes(listed, typed, "EUR")

    assert [(one.code, one.title, one.cost) for one in found] == [
        ("p01", Texts(bg="Идея 0", en="Idea 0"), 612_50), ("p02", Texts(bg="Нова"), 500_01),
    ]  # fmt: skip


def typing(monkeypatch: pytest.MonkeyPatch, typed: dict[int, dict[str, object]]) -> None:
    """Let the browser of the test have typed into the table when its button is pressed."""
    edit = grids.edit
    monkeypatch.setattr(grids, "edit", lambda *args: None if edit(*args) is None else typed)


def test_all_that_was_typed_is_saved_at_once(open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    made = a_ballot(town, listed=2)
    typing(monkeypatch, {0: {"cost": 700}, 1: {"title_bg": "Нова"}})
    app = open_app("ideas/ballot_list_page.py", town.organiser, "en", round="long")

    next(one for one in app.button if one.label == "Save the changes").click().run()

    assert "2 projects are saved." in html(app)
    assert on_ballot(town, made.id) == {
        "p01": (Texts(bg="Идея 0", en="Idea 0"), 700_00), "p02": (Texts(bg="Нова", en="Idea 1"), 500_01),
    }  # fmt: skip


def test_one_bad_row_saves_nothing_and_is_named(open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    made = a_ballot(town, listed=2)
    typing(monkeypatch, {0: {"cost": 700}, 1: {"cost": None}})
    app = open_app("ideas/ballot_list_page.py", town.organiser, "en", round="long")
    before = on_ballot(town, made.id)

    next(one for one in app.button if one.label == "Save the changes").click().run()

    assert [one.value.split(":")[0] for one in app.error] == ["Idea 1\\"]
    assert "must" in app.error[0].value or "between" in app.error[0].value
    assert on_ballot(town, made.id) == before
    # The same table stands there still, with what was typed.
    assert "ballot-saved" not in app.session_state


def test_nothing_typed_is_said(open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch):
    a_ballot(town, listed=1)
    app = open_app("ideas/ballot_list_page.py", town.organiser, "en", round="long")

    next(one for one in app.button if one.label == "Save the changes").click().run()

    assert [one.value for one in app.info] == ["Nothing was changed."]


def test_several_ideas_are_chosen_by_name(open_app: Opener, town: worlds.Town):
    made = a_ballot(town, listed=0, ready=3)
    app = open_app("ideas/ballot_list_page.py", town.organiser, "en", round="long")
    put = next(one for one in app.button if one.label == "Put the chosen ones on the ballot")

    put.click().run()
    assert [one.value for one in app.error] == ["Choose at least one idea."]
    with store.reading() as session:
        first, second, _third = sorted(
            one.id for one in ideas.ideas(session, town.organiser, made.id, status="accepted")
        )
    app.multiselect[0].set_value([first, second]).run()
    next(one for one in app.button if one.label == "Put the chosen ones on the ballot").click().run()

    assert "2 projects are now on the ballot." in html(app)
    assert sorted(title.exactly("bg") for title, _cost in on_ballot(town, made.id).values()) == ["Идея 0", "Идея 1"]


def test_a_locked_ballot_is_a_table_to_look_at(open_app: Opener, town: worlds.Town):
    boxes.cast(town, town.resident, ["p01"])

    app = open_app("ideas/ballot_list_page.py", town.organiser, "en", round=town.round.slug)

    assert "Save the changes" not in [one.label for one in app.button]
    assert twin(html(app))[0] == ["Project", "Cost", "Area"]


def test_figures_of_staff_are_metrics(open_app: Opener, town: worlds.Town):
    a_ballot(town, listed=2)

    app = open_app("ideas/ballot_list_page.py", town.organiser, "bg", round="long")

    assert [(one.label, one.value) for one in app.metric][:2] == [
        ("проекти", "2"),
        ("всички проекти заедно", "1\u00a0000,01\u00a0€"),
    ]


def test_the_journal_is_a_table_too(open_app: Opener, town: worlds.Town):
    a_ballot(town, listed=1)
    app = open_app("journal/journal_page.py", town.organiser, "en", round="long")
    i18n.use("en")  # AppTest words the options of a list outside the run
    assert "g-journal" in html(app) and "g-beside" not in html(app)

    app.session_state["journal-tabs-en"] = "As a table"
    app.run()

    assert "g-journal" not in html(app)
    head, newest, *_older = twin(html(app))
    assert head == ["When", "Who", "Role", "What", "More"]
    assert newest[1:] == ["organiser", "Organiser", "Put a project on the ballot", "Project: Idea 0 · Cost: €500"]
