"""Somebody with the whole database in her hands, but without the keys: whatever she alters is named or refused."""

import random
import secrets

import pytest

from core import closing, trust
from core.errors import LogBroken, VotedOnAltered
from core.store import reading
from core.trust import sealing
from core.trust.commitments import Opening
from core.voting.receipts import ReceiptState
from tests.helpers import boxes
from tests.helpers.sizes import MUTATIONS


@pytest.fixture
def box(town):
    """Give a closed round with a dozen voters, some of whom voted twice or withdrew, and what everyone was told."""
    round_ = boxes.round_in_voting(town, tally_step=2)
    voters = boxes.people(town, 12)
    told = {voter.person_id: boxes.cast(town, voter, ["p01", "p02"], round_=round_) for voter in voters}
    before = slots_of(round_)
    for voter in voters[:4]:
        told[voter.person_id] = boxes.cast(town, voter, ["p03"], 1, round_)
    gone = boxes.withdraw(town, voters[11], 1, round_)
    del told[voters[11].person_id]
    at = boxes.end_voting(round_.id)
    boxes.close(town, round_.id, at)
    boxes.draw(town, round_.id, at)
    return town, boxes.fresh(round_.id), at, list(told.values()), before, gone


def slots_of(round_):
    return {row.id: dict(row._mapping) for row in boxes.rows("SELECT * FROM slot WHERE round_id = :id", id=round_.id)}


def alarms(town, round_, at, told):
    """Return what opening the ballots, or a voter who looks up her receipt, finds wrong."""
    trust.forget()
    with reading() as session:
        found = [
            receipt.number for receipt in told
            if boxes.state_of(session, round_.id, receipt.number) != ReceiptState.recorded
        ]  # fmt: skip
        try:
            unsealed = closing.unseal(session, town.organiser, round_.id, at=at)
        except (LogBroken, VotedOnAltered) as broken:
            return [*found, str(broken)]
        return [*found, *unsealed.mismatches]


def flip(raw, draw):
    at = draw.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << draw.randrange(8)]) + raw[at + 1 :]


def mutate(name, draw, round_, before):
    """Alter the database in one way."""
    mine = slots_of(round_)
    sealed = sorted(each for each in mine if not mine[each]["withdrawn"])
    one, other = draw.sample(sealed, 2)
    leaf = draw.choice(boxes.rows("SELECT position, commitment, kind FROM leaf"))
    set_slot = "UPDATE slot SET sealed = :sealed, commitment = :commitment, revision = :revision WHERE id = :id"
    if name == "a sealed ballot":
        boxes.change("UPDATE slot SET sealed = :to WHERE id = :id", to=flip(mine[one]["sealed"], draw), id=one)
    elif name == "a commitment":
        boxes.change("UPDATE slot SET commitment = :to WHERE id = :id", to=flip(mine[one]["commitment"], draw), id=one)
    elif name == "a slot is emptied":
        boxes.change("UPDATE slot SET sealed = NULL WHERE id = :id", id=one)
    elif name == "a slot is gone":
        boxes.change("DELETE FROM slot WHERE id = :id", id=one)
    elif name == "two ballots are swapped":
        for target, source in ((one, other), (other, one)):
            boxes.change("UPDATE slot SET commitment = NULL WHERE id = :id", id=target)
            boxes.change(set_slot, **{**mine[source], "id": target})
    elif name == "another ballot is sealed in its place":
        forged = Opening(round_.slug, one, mine[one]["revision"], bytes(64), mine[one]["number"], '["p05"]')
        boxes.change(
            set_slot,
            id=one,
            sealed=seal(forged, mine, one),
            revision=forged.revision,
            commitment=mine[one]["commitment"],
        )
    elif name == "… with its commitment":
        forged = Opening(round_.slug, one, mine[one]["revision"], bytes(64), mine[one]["number"], '["p05"]')
        boxes.change(
            set_slot, id=one, sealed=seal(forged, mine, one), revision=forged.revision, commitment=forged.commitment()
        )
    elif name == "a ballot is stuffed":
        stuffed = Opening(round_.slug, secrets.token_hex(16), 1, bytes(64), "10-АБА-100-АБА", '["p05"]')
        boxes.change(
            "INSERT INTO slot (id, round_id, lookup, revision, sealed, withdrawn, commitment, number, request_id) "
            "VALUES (:id, :round, :lookup, 1, :sealed, FALSE, :commitment, 'x', 'x')", id=stuffed.slot, round=round_.id,
            lookup=secrets.token_bytes(32), sealed=seal(stuffed, mine, one), commitment=stuffed.commitment(),
        )  # fmt: skip
    elif name == "… with a leaf":
        mutate("a ballot is stuffed", draw, round_, before)
        stuffed = boxes.rows("SELECT commitment FROM slot WHERE number = 'x'")[0].commitment
        size = len(boxes.rows("SELECT 1 FROM leaf"))
        boxes.change(
            "INSERT INTO leaf (round_id, position, commitment, kind) VALUES (:id, :size, :commitment, 'ballot')",
            id=round_.id, size=size, commitment=stuffed,
        )  # fmt: skip
    elif name == "an older ballot is put back":
        old = next(each for each in before.values() if mine[each["id"]]["revision"] > each["revision"])
        boxes.change(set_slot, **{key: old[key] for key in ("id", "sealed", "commitment", "revision")})
    elif name == "a withdrawn ballot is put back":
        old = next(each for each in before.values() if mine[each["id"]]["withdrawn"])
        boxes.change(set_slot, **{key: old[key] for key in ("id", "sealed", "commitment", "revision")})
    elif name == "a leaf":
        boxes.change(
            "UPDATE leaf SET commitment = :to WHERE position = :at", to=flip(leaf.commitment, draw), at=leaf.position
        )
    elif name == "a leaf's kind":
        to = draw.choice([kind for kind in ("ballot", "replace", "withdraw") if kind != leaf.kind])
        boxes.change("UPDATE leaf SET kind = :to WHERE position = :at", to=to, at=leaf.position)
    elif name == "a leaf is gone":
        boxes.change("DELETE FROM leaf WHERE position = :at", at=leaf.position)
    elif name == "the last checkpoint is gone":
        boxes.change("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)")
    elif name == "a checkpoint":
        size, note = draw.choice(boxes.rows("SELECT size, note FROM checkpoint"))
        boxes.change(
            "UPDATE checkpoint SET note = :to WHERE size = :size",
            to=note.replace(f"\n{size}\n", f"\n{size - 1}\n"),
            size=size,
        )
    elif name == "the final root":
        boxes.change("UPDATE round SET final_root = :to WHERE id = :id", to=secrets.token_bytes(32), id=round_.id)
    else:
        raise AssertionError(name)


