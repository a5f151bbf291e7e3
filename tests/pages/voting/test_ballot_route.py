"""The vote over HTTP: every refusal has its status and its sentence, and one request is one ballot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, store, voting
from core.ballots.types import BallotRules
from core.errors import LogBroken, LogRolledBack
from core.people import sessions
from core.permissions import Actor
from core.phases import Phase
from db import tables
from pages.voting import ballot_route
from tests.helpers import worlds

URL = "/api/rounds/2026/ballot"
OURS = {"sec-fetch-site": "same-origin"}
Client = Callable[..., TestClient]


@pytest.fixture
def client(town: worlds.Town) -> Client:
    """Give a function that returns the browser of one of the town's people."""

    def of(who: Actor | None) -> TestClient:
        browser = TestClient(Starlette(routes=list(ballot_route.ROUTES)), headers=OURS)
        if who is not None:
            with store.transaction() as session:
                browser.cookies.set("glas", sessions.open_session(session, who, at=clock.now()))
        return browser

    return of


def cast(browser: TestClient, choices: Any = ("p01",), *, url: str = URL, **changes: Any) -> Any:
    body = {"request_id": "request-0001", "choices": list(choices), "replaces": 0, **changes}
    return browser.post(url, json=body)


def ballots(town: worlds.Town) -> Any:
    with store.reading() as session:
        return voting.my_ballot(session, town.resident, town.round.id)


def test_a_ballot_gets_a_receipt(town, client):
    answer = cast(client(town.resident), ["p02", "p01"])

    assert answer.status_code == 201
    told = answer.json()
    assert told["revision"] == 1 and told["request_id"] == "request-0001" and len(told["bars"]) == 24
    assert told["number"].count("-") == 3 and told["latin"].isascii()
    assert ballots(town).choices == ("p01", "p02")


def test_the_same_request_gets_the_same_receipt_and_one_ballot(town, client):
    browser = client(town.resident)

    first, second = cast(browser), cast(browser)

    assert first.json() == second.json()
    assert ballots(town).revision == 1


def test_the_status_is_known_to_the_voter_alone(town, client):
    cast(client(town.resident))

    assert client(town.resident).get(URL, params={"request_id": "request-0001"}).status_code == 200
    assert client(town.resident).get(URL, params={"request_id": "request-0002"}).status_code == 404
    assert client(town.neighbour).get(URL, params={"request_id": "request-0001"}).status_code == 404
    assert client(None).get(URL, params={"request_id": "request-0001"}).status_code == 401


def test_an_old_request_never_replaces_a_newer_ballot(town, client):
    browser = client(town.resident)
    cast(browser)
    cast(browser, ["p02"], request_id="request-0002", replaces=1)

    late = cast(browser, ["p03"], request_id="request-0003", replaces=1)

    assert late.status_code == 409
    assert late.json()["error"] == "stale" and late.json()["revision"] == 2
    assert ballots(town).choices == ("p02",)


def test_nobody_votes_without_signing_in(town, client):
    answer = cast(client(None))

    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


def test_a_sign_in_that_ran_out_is_told_from_one_that_was_ended(town, client):
    browser = client(town.resident)
    with store.transaction() as session:
        row = session.exec(select(tables.SignIn).where(tables.SignIn.person_id == town.resident.person_id)).one()
        row.seen_at = row.created_at = clock.now() - timedelta(hours=3)
    answer = cast(browser)
    assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")

    with store.transaction() as session:
        sessions.close_all(session, town.resident)
    answer = cast(browser)
    assert (answer.status_code, answer.json()["error"]) == (401, "signed_out")


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {}],
)
def test_other_sites_cannot_vote_for_their_visitors(town, client, headers):
    browser = client(town.resident)
    del browser.headers["sec-fetch-site"]
    browser.headers.update(headers)

    assert cast(browser).status_code == 403
    assert ballots(town) is None


@pytest.mark.parametrize("choices", [[], ["p01", "p02", "p03", "p04"], ["nothing"], ["p01", "p01"]])
def test_choices_that_make_no_ballot_are_refused_with_a_sentence(town, client, choices):
    answer = cast(client(town.resident), choices)

    assert (answer.status_code, answer.json()["error"]) == (422, "invalid")
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"[" * 5000,
        b"\xff",
        b'{"choices":[1]}',
        b'{"request_id":1,"choices":[],"replaces":0}',
        b'{"request_id":"request-0001","choices":"p01","replaces":0}',
        b'{"request_id":"request-0001","choices":["p01"],"replaces":true}',
    ],
)
def test_what_is_no_ballot_at_all_is_refused(town, client, body):
    assert client(town.resident).post(URL, content=body).status_code == 400


