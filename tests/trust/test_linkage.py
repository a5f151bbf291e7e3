"""Somebody steals the database, its journal included, and knows who voted in which order – but has no keys.

Her best guess, voter by voter, is no better than a draw from the batch.
"""

import re
import shutil
from math import sqrt
from pathlib import Path

import pytest

from core.trust import slots
from db import engine as engines
from tests import boxes
from tests.trust.sizes import ATTACKED, ATTACKS

K = 20


def vote(town, number):
    """Let so many people vote, in whole batches; return the slots in the order in which they were filled."""
    round_ = boxes.round_in_voting(town, tally_step=K)
    voters = boxes.people(town, ATTACKED)
    for voter in voters:
        boxes.cast(town, voter, ["p01", "p02"], round_=round_)
    assert boxes.rows("SELECT 1 FROM pending_leaf") == []
    return [slot_of(round_, voter) for voter in voters]


def slot_of(round_, voter):
    lookup = slots.lookup(round_.id, voter.person_id)
    return boxes.rows("SELECT id FROM slot WHERE lookup = :lookup", lookup=lookup)[0].id


def batches():
    """Return the slots of each batch, which everyone can see on the board."""
    found = boxes.rows("SELECT slot.id FROM leaf JOIN slot ON slot.commitment = leaf.commitment ORDER BY position")
    ids = [row.id for row in found]
    return [ids[start : start + 2 * K] for start in range(0, len(ids), 2 * K)]


def places(database, tmp_path):
    """Return guesses of the order in which slots came, by everything that the stored bytes say of it."""
    if not database.startswith("sqlite"):
        return [
            [row.id for row in boxes.rows(f"SELECT id FROM slot ORDER BY {order}")]
            for order in ("xmin::text::bigint, ctid", "ctid")
        ]
    file = Path(database.removeprefix("sqlite:///"))
    guesses = [[row.id for row in boxes.rows("SELECT id FROM slot")]]
    for each in sorted(file.parent.glob(file.name + "*")):
        raw = shutil.copy(each, tmp_path / "stolen")
        # A slot's name as it lies in the file: its first place, its last, and the same within each page.
        found = [(hit.start(), hit.group().decode()) for hit in re.finditer(rb"[0-9a-f]{32}", Path(raw).read_bytes())]
        first = {name: place for place, name in reversed(found)}
        last = {name: place for place, name in found}
        guesses += [sorted(where, key=lambda name, where=where: where[name]) for where in (first, last)]
        # Within a page cells are filled from the end.
        guesses.append(sorted(first, key=lambda name, first=first: (first[name] // 4096, -first[name])))
    return guesses


def linked(order, guess):
    """Return the share of voters whose slot an attacker names who puts this guess into the known batches."""
    rank = {name: number for number, name in enumerate(guess)}
    hits = 0
    for start, batch in zip(range(0, len(order), 2 * K), batches(), strict=True):
        guessed = sorted(batch, key=lambda name: rank.get(name, len(rank)))
        hits += sum(one == other for one, other in zip(order[start : start + 2 * K], guessed, strict=True))
    return hits / len(order)


BOUND = 1 / K + 3 * sqrt(1 / K * (1 - 1 / K) / ATTACKED)


def best(town, database, tmp_path):
    order = vote(town, ATTACKED)
    return max(linked(order, guess[::step]) for guess in places(database, tmp_path) for step in (1, -1))


@pytest.mark.parametrize("attack", range(ATTACKS))
def test_the_stolen_database_tells_no_order(town, database, tmp_path, attack):
    assert best(town, database, tmp_path) <= BOUND


def test_control_without_rewriting_and_emptying_the_order_is_there(town, database, tmp_path, monkeypatch):
    monkeypatch.setattr(engines, "rewrite", lambda *_: None)
    monkeypatch.setattr(engines, "empty_journal", lambda: None)
    assert best(town, database, tmp_path) > BOUND


def test_no_table_of_the_vote_holds_a_time_a_person_or_a_row_number(town, database):
    boxes.cast(town, town.resident, ["p01"])
    for table in ("slot", "pending_leaf", "leaf", "receipt"):
        with engines.engine().connect() as connection:
            names = set(connection.exec_driver_sql(f"SELECT * FROM {table}").keys())
            assert not {name for name in names if "person" in name or name.endswith("_at")}
            if database.startswith("sqlite"):
                with pytest.raises(Exception, match="rowid"):
                    connection.exec_driver_sql(f"SELECT rowid FROM {table}")


def test_every_sealed_ballot_is_as_long_as_every_other(town):
    for voter, choices in zip(boxes.people(town, 3), (["p01"], ["p01", "p02"], ["p01", "p02", "p03"]), strict=True):
        boxes.cast(town, voter, choices)
    assert len({len(row.sealed) for row in boxes.rows("SELECT sealed FROM slot")}) == 1
