"""Live figures: one answer for every spectator, none of them dearer than the last."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core import clock, store, tally, voting
from core.phases import Phase
from core.tally import _live
from pages.tally import figures, live, live_route
from tests.helpers import boxes, worlds

URL = "/api/rounds/2026/live"


@pytest.fixture
def spectator(town: worlds.Town) -> TestClient:
    figures.forget()
    tally.forget()
    return TestClient(Starlette(routes=list(live_route.ROUTES)))


def vote(town: worlds.Town, *choices: str) -> None:
    with store.transaction() as session:
        voting.cast_ballot(
            session, town.resident, town.round.id, choices, at=clock.now(), request_id="request-0001", replaces=0
        )


def test_turnout_and_tally_follow_the_ballots(town, spectator):
    before = spectator.get(URL).json()
    vote(town, "p02")
    figures.forget()
    after = spectator.get(URL).json()

    assert (before["ballots"], after["ballots"]) == (0, 1)
    assert after["tally"]["rows"][0][:2] == ["p02", 1]


def test_unchanged_figures_are_not_sent_again(town, spectator):
    first = spectator.get(URL)

    again = spectator.get(URL, headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304 and not again.content


def test_within_a_second_nothing_is_asked_of_the_database(town, spectator, monkeypatch):
    spectator.get(URL)
    monkeypatch.setattr(figures, "_made", lambda *_: pytest.fail("asked again"))

    assert spectator.get(URL).status_code == 200


def asked_at(at, spectator, monkeypatch):
    """Return what a spectator is answered at a moment by the clock of the process."""
    figures.forget()
    monkeypatch.setattr(clock, "now", lambda: at)
    return spectator.get(URL)


def test_between_the_end_and_the_close_it_says_that_the_last_ballots_are_still_to_come(town, spectator, monkeypatch):
    vote(town, "p02")
    until = town.round.dates.voting_until
    running = asked_at(town.at, spectator, monkeypatch)
    closing = asked_at(until, spectator, monkeypatch)
    monkeypatch.undo()
    closed = boxes.end_voting(town.round.id)
    boxes.close(town, town.round.id, closed)
    figures.forget()
    final = spectator.get(URL)

    assert [each.json()["tally"]["state"] for each in (running, closing, final)] == ["running", "closing", "final"]
    assert len({each.headers["etag"] for each in (running, closing, final)}) == 3
    assert all(each.json()["tally"]["rows"][0][:2] == ["p02", 1] for each in (running, closing, final))


def test_figures_that_were_kept_are_told_anew_when_the_phase_turns(town, spectator, monkeypatch):
    # Nothing but the moment is another one, on the same day.
    until = town.round.dates.voting_until
    monkeypatch.setattr(figures, "SECONDS", -1)
    states = []
    for at in (until - timedelta(seconds=1), until):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        states.append(spectator.get(URL).json()["tally"]["state"])
    assert states == ["running", "closing"]


def test_a_tally_that_is_being_opened_again_and_a_void_one_say_so(town, spectator, monkeypatch):
    vote(town, "p02")
    tally.forget()
    monkeypatch.setattr(_live, "AT_ONCE", 0)
    assert spectator.get(URL).json()["tally"]["state"] == "opening"
    tally.settle("2026")
    boxes.change("UPDATE round SET voided_at = :at WHERE id = :id", at=town.at, id=town.round.id)
    figures.forget()
    assert spectator.get(URL).json()["tally"]["state"] == "void"


def test_the_page_has_words_for_every_state(town):
    words = live._words(Phase.voting, 20, 5)
    assert {"running", "opening", "closing", "final", "void"} <= words.keys()


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


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("bg", ["Първите числа идват след още 5 бюлетини.", "Първите числа идват след още 1 бюлетина."]),
        ("en", ["The first figures come after 5 more ballots.", "The first figures come after 1 more ballot."]),
    ],
)
def test_before_the_first_step_it_says_when_the_first_figures_come(town, spectator, language, said):
    round_ = boxes.round_in_voting(town, tally_step=3)
    told = []
    for number, voter in enumerate(boxes.people(town, 6), start=1):
        boxes.cast(town, voter, ["p01"], round_=round_)
        figures.forget()
        tally_now = spectator.get(f"/api/rounds/other/live?lang={language}").json()["tally"]
        if number in (1, 5):
            told.append(tally_now["none"])
        # No zeros, and no "0 ballots counted".
        assert (tally_now["ballots"], tally_now["rows"]) == ("", []) or number == 6
    assert told == said
    assert tally_now["rows"][0][:2] == ["p01", 3] and not tally_now.get("none")