def seal(opening, mine, like):
    # The public half of the count key lies in the database, so anyone can seal to it.
    (public,) = boxes.rows("SELECT count_public FROM round WHERE slug = 'other'")[0]
    return sealing.close(opening, public, len(mine[like]["sealed"]) - 52)


MUTANTS = (
    "a sealed ballot", "a commitment", "a slot is emptied", "a slot is gone", "two ballots are swapped",
    "another ballot is sealed in its place", "… with its commitment", "a ballot is stuffed", "… with a leaf",
    "an older ballot is put back", "a withdrawn ballot is put back", "a leaf", "a leaf's kind", "a leaf is gone",
    "the last checkpoint is gone", "a checkpoint", "the final root",
)  # fmt: skip


def test_an_honest_box_raises_no_alarm(box):
    town, round_, at, told, _before, gone = box
    assert alarms(town, round_, at, told) == []
    with reading() as session:
        assert boxes.state_of(session, round_.id, gone.number) == ReceiptState.withdrawn


@pytest.mark.parametrize("name", MUTANTS)
def test_whatever_is_altered_is_named(box, name):
    town, round_, at, told, before, _gone = box
    kept = {
        table: [dict(row._mapping) for row in boxes.rows(f"SELECT * FROM {table}")]
        for table in ("slot", "leaf", "checkpoint")
    }
    final = boxes.rows("SELECT final_root FROM round WHERE id = :id", id=round_.id)[0].final_root
    for seed in range(max(1, MUTATIONS // len(MUTANTS) // 2)):
        mutate(name, random.Random(f"{name} {seed}"), round_, before)
        assert alarms(town, round_, at, told), f"{name}, seed {seed}: nobody noticed"
        boxes.change("UPDATE round SET final_root = :to WHERE id = :id", to=final, id=round_.id)
        for table, rows in kept.items():
            boxes.change(f"DELETE FROM {table}")
            for row in rows:
                names = ", ".join(row)
                boxes.change(f"INSERT INTO {table} ({names}) VALUES ({', '.join(':' + each for each in row)})", **row)
        assert alarms(town, round_, at, told) == []


def test_control_without_the_board_a_stuffed_ballot_is_counted(box, monkeypatch):
    town, round_, at, told, before, _gone = box
    mutate("another ballot is sealed in its place", random.Random(1), round_, before)
    monkeypatch.setattr(Opening, "commitment", lambda self: next(
        row.commitment for row in boxes.rows("SELECT commitment FROM slot WHERE id = :id", id=self.slot)
    ))  # fmt: skip
    assert alarms(town, round_, at, told) == []


def test_what_does_not_fit_is_kept_and_published_and_the_rest_is_counted(box):
    town, round_, at, _told, before, _gone = box
    mutate("a sealed ballot", random.Random(2), round_, before)
    opened = boxes.open_all(town, round_.id, at)
    assert [each.problem for each in opened.mismatches] == ["unreadable"]
    assert opened.ballots == 10
    assert len(boxes.rows("SELECT 1 FROM slot WHERE round_id = :id", id=round_.id)) == 12
