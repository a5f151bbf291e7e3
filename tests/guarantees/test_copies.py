"""Somebody copies the database again and again, a few votes apart, and knows who voted in between – but has no keys.

Her best guess, voter by voter, is no better than with one copy: a draw from the batch.
"""

from math import sqrt

import pytest

from core.trust import waiting
from tests.helpers import boxes
from tests.helpers.sizes import COPIED
from tests.helpers.thief import contents, in_boxes, linked, marks, slot_of, tell

K = 20
# Guesses about one batch hang together, so they spread wider than as many throws of a coin: five deviations, not three.
BOUND = 1 / (2 * K) + 5 * sqrt(1 / (2 * K) * (1 - 1 / (2 * K)) / COPIED)


@pytest.fixture
def round_(town, database):
    """Give a round in voting; what other tests have left in PostgreSQL's files is gone."""
    if not database.startswith("sqlite"):
        tell("VACUUM FULL")
    return boxes.round_in_voting(town, tally_step=K)


def copied(town, round_, database, apart):
    """Let people vote with a copy after every so many; return the slots in the order of voting, and the copies."""
    voters, copies = boxes.people(town, COPIED), []
    for number, voter in enumerate(voters, start=1):
        boxes.cast(town, voter, ["p01", "p02"], round_=round_)
        if number % apart == 0:
            copies.append(b"".join(contents(database)))
    return [slot_of(round_, voter) for voter in voters], copies


def by_difference(copies):
    """Return the slots in the order in which anything of them is first seen in a copy, equals by their names."""
    seen = {}
    for mark, name in marks().items():
        first, last = 0, len(copies)
        # What has come stays, so the first copy is found by halving.
        while first < last:
            half = (first + last) // 2
            first, last = (first, half) if mark in copies[half] else (half + 1, last)
        seen[name] = min(first, seen.get(name, len(copies)))
    return sorted(seen, key=lambda name: (seen[name], name))


@pytest.mark.parametrize("apart", [1, 2, 5, 10])
def test_copies_a_few_votes_apart_tell_no_more_than_one(town, round_, database, apart):
    order, copies = copied(town, round_, database, apart)

    share = linked(order, by_difference(copies), [sorted(order)])

    print(f"FIGURES copies {apart} apart: {share:.1%} named, a batch alone {1 / (2 * K):.1%}")
    assert share <= BOUND


@pytest.mark.parametrize("apart", [1, 2, 5])
def test_control_what_stands_in_its_rows_at_once_is_told_by_copies(town, round_, database, apart, monkeypatch):
    monkeypatch.setattr(waiting, "room", lambda _step: 1)
    order, copies = copied(town, round_, database, apart)

    assert linked(order, by_difference(copies), [sorted(order)]) > max(BOUND, 0.6 / apart)


def test_every_box_is_as_long_as_every_other_and_never_the_same(town, round_):
    lengths, found = set(), set()
    for voter in boxes.people(town, 2 * K - 1):
        boxes.cast(town, voter, ["p01"], round_=round_)
        ((sealed,),) = boxes.rows("SELECT sealed FROM waiting_box")
        lengths.add(len(sealed))
        found.add(bytes(sealed))

    assert (len(lengths), len(found), len(in_boxes())) == (1, 2 * K - 1, 2 * K - 1)
    assert boxes.rows("SELECT 1 FROM slot WHERE round_id = :id", id=round_.id) == []
    assert boxes.rows("SELECT 1 FROM receipt WHERE round_id = :id", id=round_.id) == []
