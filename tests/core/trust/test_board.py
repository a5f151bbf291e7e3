"""The board: leaves in batches, proofs that hold, answers for a receipt, and a start that knows an old database."""

import shutil
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from core import trust
from core.errors import Invalid, LogBroken, LogRolledBack, NotFound
from core.store import reading, transaction
from core.trust import board, checkpoints, keys, merkle, readiness, verifying
from core.trust.commitments import leaf_bytes
from core.voting import receipts
from core.voting.receipts import ReceiptState
from db import engine, tables
from tests.helpers import boxes, rfc9162


@pytest.fixture
def busy(town):
    """Give a round with twelve ballots – four batches of at least four would make sixteen – and their receipts."""
    round_ = boxes.round_in_voting(town, tally_step=2)
    return round_, [boxes.cast(town, voter, ["p01"], round_=round_) for voter in boxes.people(town, 11)]


def state(round_, receipt):
    with reading() as session:
        return boxes.state_of(session, round_.id, receipt.number)


def test_leaves_wait_for_twice_the_step_and_lie_sorted_in_their_batches(busy):
    round_, made = busy
    with reading() as session:
        leaves = board.leaves(session, round_.id)
        sizes = [int(note.split("\n")[1]) for note in board.checkpoints_of(session, round_.id)]
    assert sizes == [4, 8]
    found = [leaf.commitment for leaf in leaves]
    assert set(found) == {receipt.commitment for receipt in made[:8]}
    assert found[:4] == sorted(found[:4]) and found[4:] == sorted(found[4:])
    assert [leaf.position for leaf in leaves] == list(range(8))


def test_a_receipt_waits_is_recorded_is_replaced_and_unknown_ones_are_not_found(town, busy):
    round_, made = busy
    assert state(round_, made[0]) == ReceiptState.recorded
    assert state(round_, made[10]) == ReceiptState.accepted
    voter = boxes.people(town, 1, pseudonym="p-more", nickname_key="more")[0]
    first = boxes.cast(town, voter, ["p02"], round_=round_)
    second = boxes.withdraw(town, voter, 1, round_)
    boxes.close(town, round_.id, boxes.end_voting(round_.id))
    assert [state(round_, each) for each in (first, second)] == [ReceiptState.replaced, ReceiptState.withdrawn]
    with reading() as session:
        assert receipts.by_commitment(session, round_.id, bytes(32)) == ReceiptState.not_found
        assert receipts.by_commitment(session, round_.id, made[0].commitment) == ReceiptState.recorded


def test_counted_is_said_after_the_count_only(town, busy):
    round_, made = busy
    at = boxes.end_voting(round_.id)
    boxes.until_count(town, round_.id, at)
    assert state(round_, made[0]) == ReceiptState.recorded
    boxes.count(town, round_.id, at)
    assert state(round_, made[0]) == ReceiptState.counted


def test_a_receipt_is_signed_and_only_as_it_is(busy):
    round_, (receipt, *_others) = busy
    signature = receipt.signature
    assert receipts.is_signed(round_.slug, receipt.number, receipt.commitment, signature)
    assert not receipts.is_signed(round_.slug, receipt.number, bytes(32), signature)
    assert not receipts.is_signed("another", receipt.number, receipt.commitment, signature)
    assert not receipts.is_signed(round_.slug, receipt.number, receipt.commitment, b"short")


def test_proofs_hold_against_the_signed_checkpoints(busy):
    round_, made = busy
    with reading() as session:
        name, key = checkpoints.read_verifier(board.verifier(session, round_.id))
        old, new = (checkpoints.open_note(note, name, key) for note in board.checkpoints_of(session, round_.id))
        for receipt in made[:8]:
            shown = board.inclusion(session, round_.id, receipt.commitment)
            leaf = merkle.leaf_hash(leaf_bytes("ballot", receipt.commitment))
            assert rfc9162.root_of_path(shown.position, new.size, leaf, shown.proof) == new.root
            other = merkle.leaf_hash(leaf_bytes("withdraw", receipt.commitment))
            assert rfc9162.root_of_path(shown.position, new.size, other, shown.proof) != new.root
        step = board.consistency(session, round_.id, old.size)
        assert merkle.extends((old.size, old.root), (new.size, new.root), step.proof)
        with pytest.raises(NotFound):
            board.inclusion(session, round_.id, made[10].commitment)
        with pytest.raises(Invalid):
            board.consistency(session, round_.id, 4, 9)
        with pytest.raises(NotFound):
            board.verifier(session, 999)