def test_a_body_without_end_is_not_read(town, client):
    answer = client(town.resident).post(URL, content=(b"x" * 1024 for _ in range(100)))

    assert answer.status_code == 413


def test_the_wrong_age_and_a_missing_code_are_told_apart(town, client):
    with store.transaction() as session:
        young = worlds.person(session, town.municipality, "young", frozenset(), town.at, birth_year=2013)
        worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="coded", code_required=True)

    too_young, no_code = cast(client(young)), cast(client(town.resident), url="/api/rounds/coded/ballot")

    assert too_young.status_code == no_code.status_code == 403
    assert too_young.json()["message"] != no_code.json()["message"]


@pytest.mark.parametrize(("phase", "word"), [(Phase.review, "not_open"), (Phase.counting, "closed")])
def test_before_and_after_voting_it_says_so(town, client, phase, word):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, phase, town.at, slug="other")

    answer = cast(client(town.resident), url="/api/rounds/other/ballot")

    assert (answer.status_code, answer.json()["error"]) == (409, word)


def test_a_round_that_is_not_there_is_not_found(town, client):
    assert cast(client(town.resident), url="/api/rounds/none/ballot").status_code == 404


def test_a_basket_over_the_budget_is_refused(town, client):
    with store.transaction() as session:
        rules = BallotRules("knapsack")
        worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="basket", ballot=rules)

    answer = cast(client(town.resident), ["p03", "p04", "p05"], url="/api/rounds/basket/ballot")

    assert answer.status_code == 422


def test_the_answer_speaks_the_language_of_the_page(town, client):
    in_english = client(None).post(URL + "?lang=en", json={"request_id": "request-0001", "choices": [], "replaces": 0})

    assert in_english.json()["message"].startswith("You are logged out")


HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def drawing() -> TestClient:
    from starlette.applications import Starlette

    from pages.voting import receipt_route

    return TestClient(Starlette(routes=list(receipt_route.ROUTES)))


def test_the_code_of_a_receipt_is_an_image_of_its_own(drawing: TestClient):
    packed = {"c": "A" * 43, "s": "A" * 86}

    drawn = drawing.post("/api/receipt", data={"round": "2026", "n": "12-PISMO-567-BODIL", **packed}, headers=HERE)
    assert drawn.status_code == 200 and drawn.headers["content-type"] == "image/svg+xml" and "<svg" in drawn.text
    assert drawn.headers["cache-control"] == "no-store"
    for wrong in ({"round": "2026", "n": "x" * 200, **packed}, {"round": "2026"}, {}):
        assert drawing.post("/api/receipt", data=wrong, headers=HERE).status_code == 404


def test_no_address_holds_a_receipt(drawing: TestClient, town, client):
    told = cast(client(town.resident)).json()
    query = told["link"].partition("?")[2]

    # The one address is that of the page where it is checked, opened when its owner wishes to.
    assert [name for name, value in told.items() if "/" in str(value)] == ["link", "line"]
    assert drawing.get(f"/api/receipt?{query}", headers=HERE).status_code == 405
    assert drawing.post(f"/api/receipt?{query}", headers=HERE).status_code == 404
    assert drawing.post("/api/receipt", content=query, headers=HERE).status_code == 200
    assert drawing.post("/api/receipt", content=query, headers={"sec-fetch-site": "cross-site"}).status_code == 403


@pytest.mark.parametrize("broken", [LogBroken(slug="2026"), LogRolledBack(slug="2026", found=3, expected=5)])
def test_a_board_that_was_altered_is_told_to_voter_and_operator_each_in_their_words(
    town, client, monkeypatch, caplog, broken
):
    def refuse(*_given: Any, **_named: Any) -> None:
        raise broken

    monkeypatch.setattr(voting, "cast_ballot", refuse)
    answer = cast(client(town.resident))

    assert (answer.status_code, answer.json()["error"]) == (409, "rests")
    assert "общината" in answer.json()["message"] and "одитор" not in answer.json()["message"]
    (line,) = [each for each in caplog.records if each.name == "glas.ballot"]
    assert "2026" in line.getMessage() and "auditor" in line.getMessage()
