"""The closing second: what got the lock in time counts, nothing else does, whatever clock a process believes in."""

import time
from datetime import timedelta
from threading import Thread

import pytest

from core import clock, voting
from core.errors import VotingClosed
from core.store import transaction
from db import tables
from db.engine import database_now
from tests import boxes
from tests.trust.sizes import LAST_SECOND


def around_the_close(town, voters, seconds):
    """Let voters submit from before until after the end of voting; return receipts, refusals and commits too late."""
    with transaction() as session:
        row = session.get_one(tables.Round, town.round.id)
        row.voting_until = database_now(session) + timedelta(seconds=seconds)
        until = row.voting_until
    acknowledged, refused, late = [], [], []

    def work(part):
        for voter in part:
            try:
                with transaction() as session:
                    receipt = voting.cast_ballot(
                        session, voter, town.round.id, ["p01"], at=town.at, request_id="request-1", replaces=0
                    )
                    # Read after the lock was had; a moment's grace for the statements between.
                    if database_now(session) > until + timedelta(milliseconds=300):
                        late.append(receipt)
                acknowledged.append(receipt)
            except VotingClosed:
                refused.append(voter)
            time.sleep(seconds * 2 * 4 / len(voters))

    threads = [Thread(target=work, args=[voters[at::4]]) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return acknowledged, refused, late


def on_the_board(town):
    at = boxes.end_voting(town.round.id) if boxes.fresh(town.round.id).dates.voting_until > clock.now() else town.at
    closing = boxes.close(town, town.round.id, max(at, boxes.fresh(town.round.id).dates.voting_until))
    assert closing.final_root is not None
    return {bytes(commitment) for (commitment,) in boxes.rows("SELECT commitment FROM leaf")}


@pytest.mark.parametrize("skew", [-10, 0, 10])
def test_no_receipt_is_given_after_the_close_and_every_one_before_is_on_the_board(town, monkeypatch, skew):
    voters = boxes.people(town, LAST_SECOND)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=skew))

    acknowledged, refused, late = around_the_close(town, voters, seconds=0.6)
    monkeypatch.setattr(clock, "now", real)

    assert acknowledged and refused and not late
    assert on_the_board(town) == {receipt.commitment for receipt in acknowledged}


def test_control_a_vote_that_asks_the_process_clock_is_late(town, monkeypatch):
    voters = boxes.people(town, LAST_SECOND)
    slow = clock.now() - timedelta(minutes=10)
    monkeypatch.setattr(voting, "database_now", lambda _session: slow)

    _acknowledged, _refused, late = around_the_close(town, voters, seconds=0.6)

    assert late


def test_after_the_closing_no_clock_lets_a_ballot_in(town, monkeypatch):
    at = boxes.end_voting(town.round.id)
    boxes.close(town, town.round.id, at)
    monkeypatch.setattr(voting, "database_now", lambda _session: town.at)
    with pytest.raises(VotingClosed):
        boxes.cast(town, town.resident, ["p01"])
