"""What has come since the last batch lies in one sealed box, and everything goes on as if it lay in its rows."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert

from core import tally, voting
from core.errors import BallotStale, KeyMissing
from core.store import reading, transaction
from core.trust import board, keys, readiness, slots, waiting
from core.voting import receipts
from core.voting.receipts import ReceiptState
from db import tables
from tests.helpers import boxes

K = 3


@pytest.fixture
def round_(town):
    tally.forget()
    return boxes.round_in_voting(town, tally_step=K)


def inside(round_):
    with reading() as session:
        return waiting.opened(session.connection(), round_.id).entries


def rows_of(round_):
    names = ("slot", "receipt", "pending_leaf", "leaf")
    return [len(boxes.rows(f"SELECT 1 FROM {name} WHERE round_id = :id", id=round_.id)) for name in names]


@pytest.mark.parametrize(
    ("step", "room"), [(1, 1), (2, 4), (20, 40), (32, 64), (33, 33), (50, 50), (100, 50), (1_000, 63), (10_000, 64)]
)
def test_a_box_is_full_at_the_batch_or_at_a_part_of_it_of_at_most_64(step, room):
    assert waiting.room(step) == room


def test_what_waits_stands_in_no_row_and_comes_into_them_all_at_once(town, round_):
    for voter in boxes.people(town, 2 * K - 1):
        boxes.cast(town, voter, ["p01"], round_=round_)
    assert rows_of(round_) == [0, 0, 0, 0]
    assert [each.kind for each in inside(round_)] == ["ballot"] * (2 * K - 1)
    assert boxes.fresh(round_.id).locked

    boxes.cast(town, town.resident, ["p02"], round_=round_)

    assert rows_of(round_) == [2 * K, 2 * K, 0, 2 * K]
    assert inside(round_) == ()


def test_large_batches_are_made_of_several_boxes(town):
    large = boxes.round_in_voting(town, "large", tally_step=50)
    voters = boxes.people(town, 100)
    for voter in voters[:50]:
        boxes.cast(town, voter, ["p01"], round_=large)
    assert rows_of(large) == [50, 50, 50, 0]
    for voter in voters[50:]:
        boxes.cast(town, voter, ["p01"], round_=large)
    assert rows_of(large) == [100, 100, 0, 100]


def test_the_voter_finds_replaces_and_withdraws_what_waits(town, round_):
    voter = town.resident
    first = boxes.cast(town, voter, ["p01"], round_=round_)
    assert boxes.cast(town, voter, ["p01"], round_=round_) == first
    second = boxes.cast(town, voter, ["p02"], 1, round_)
    with pytest.raises(BallotStale):
        boxes.cast(town, voter, ["p03"], 1, round_, request_id="a-late-one")
    with reading() as session:
        mine = voting.my_ballot(session, voter, round_.id)
        assert (mine.choices, mine.receipt) == (("p02",), second)
        assert voting.receipt_of(session, voter, round_.id, second.request_id) == second
        assert tally.turnout(session, round_.id).ballots == 1
        states = {boxes.state_of(session, round_.id, each.number) for each in (first, second)}
        assert states == {ReceiptState.accepted}
    # What is replaced keeps its leaf and its receipt, but can be read no more.
    assert [bool(each.held.sealed) for each in inside(round_)] == [False, True]

    boxes.withdraw(town, voter, 2, round_)

    assert [each.kind for each in inside(round_)] == ["ballot", "replace", "withdraw"]
    with reading() as session:
        assert voting.my_ballot(session, voter, round_.id).withdrawn
        assert tally.turnout(session, round_.id).ballots == 0


def test_what_was_replaced_across_batches_ends_as_it_was_meant(town, round_):
    voters = boxes.people(town, 2 * K)
    for voter in voters:
        boxes.cast(town, voter, ["p01"], round_=round_)
    boxes.cast(town, voters[0], ["p02"], 1, round_)
    boxes.cast(town, voters[0], ["p03"], 2, round_)
    boxes.withdraw(town, voters[1], 1, round_)
    at = boxes.end_voting(round_.id)
    opened = boxes.until_count(town, round_.id, at)

    assert (opened.final_size, opened.ballots, opened.mismatches) == (2 * K + 3, 2 * K - 1, ())
    found = boxes.rows("SELECT choices FROM open_ballot WHERE round_id = :id ORDER BY choices", id=round_.id)
    assert [row.choices for row in found] == ['["p01"]'] * (2 * K - 2) + ['["p03"]']
    assert boxes.rows("SELECT sealed FROM waiting_box WHERE length(sealed) > 0") == []


def test_a_round_begun_before_there_were_boxes_goes_on(town, round_, monkeypatch):
    """Ballots, receipts and leaves that wait in rows of their own, as an older version left them."""
    before = boxes.people(town, 4)
    monkeypatch.setattr(waiting, "room", lambda _step: 1)
    given = [boxes.cast(town, voter, ["p01"], round_=round_) for voter in before]
    boxes.change("DELETE FROM waiting_box")
    monkeypatch.undo()
    assert rows_of(round_) == [4, 4, 4, 0]

    replaced = boxes.cast(town, before[0], ["p02"], 1, round_)
    boxes.cast(town, town.resident, ["p02"], round_=round_)

    with reading() as session:
        assert tally.turnout(session, round_.id).ballots == 5
        assert boxes.state_of(session, round_.id, given[1].number) is ReceiptState.accepted
        assert boxes.state_of(session, round_.id, replaced.number) is ReceiptState.accepted
    with transaction() as session:
        board.batch(session, round_.id)
    assert rows_of(round_) == [5, 6, 0, 6]
    with reading() as session:
        assert boxes.state_of(session, round_.id, given[0].number) is ReceiptState.replaced
        assert boxes.state_of(session, round_.id, replaced.number) is ReceiptState.recorded


def test_a_number_is_given_once_also_while_it_waits(town, round_, monkeypatch):
    first = boxes.cast(town, town.resident, ["p01"], round_=round_)
    drawn = iter([first.number, "99-ДЪБ-999-ДЪБ"])
    monkeypatch.setattr(receipts, "new_number", lambda: next(drawn))

    assert boxes.cast(town, town.organiser, ["p01"], round_=round_).number == "99-ДЪБ-999-ДЪБ"


def test_with_another_key_the_round_rests_and_its_pages_go_on(town, round_):
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    keys._destroy(Path("log"))

    with pytest.raises(KeyMissing) as refusal:
        boxes.cast(town, town.organiser, ["p01"], round_=round_)
    assert (refusal.value.round_id, refusal.value.key) == (round_.id, "log")
    with reading() as session:
        assert isinstance(readiness.refusal(session, round_.id), KeyMissing)
        assert tally.turnout(session, round_.id).ballots == 0


def test_without_the_link_nobody_votes_twice_but_the_round_can_be_closed(town, round_):
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    boxes.lose_link(round_.id)

    with pytest.raises(KeyMissing):
        boxes.cast(town, town.resident, ["p01"], round_=round_)
    with reading() as session:
        assert slots.any_in(session.connection(), round_.id)
    opened = boxes.until_count(town, round_.id, boxes.end_voting(round_.id))
    assert (opened.final_size, opened.ballots, opened.mismatches) == (1, 1, ())


def test_a_box_of_one_round_opens_as_no_others(town, round_):
    other = boxes.round_in_voting(town, "another", tally_step=K)
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    ((sealed,),) = boxes.rows("SELECT sealed FROM waiting_box WHERE round_id = :id", id=round_.id)
    with transaction() as session:
        row = {"round_id": other.id, "sealed": sealed}
        session.connection().execute(insert(tables.table_of(tables.WaitingBox)), row)

    with pytest.raises(KeyMissing):
        inside(other)


def test_what_is_put_is_found_until_it_is_withdrawn_and_by_nobody_else(town, round_):
    boxes.cast(town, town.resident, ["p01"], round_=round_)

    def found(person):
        with transaction() as session:
            return waiting.find(session.connection(), round_.id, person.person_id)

    def stands():
        with transaction() as session:
            return waiting.stands_for(session.connection(), town.municipality.id, town.resident.person_id)

    with transaction() as session:
        assert waiting.ballots(session.connection(), round_.id) == 1
    assert (found(town.resident).revision, found(town.neighbour), stands()) == (1, None, True)
    with transaction() as session:
        connection = session.connection()
        box, held = waiting.hold(connection, round_.id), waiting.find(connection, round_.id, town.resident.person_id)
        new = replace(held, revision=2, withdrawn=True, commitment=b"w" * 32, number="47-КЛЕН-309-РЕКА")
        waiting.put(connection, box, town.resident.person_id, new, "withdraw", K)
    assert (found(town.resident), stands()) == (new, False)
    with transaction() as session:
        assert waiting.ballots(session.connection(), round_.id) == 0


def test_who_is_about_to_vote_is_refused_under_another_link(town, round_):
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    keys.forget_link(round_.id)
    keys.put_link_key(round_.id, bytes(range(32)))

    with transaction() as session:
        box = waiting.hold(session.connection(), round_.id)
        with pytest.raises(KeyMissing) as refusal:
            waiting.find(session.connection(), round_.id, town.neighbour.person_id, box)
    assert refusal.value.key == "link"
