"""The closing as two organisers do it: every step in a new visit, as after a broken one, and what the pages say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core import clock, closing, results, store
from core.closing import Closing, commission
from core.permissions import Action
from core.phases import Phase
from core.rounds import second_person
from core.rounds.steps import Step
from core.trust import lots
from db import tables
from pages.council import protocol_route
from pages.server import guard
from tests.helpers import boxes, voted, worlds
from tests.pages.conftest import Opener, html

Visit = Callable[..., AppTest]
PAGE = "closing/closing_page.py"


@pytest.fixture
def closed_round(town: worlds.Town) -> worlds.Town:
    """Give the town with a round in which twelve have voted and voting is over."""
    voted.vote(town, voted.voters(town, 12))
    voted.end(town)
    return town


@pytest.fixture
def visit(open_app: Opener, closed_round: worlds.Town) -> Visit:
    """Give a function that opens the page anew, as one of the organisers."""

    def opened(who: str = "organiser", script: str = PAGE) -> AppTest:
        app = open_app(script, closed_round.people[who], "en", round="2026")
        assert not app.exception
        return app

    return opened


def state(town: worlds.Town) -> Closing:
    with store.reading() as session:
        return closing.state(session, town.organiser, town.round.id, at=clock.now())


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


def told(app: AppTest) -> str:
    """Return everything that the browser was sent, and what the visit keeps."""
    return html(app) + repr(app.main) + repr(app.session_state)


def fill(app: AppTest, label: str, text: str) -> None:
    next(one for one in app.text_input if one.label.startswith(label)).set_value(text)


def test_two_people_close_a_round_and_every_step_can_be_interrupted(visit: Visit, closed_round: worlds.Town):
    town = closed_round
    press(visit(), "Ask to close the ballot box")
    assert "Asked by you" in html(visit()) and state(town).step is Step.close
    press(visit("second_organiser"), "Agree and close")
    assert state(town).step is Step.randomness

    app = visit()
    assert "Fixed at the close: ten throws of one die at the meeting." in html(app)
    fill(app, "What came up", "4 1 6 6 2")
    press(app, "Hand in the draw")
    assert "Ten throws give ten figures, here are 5." in html(app) and state(town).pending is None
    fill(app, "What came up", "4 1 6 6 2 3 5 1 2 6")
    press(app, "Hand in the draw")
    assert "You have typed in: 4166235126" in html(visit())
    other = visit("second_organiser")
    # The second person types what she has seen herself: the page does not tell her, in whatever form.
    assert "4166235126" not in told(other) and "4 1 6 6 2" not in html(other)
    fill(other, "What came up", "4166235125")
    press(other, "Confirm the draw")
    assert "Figure number 10 is not the one that the first person typed in." in html(other)
    assert state(town).step is Step.randomness
    fill(other, "What came up", "41662-35126")
    press(other, "Confirm the draw")
    assert (state(town).randomness, state(town).source) == ("4166235126", lots.DICE)

    assert state(town).step is Step.opening
    assert "Every ballot fits the board." in html(press(visit(), "Open the ballots"))
    press(visit("second_organiser"), "Work out the turnout")
    assert state(town).step is Step.count
    press(visit(), "Ask for the count")
    press(visit("second_organiser"), "Agree and count")
    assert state(town).step is Step.publish

    press(visit(), "Ask to publish the result")
    assert state(town).step is Step.publish
    press(visit("second_organiser"), "Agree and publish the result")
    assert state(town).step is Step.objection
    assert "Objections are possible until" in html(visit())


def test_others_vote_while_the_page_counts(
    visit: Visit, closed_round: worlds.Town, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    town, cast, count = closed_round, [], results.work_out
    boxes.until_count(town, town.round.id, clock.now())
    other = boxes.round_in_voting(town)
    press(visit(), "Ask for the count")

    def meanwhile(given: results.ToCount) -> results.Counted:
        cast.append(boxes.cast(town, town.resident, ["p01"], round_=other))
        return count(given)

    monkeypatch.setattr(results, "work_out", meanwhile)
    press(visit("second_organiser"), "Agree and count")

    assert len(cast) == 1 and state(town).step is Step.publish


def test_a_beacon_is_named_at_the_close_and_stands_in_the_protocol(
    visit: Visit, closed_round: worlds.Town, open_app: Opener, monkeypatch: pytest.MonkeyPatch
):
    town, named, value = closed_round, "drand quicknet, round 12345678", "5e1f" * 8
    app = visit()
    app.radio[0].set_value("beacon").run()
    press(app, "Ask to close the ballot box")
    assert "Name the beacon and its round" in html(app) and state(town).pending is None
    fill(app, "The beacon and its round", named)
    press(app, "Ask to close the ballot box")
    other = visit("second_organiser")
    # The second person is told what the first one chose, and has nothing to choose.
    assert f"the public beacon “{named}”" in html(other) and not other.radio and not other.text_input
    press(other, "Agree and close")
    assert state(town).source == lots.Source(named)

    fill(other, "What came up", boxes.DICE)
    press(other, "Hand in the draw")
    assert "at least the first 32" in html(other)
    fill(other, "What came up", value.upper() + " AB12")
    press(other, "Hand in the draw")
    app = visit()
    assert value not in told(app)
    fill(app, "What came up", value)
    press(app, "Confirm the draw")
    assert f"the public beacon “{named}”" in html(visit())
    monkeypatch.setattr(closing, "close", lambda *_args, **_more: None)
    monkeypatch.setattr(closing, "draw", lambda *_args, **_more: None)
    voted.close(town)
    shown = html(open_app("council/protocol_page.py", None, "en", round="2026"))
    assert named in shown and value in shown and "it must have come out after the ballot box was closed" in shown


def test_an_agreement_is_to_what_stood_on_the_screen(visit: Visit, closed_round: worlds.Town):
    town = closed_round
    press(visit(), "Ask to close the ballot box")
    other = visit("second_organiser")
    with store.transaction() as session:
        asked = boxes.consent(session, town.organiser, town.round.id, Action.close_vote)
        second_person.take_back(
            session, town.organiser, town.round.id, Action.close_vote, at=clock.now(), consent=asked
        )
        changed = lots.Source("another one")
        closing.close(session, town.organiser, town.round.id, changed, at=clock.now())

    press(other, "Agree and close")

    assert state(town).step is Step.close and "another one" in html(other)


def test_before_the_end_of_voting_the_steps_are_explained_and_nothing_can_be_pressed(
    open_app: Opener, town: worlds.Town
):
    app = open_app(PAGE, town.organiser, "en", round="2026")

    assert "The closing can begin on" in html(app) and html(app).count('g-closing__n"') == 7
    assert not app.button


def test_the_count_page_leads_to_the_closing(visit: Visit):
    app = visit(script="results/count_page.py")

    assert "/closing?round=2026" in html(app)
    assert not app.button


def test_the_protocol_is_a_draft_until_it_is_published(
    open_app: Opener, town: worlds.Town, monkeypatch: pytest.MonkeyPatch
):
    voted.vote(town, voted.voters(town, 12))
    monkeypatch.setattr(results, "publish", lambda *_args, **_more: None)
    voted.close(town)

    assert "No protocol yet" in html(open_app("council/protocol_page.py", None, "en", round="2026"))
    shown = html(open_app("council/protocol_page.py", town.organiser, "en", round="2026"))
    assert "Draft: the result is not published yet." in shown and "Seed = SHA-256" in shown
    assert "Fixed at the close: drawn by" in shown and "ten throws of one die at the meeting" in shown


@pytest.mark.parametrize("language", ["bg", "en"])
def test_everyone_can_download_a_published_protocol(town: worlds.Town, open_app: Opener, language: str):
    voted.vote(town, voted.voters(town, 12))
    voted.close(town)
    browser = TestClient(Starlette(routes=list(protocol_route.ROUTES)))

    answer = browser.get(f"/open/2026/protocol.pdf?lang={language}")

    assert answer.status_code == 200 and answer.content.startswith(b"%PDF-")
    # Who takes the paper in another language goes on reading in the old one.
    inside = TestClient(guard.Language(Starlette(routes=list(protocol_route.ROUTES))))
    assert "set-cookie" not in inside.get(f"/open/2026/protocol.pdf?lang={language}").headers
    assert inside.get(f"/protocol?lang={language}").headers["set-cookie"].startswith(f"lang={language};")
    assert browser.get("/open/nothing/protocol.pdf").status_code == 404
    shown = html(open_app("council/protocol_page.py", None, language, round="2026"))
    with store.reading() as session:
        found = closing.state(session, town.guest, town.round.id, at=clock.now())
    assert '"by"' not in shown and "&#34;by&#34;" not in shown and "[" not in shown.split("<dl")[-1]
    assert found.final_root and protocol_root(found.final_root) in shown
    # Who did it in office stands in it, and nobody who voted.
    assert "second_organiser" in shown and "voter3" not in shown


def protocol_root(root: bytes) -> str:
    from pages.parts import text as roots

    text = roots.groups(root)
    assert len(text.replace(" ", "")) == 52
    return text


def test_a_commission_sees_each_share_once_and_rehearses(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        made = worlds.round_in(
            session,
            town.municipality.id,
            Phase.preparation,
            town.at,
            slug="sealed",
            published=False,
            visibility="sealed",
        )
    app = open_app("closing/commission_page.py", town.organiser, "en", round="sealed")
    for seat, name in enumerate(("School", "Library", "Youth council"), start=1):
        fill(app, f"Seat {seat}", name)
    press(app, "Name them")
    press(app, "Split the key now")
    shares = []
    for label in ("It is on paper. Next seat", "It is on paper. Next seat", "It is on paper. Done"):
        shares.append(html(app).split("g-share")[1].split("<code>")[1].split("</code>")[0].replace("<wbr>", ""))
        press(app, label)
    assert len(set(shares)) == 3 and not any(share in html(app) for share in shares)

    app = open_app("closing/commission_page.py", town.second_organiser, "en", round="sealed")
    fill(app, "Share of one member", shares[0])
    fill(app, "Share of another member", shares[0])
    assert "not shares of two different people" in html(press(app, "Try to open"))
    fill(app, "Share of one member", shares[0])
    fill(app, "Share of another member", shares[1].lower().replace("-", " "))
    press(app, "Try to open")

    with store.reading() as session:
        members = commission.members(session, town.organiser, made.id)
    assert [bool(one.rehearsed_at) for one in members] == [True, True, False]


def test_two_members_open_a_sealed_round(open_app: Opener, town: worlds.Town):
    with store.transaction() as session:
        row = session.get_one(tables.Round, town.round.id)
        row.visibility, published, row.published_at = "sealed", row.published_at, None
        session.flush()
        commission.appoint(session, town.organiser, town.round.id, ("School", "Library", "Council"), at=town.at)
        shares = commission.split_key(session, town.organiser, town.round.id, at=town.at)
        for one, other in ((0, 1), (1, 2)):
            pair = shares[one].text, shares[other].text
            commission.rehearse(session, town.second_organiser, town.round.id, *pair, at=town.at)
        row.published_at = published
    voted.vote(town, voted.voters(town, 12))
    voted.end(town)
    at = clock.now()
    for organiser in (town.organiser, town.second_organiser):
        with store.transaction() as session:
            closing.close(session, organiser, town.round.id, at=at)
    for organiser in (town.organiser, town.second_organiser):
        with store.transaction() as session:
            closing.draw(session, organiser, town.round.id, boxes.DICE, at=at)

    app = open_app(PAGE, town.organiser, "en", round="2026")
    fill(app, "Share of one member", shares[2].text)
    fill(app, "Share of another member", shares[0].text[:-2])
    assert "mistyped or not complete" in html(press(app, "Open the ballots")) and state(town).step is Step.opening
    fill(app, "Share of another member", shares[0].text)
    press(app, "Open the ballots")

    assert state(town).step is Step.turnout and state(town).ballots == 12
    # Neither share is kept in the visit.
    assert not [one for one in app.text_input if one.value]