def test_a_batch_that_is_undone_leaves_nothing_behind(town, busy):
    round_, _made = busy
    voter = boxes.people(town, 1, pseudonym="p-more", nickname_key="more")[0]
    with pytest.raises(RuntimeError), transaction() as session:
        board.batch(session, round_.id)
        raise RuntimeError
    boxes.cast(town, voter, ["p01"], round_=round_)
    with reading() as session:
        assert verifying.verify(session, round_.id).size == 12


def test_a_start_accepts_its_own_database(busy):
    with reading() as session:
        verifying.refuse_stale(session)


@pytest.mark.parametrize("harm", [
    "DELETE FROM leaf WHERE position = 7",
    "UPDATE leaf SET kind = 'replace' WHERE position = 3",
    "DELETE FROM leaf",
])  # fmt: skip
def test_a_start_refuses_another_log(busy, harm):
    boxes.change(harm)
    with reading() as session, pytest.raises((LogRolledBack, LogBroken)):
        verifying.refuse_stale(session)


def test_a_start_refuses_a_checkpoint_that_another_key_signed(busy):
    round_, _made = busy
    path = keys.checkpoint_file(round_.id)
    with reading() as session:
        signed = checkpoints.open_note(path.read_text(), *checkpoints.read_verifier(board.verifier(session, round_.id)))
    path.write_text(checkpoints.sign(signed, SigningKey.generate()))
    with reading() as session, pytest.raises(LogBroken):
        verifying.refuse_stale(session)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_start_refuses_a_restored_older_file(town, sqlite_copy):
    round_ = boxes.round_in_voting(town, tally_step=2)
    one, other, third, fourth, *more = boxes.people(town, 8)
    for voter in (one, other, third, fourth):
        boxes.cast(town, voter, ["p01"], round_=round_)
    restore = sqlite_copy()
    for voter in more:
        boxes.cast(town, voter, ["p01"], round_=round_)
    restore()
    trust.forget()
    with reading() as session, pytest.raises(LogRolledBack) as refusal:
        verifying.refuse_stale(session)
    assert (refusal.value.found, refusal.value.expected) == (4, 8)


@pytest.fixture
def sqlite_copy(database, tmp_path):
    """Give a function that copies the database file and returns one that puts the copy back."""
    file = Path(database.removeprefix("sqlite:///"))

    def copy():
        engine.engine().dispose()
        shutil.copy(file, tmp_path / "copy.db")

        def back():
            engine.engine().dispose()
            shutil.copy(tmp_path / "copy.db", file)
            for rest in ("-wal", "-shm"):
                file.with_name(file.name + rest).unlink(missing_ok=True)

        return back

    return copy


def waiting(round_):
    return boxes.rows("SELECT number, kind FROM pending_leaf WHERE round_id = :id ORDER BY number", id=round_.id)


def put(session, round_, commitment, kind, number):
    """Have a leaf wait in its row, as the box is emptied."""
    row = {"round_id": round_.id, "commitment": commitment, "kind": kind, "number": number}
    session.connection().execute(insert(tables.table_of(tables.PendingLeaf)), row)


def test_a_leaf_waits_until_twice_the_step_wait(town):
    round_ = town.round
    with transaction() as session:
        readiness.prepare(session, round_.id)
    with transaction() as session:
        for count in range(3):
            put(session, round_, bytes([count]) * 32, "ballot", f"{count}")
        board.batch_if_due(session, round_.id, 2)
        assert board.leaves(session, round_.id) == ()
    assert waiting(round_) == [("0", "ballot"), ("1", "ballot"), ("2", "ballot")]

    with transaction() as session:
        put(session, round_, b"\xff" * 32, "withdraw", "3")
        board.batch_if_due(session, round_.id, 2)
        found = [(leaf.position, leaf.commitment[0], leaf.kind) for leaf in board.leaves(session, round_.id)]
    assert found == [(0, 0, "ballot"), (1, 1, "ballot"), (2, 2, "ballot"), (3, 255, "withdraw")]
    assert waiting(round_) == []


def test_one_commitment_stands_on_the_board_once(town):
    with pytest.raises(IntegrityError), transaction() as session:
        for _ in range(2):
            put(session, town.round, bytes(32), "ballot", "0")
    assert waiting(town.round) == []
