"""However often and in parallel a voter submits: one live ballot, one leaf a revision, no error but a refusal."""

from threading import Barrier, Thread

import pytest

from core import voting
from core.errors import BallotStale, GlasError
from core.store import transaction
from core.trust import slots
from tests import boxes
from tests.trust.sizes import SUBMITS, VOTERS

KNOWN = (BallotStale,)


def storm(town, voters, same):
    """Submit for every voter many times at once; return what each submit gave."""
    outcomes, jobs = [], [(voter, number) for number in range(SUBMITS) for voter in voters]
    start = Barrier(8)

    def work(part):
        start.wait()
        for voter, number in part:
            try:
                with transaction() as session:
                    receipt = voting.cast_ballot(
                        session, voter, town.round.id, [f"p0{number % 3 + 1}"], at=town.at, replaces=0,
                        request_id="the-request" if same else f"request-{number}",
                    )  # fmt: skip
                outcomes.append((voter.person_id, receipt.number, receipt.commitment))
            except GlasError as refusal:
                outcomes.append((voter.person_id, type(refusal), None))

    threads = [Thread(target=work, args=[jobs[at::8]]) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def box():
    """Return how many slots, leaves on the board or waiting, receipts and first ballots there are."""
    count = "SELECT (SELECT count(*) FROM slot), (SELECT count(*) FROM leaf) + (SELECT count(*) FROM pending_leaf)"
    (found,) = boxes.rows(count + ", (SELECT count(*) FROM receipt), (SELECT sum(ballots) FROM turnout_day)")
    return tuple(found)


@pytest.mark.parametrize("same", [True, False])
def test_parallel_double_submits_leave_one_ballot_each(town, same):
    voters = boxes.people(town, VOTERS)

    outcomes = storm(town, voters, same)

    assert len(outcomes) == VOTERS * SUBMITS
    assert box() == (VOTERS,) * 4
    receipts = {(who, number) for who, number, commitment in outcomes if commitment}
    assert len(receipts) == VOTERS
    assert {number for _who, number, commitment in outcomes if not commitment} <= set(KNOWN)
    if same:
        assert all(commitment for _who, _number, commitment in outcomes)


def test_control_without_a_keyed_slot_the_same_storm_fills_the_box(town, monkeypatch):
    monkeypatch.setattr(slots, "find", lambda *_args, **_more: None)
    monkeypatch.setattr(slots, "lookup", lambda *_: __import__("secrets").token_bytes(32))

    storm(town, boxes.people(town, 2), same=True)

    assert box()[0] > 2
