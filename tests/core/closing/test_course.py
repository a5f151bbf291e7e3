"""Closing: two people where it matters, every step once, taken up anywhere; forgetting at the end."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from core import closing, results, voting
from core.audit import bundle
from core.audit.recount import recount
from core.errors import (
    KeyMissing,
    NotAllowed,
    SamePerson,
    WrongPhase,
    WrongStep,
)
from core.results import bundles
from core.rounds.second_person import Pending
from core.rounds.steps import Step
from core.store import reading, transaction
from core.trust import board, keys, slots, verifying
from core.voting.receipts import ReceiptState
from db.engine import engine
from pages.open_data.bundles_route import readme
from tests.helpers import boxes, worlds


@pytest.fixture
def voted(town):
    """Give the town after its vote – three ballots, one replaced, one more withdrawn – and a moment after it."""
    voters = boxes.people(town, 4)
    for voter in voters:
        boxes.cast(town, voter, ["p01", "p02"])
    boxes.cast(town, voters[0], ["p03"], 1)
    boxes.withdraw(town, voters[3], 1)
    return town, boxes.end_voting(town.round.id)


def state(town, at):
    with reading() as session:
        return closing.state(session, town.auditor, town.round.id, at=at)


def test_the_whole_way(voted):
    town, at = voted
    here = town.round.id
    assert state(town, at).step is Step.close
    closed = boxes.close(town, here, at)
    assert (closed.step, closed.final_size) == (Step.randomness, 6)
    drawn = boxes.draw(town, here, at)
    assert drawn.step is Step.opening
    assert drawn.seed == hashlib.sha256(closed.final_root + boxes.DICE.encode()).digest()
    by_hand = sorted(worlds.COSTS, key=lambda code: hashlib.sha256(drawn.seed + b"," + code.encode()).digest())
    assert list(drawn.order) == by_hand
    assert boxes.rows("SELECT code FROM project ORDER BY lot") == [(code,) for code in by_hand]
    opened = boxes.open_all(town, here, at)
    assert (opened.step, opened.ballots, opened.mismatches) == (Step.turnout, 3, ())
    assert sorted(choices for (choices,) in boxes.rows("SELECT choices FROM open_ballot")) == [
        '["p01","p02"]', '["p01","p02"]', '["p03"]',
    ]  # fmt: skip
    with reading() as session:
        leaves = board.leaves(session, here)
        assert sum(1 for leaf in leaves if leaf.live) == 3
        assert [leaf.kind for leaf in leaves].count("ballot") - [leaf.kind for leaf in leaves].count("withdraw") == 3
    assert boxes.keep_turnout(town, here, at).step is Step.count
    boxes.count(town, here, at)
    assert state(town, at).step is Step.publish
    boxes.publish(town, here, at)
    later = at + timedelta(days=15)
    assert (state(town, at).step, state(town, later).step) == (Step.objection, Step.anonymise)


def test_closing_and_drawing_take_two(voted):
    town, at = voted
    here = town.round.id
    for step in (
        lambda session, actor: closing.close(session, actor, here, at=at),
        lambda session, actor: closing.draw(session, actor, here, boxes.DICE, at=at),
    ):
        with transaction() as session:
            assert isinstance(step(session, town.organiser), Pending)
        with pytest.raises(SamePerson), transaction() as session:
            step(session, town.organiser)
        with transaction() as session:
            step(session, town.second_organiser)
    assert state(town, at).step is Step.opening


def test_others_do_not_close(voted):
    town, at = voted
    here = town.round.id
    for actor in (town.resident, town.auditor, town.council):
        with pytest.raises(NotAllowed), transaction() as session:
            closing.close(session, actor, here, at=at)


def test_a_vote_is_not_closed_before_its_time_by_the_databases_clock(town):
    late = town.round.dates.voting_until + timedelta(minutes=1)
    with pytest.raises(WrongPhase), transaction() as session:
        closing.close(session, town.organiser, town.round.id, at=late)


def test_steps_come_in_their_order(voted):
    town, at = voted
    here = town.round.id
    with pytest.raises(WrongStep), transaction() as session:
        closing.draw(session, town.organiser, here, boxes.DICE, at=at)
    with pytest.raises(WrongStep):
        boxes.open_all(town, here, at)
    with pytest.raises(WrongStep):
        boxes.keep_turnout(town, here, at)
    with pytest.raises(WrongStep), transaction() as session:
        results.count_round(session, town.organiser, here, at=at)


def test_every_step_can_be_asked_for_again(voted):
    town, at = voted
    here = town.round.id
    boxes.until_count(town, here, at)
    before = state(town, at), boxes.rows("SELECT count(*) FROM open_ballot"), boxes.rows("SELECT * FROM checkpoint")
    for actor in (town.organiser, town.second_organiser, town.organiser):
        with transaction() as session:
            closing.close(session, actor, here, at=at)
            closing.draw(session, actor, here, "other dice", at=at)
            closing.open_ballots(session, actor, here, at=at)
            closing.keep_turnout(session, actor, here, at=at)
    assert before == (
        state(town, at), boxes.rows("SELECT count(*) FROM open_ballot"), boxes.rows("SELECT * FROM checkpoint"),
    )  # fmt: skip


@pytest.mark.parametrize("step", range(4))
def test_a_step_that_is_broken_off_has_not_happened(voted, step):
    town, at = voted
    here = town.round.id
    acts = [
        lambda session, actor: closing.close(session, actor, here, at=at),
        lambda session, actor: closing.draw(session, actor, here, boxes.DICE, at=at),
        lambda session, actor: closing.open_ballots(session, actor, here, at=at),
        lambda session, actor: closing.keep_turnout(session, actor, here, at=at),
    ]
    for number, act in enumerate(acts):
        for actor in (town.organiser, town.second_organiser):
            if number == step:
                before = state(town, at)
                with pytest.raises(OperationalError), transaction() as session:
                    act(session, actor)
                    raise OperationalError("the power is gone", None, Exception())
                assert state(town, at) == before
            with transaction() as session:
                act(session, actor)
    assert state(town, at).step is Step.count
    assert state(town, at).mismatches == ()


def test_an_empty_box_is_closed_and_opened_too(town):
    at = boxes.end_voting(town.round.id)
    found = boxes.until_count(town, town.round.id, at)
    assert (found.final_size, found.ballots, found.mismatches) == (0, 0, ())


def test_progress_is_told(voted):
    town, at = voted
    boxes.close(town, town.round.id, at)
    boxes.draw(town, town.round.id, at)
    told = []
    with reading() as session:
        closing.unseal(session, town.organiser, town.round.id, at=at, progress=told.append)
    assert told[0] == 0 and told[-1] == 1
    assert state(town, at).step is Step.opening


def test_openings_are_the_auditors_alone_and_fit_the_board(voted):
    town, at = voted
    boxes.until_count(town, town.round.id, at)
    with reading() as session:
        found = list(closing.openings(session, town.auditor, town.round.id))
        live = {leaf.commitment for leaf in board.leaves(session, town.round.id) if leaf.live}
        with pytest.raises(NotAllowed):
            list(closing.openings(session, town.organiser, town.round.id))
    assert {each.commitment() for each in found if each.choices} == live


def test_a_broken_ballot_is_said_to_be_broken_and_told_once(voted):
    town, at = voted
    broken = boxes.rows("SELECT id, number FROM slot WHERE NOT withdrawn ORDER BY id")[0]
    boxes.change("UPDATE slot SET sealed = NULL WHERE id = :id", id=broken.id)

    found = boxes.until_count(town, town.round.id, at)
    with reading() as session:
        assert boxes.state_of(session, town.round.id, broken.number) == ReceiptState.recorded
    boxes.count(town, town.round.id, at)

    assert [each.problem for each in found.mismatches] == ["missing"]
    with reading() as session:
        assert boxes.state_of(session, town.round.id, broken.number) == ReceiptState.broken
    boxes.publish(town, town.round.id, at)
    with reading() as session:
        files = bundles.public_bundle(session, town.guest, town.round.slug, readme())
    # The numbers agree all the same: what is missing is named, and named once.
    assert {check.name for check in recount(bundle.to_zip(files)) if check.failed} == {"mismatches"}


def test_an_older_ballot_is_not_made_up_for_by_an_empty_slot(town):
    first, second = boxes.people(town, 2)
    boxes.cast(town, first, ["p01"])
    (old,) = boxes.rows("SELECT id, sealed, commitment FROM slot")
    boxes.cast(town, first, ["p02"], 1)
    boxes.cast(town, second, ["p03"])
    boxes.withdraw(town, second, 1)
    at = boxes.end_voting(town.round.id)
    boxes.close(town, town.round.id, at)
    boxes.draw(town, town.round.id, at)
    boxes.change(
        "UPDATE slot SET sealed = :sealed, commitment = :commitment, revision = 1 WHERE id = :id", **old._mapping
    )
    boxes.change("UPDATE slot SET revision = 3 WHERE withdrawn")

    assert boxes.open_all(town, town.round.id, at).mismatches


# After the objections


def anonymised(town, at):
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at)
    with transaction() as session:
        closing.anonymise(session, town.organiser, town.round.id, at=at + timedelta(days=15))
    closing.finish(reading)


def test_nobody_is_anonymised_while_objections_can_be_made(voted):
    town, at = voted
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at)
    with pytest.raises(WrongStep), transaction() as session:
        closing.anonymise(session, town.organiser, town.round.id, at=at + timedelta(days=13))


def test_afterwards_no_trace_of_a_lookup_is_left(voted, database):
    town, at = voted
    lookups = [bytes(lookup) for (lookup,) in boxes.rows("SELECT lookup FROM slot")]
    if database.startswith("sqlite"):
        # The control: before, they are all in the file.
        assert all(lookup in raw(database) for lookup in lookups)
    anonymised(town, at)
    assert not keys.has_link_key(town.round.id)
    assert not keys.has_count_key(town.round.id)
    assert boxes.rows("SELECT 1 FROM slot WHERE lookup IS NOT NULL OR sealed IS NOT NULL") == []
    if database.startswith("sqlite"):
        assert not any(lookup in raw(database) for lookup in lookups)
    with reading() as session:
        assert voting.my_ballot(session, town.resident, town.round.id) is None
        assert verifying.verify(session, town.round.id).size == 6
        assert results.result(session, town.guest, town.round.id).ballots == 3
    assert state(town, at + timedelta(days=15)).step is Step.done


def raw(database):
    engine().dispose()
    file = Path(database.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in file.parent.glob(file.name + "*"))


def test_a_key_that_was_left_behind_is_destroyed_the_second_time(voted, monkeypatch):
    town, at = voted
    monkeypatch.setattr(keys, "forget_people", lambda _round_id: None)
    anonymised(town, at)
    assert keys.has_link_key(town.round.id)
    monkeypatch.undo()
    with transaction() as session:
        closing.anonymise(session, town.organiser, town.round.id, at=at + timedelta(days=16))
    assert not keys.has_link_key(town.round.id)


def test_a_lost_count_key_closes_the_round(town):
    boxes.cast(town, town.resident, ["p01"])
    keys.forget_count_key(town.round.id)
    with pytest.raises(KeyMissing):
        boxes.cast(town, town.neighbour, ["p01"])
    assert slots.lookup(town.round.id, 1)


def test_what_was_opened_is_written_down_once_by_who_may(voted):
    town, at = voted
    here = town.round.id
    boxes.close(town, here, at)
    boxes.draw(town, here, at)
    with reading() as session:
        found = closing.unseal(session, town.organiser, here, at=at)
    assert boxes.rows("SELECT 1 FROM open_ballot") == []
    with transaction() as session, pytest.raises(NotAllowed):
        closing.keep_opened(session, town.auditor, here, found, at=at)

    for organiser in (town.organiser, town.second_organiser):
        with transaction() as session:
            kept = closing.keep_opened(session, organiser, here, found, at=at)
        assert (kept.step, kept.ballots) == (Step.turnout, 3)
        assert len(boxes.rows("SELECT 1 FROM open_ballot")) == 3
