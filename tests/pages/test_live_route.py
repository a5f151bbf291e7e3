"""Live figures: one answer for every spectator, none of them dearer than the last."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, store, tally, voting
from core.permissions import Phase
from pages.endpoints import live
from pages.parts import live_figures
from tests import worlds

URL = "/api/rounds/2026/live"


@pytest.fixture
def spectator(town: worlds.Town) -> TestClient:
    live_figures.forget()
    tally.forget()
    return TestClient(Starlette(routes=list(live.ROUTES)))


def vote(town: worlds.Town, *choices: str) -> None:
    with store.transaction() as session:
        voting.cast_ballot(
            session, town.resident, town.round.id, choices, at=clock.now(), request_id="request-0001", replaces=0
        )


def test_turnout_and_tally_follow_the_ballots(town, spectator):
    before = spectator.get(URL).json()
    vote(town, "p02")
    live_figures.forget()
    after = spectator.get(URL).json()

    assert (before["ballots"], after["ballots"]) == (0, 1)
    assert after["tally"]["rows"][0][:2] == ["p02", 1]


def test_unchanged_figures_are_not_sent_again(town, spectator):
    first = spectator.get(URL)

    again = spectator.get(URL, headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304 and not again.content


def test_within_a_second_nothing_is_asked_of_the_database(town, spectator, monkeypatch):
    spectator.get(URL)
    monkeypatch.setattr(live_figures, "_made", lambda *_: pytest.fail("asked again"))

    assert spectator.get(URL).status_code == 200


@pytest.mark.parametrize("visibility", ["turnout", "sealed"])
def test_what_a_round_hides_is_not_in_the_answer(town, spectator, visibility):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="hidden", visibility=visibility)

    shown = spectator.get("/api/rounds/hidden/live")

    assert shown.json()["tally"] is None
    assert "p01" not in shown.text


def test_drafts_and_mistyped_rounds_are_not_found(town, spectator):
    with store.transaction() as session:
        worlds.round_in(session, town.municipality.id, Phase.preparation, town.at, slug="draft", published=False)

    assert spectator.get("/api/rounds/draft/live").status_code == 404
    assert spectator.get("/api/rounds/none/live").status_code == 404


def test_each_language_has_its_own_words(town, spectator):
    answers = {language: spectator.get(URL, params={"lang": language}) for language in ("bg", "en")}
    told = {language: json.loads(answer.text)["chart"] for language, answer in answers.items()}

    assert told["bg"] != told["en"]
