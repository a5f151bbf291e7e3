"""However often and in parallel a voter submits: one live ballot, one leaf a revision, no error but a refusal."""

import asyncio
import secrets
from collections import Counter
from threading import Barrier, Thread

import httpx
import pytest
from starlette.applications import Starlette

from core import clock, voting
from core.errors import BallotStale, GlasError
from core.people import sessions
from core.store import transaction
from core.trust import slots
from pages import server
from pages.routes import routes
from tests.helpers import aside, boxes
from tests.helpers.sizes import HTTP_VOTERS, SUBMITS, VOTERS

KNOWN = {BallotStale.__name__}
HANDS = 8


def storm(town, voters, same):
    """Submit for every voter many times at once; return what each submit gave."""
    outcomes, start = [], Barrier(HANDS)

    def work(hand):
        for voter in voters:
            # All hands at one voter: only so do her own requests meet.
            start.wait(60)
            for number in range(hand, SUBMITS, HANDS):
                outcomes.append((voter.person_id, *submit(town, voter, number, same)))

    threads = [Thread(target=work, args=[hand]) for hand in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def submit(town, voter, number, same):
    """Return a receipt's number and no trouble, or no number and what the trouble was."""
    try:
        with transaction() as session:
            receipt = voting.cast_ballot(
                session, voter, town.round.id, [f"p0{number % 3 + 1}"], at=town.at, replaces=0,
                request_id="the-request" if same else f"request-{number}",
            )  # fmt: skip
        return receipt.number, None
    except Exception as trouble:  # noqa: BLE001 – counted, and looked at below
        return None, type(trouble).__name__ if isinstance(trouble, GlasError) else repr(trouble)


def box():
    """Return how many live ballots, slots, leaves on the board or waiting, receipts and first ballots there are."""
    live = "SELECT (SELECT count(*) FROM slot WHERE NOT withdrawn), (SELECT count(*) FROM slot), "
    leaves = "(SELECT count(*) FROM leaf) + (SELECT count(*) FROM pending_leaf), (SELECT count(*) FROM receipt), "
    (found,) = boxes.rows(live + leaves + "(SELECT sum(ballots) FROM turnout_day)")
    return tuple(found)


def figures(what, voters, submits, errors):
    live = box()[0]
    print(f"FIGURES {what} voters {voters} submits {submits} live {live} double {live - voters} errors {errors}")


@pytest.mark.parametrize("same", [True, False])
def test_parallel_double_submits_leave_one_ballot_each(town, same, monkeypatch):
    met, real = [], slots.write
    monkeypatch.setattr(slots, "write", lambda *all_: real(*all_) or met.append(1))

    outcomes = storm(town, boxes.people(town, VOTERS), same)

    troubles = Counter(trouble for _who, _number, trouble in outcomes if trouble)
    errors = sum(times for trouble, times in troubles.items() if trouble not in KNOWN)
    figures(f"{'same' if same else 'other'} requests, {len(met)} met at a slot:", VOTERS, len(outcomes), errors)
    assert len(outcomes) == VOTERS * SUBMITS
    assert box() == (VOTERS,) * 5
    assert troubles.keys() <= KNOWN
    receipts = {(who, number) for who, number, _trouble in outcomes if number}
    assert len(receipts) == VOTERS
    assert not same or not troubles


def test_control_without_a_keyed_slot_the_same_storm_fills_the_box(town, monkeypatch):
    monkeypatch.setattr(slots, "find", lambda *_args, **_more: None)
    monkeypatch.setattr(slots, "lookup", lambda *_: secrets.token_bytes(32))

    storm(town, boxes.people(town, 2), same=True)

    assert box()[0] > 2


# The same over HTTP: every layer that a browser's request passes


async def posts(voters, bodies):
    """Post every body for every voter, a voter's all at once; return the answers, (voter's place, answer)."""
    ours = routes()
    app = Starlette(routes=ours, middleware=server.layers(ours))
    way = httpx.ASGITransport(app, raise_app_exceptions=False)
    found = []
    async with httpx.AsyncClient(transport=way, base_url="http://127.0.0.1:8501", timeout=60) as client:
        for place, token in enumerate(voters):
            headers = {"sec-fetch-site": "same-origin", "cookie": f"glas={token}"}
            sent = [client.post("/api/rounds/2026/ballot", json=body, headers=headers) for body in bodies]
            found += [(place, answer) for answer in await asyncio.gather(*sent)]
    return found


def signed_in(voters):
    with transaction() as session:
        return [sessions.open_session(session, voter, at=clock.now()) for voter in voters]


def wave(tokens, replaces):
    """Have each voter send half of her requests under one id and the others under ids of their own."""
    ids = ["the-request" if number % 2 else f"request-{number}" for number in range(SUBMITS)]
    bodies = [
        {"request_id": f"{each}-{replaces}", "choices": [f"p0{number % 3 + 1}"], "replaces": replaces}
        for number, each in enumerate(ids)
    ]
    return aside.run(posts(tokens, bodies))


def test_a_storm_over_http_gets_a_receipt_or_a_refusal_and_never_an_error(town):
    tokens = signed_in(boxes.people(town, HTTP_VOTERS))

    answers = [wave(tokens, replaces) for replaces in (0, 1)]

    codes = Counter(answer.status_code for some in answers for _place, answer in some)
    figures("over HTTP", HTTP_VOTERS, sum(codes.values()), sum(codes[code] for code in codes if code >= 500))
    assert codes.keys() == {201, 409}
    assert box() == (HTTP_VOTERS, HTTP_VOTERS, 2 * HTTP_VOTERS, 2 * HTTP_VOTERS, HTTP_VOTERS)
    for revision, some in enumerate(answers, start=1):
        given = {(place, answer.json()["number"]) for place, answer in some if answer.status_code == 201}
        assert len(given) == HTTP_VOTERS
        refused = [answer.json() for _place, answer in some if answer.status_code == 409]
        assert {(told["error"], told["revision"]) for told in refused} == {("stale", revision)}


def test_control_an_error_inside_the_vote_is_seen_over_http(town, monkeypatch):
    def torn(*_):
        raise ConnectionError

    monkeypatch.setattr(slots, "write", torn)

    answers = wave(signed_in(boxes.people(town, 1)), 0)

    assert {answer.status_code for _place, answer in answers} == {500}
