"""A disk that is full at any one statement of a vote: nothing of that vote is there, and nothing is acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from core.errors import GlasError
from db import engine
from tests.helpers import boxes, voted
from tests.helpers.voters import Promises

pytestmark = pytest.mark.durable

BOX = ("slot", "leaf", "pending_leaf", "receipt", "checkpoint", "turnout_day", "round")


@contextmanager
def full_at(number: int, *, silently: bool = False) -> Iterator[list[str]]:
    """Let the disk be full at the statement of this number, the commit being the last; give a list of what failed.

    `silently`: what writes is left out without a word, as no database does it.
    """
    dialect, failed, seen = engine.engine().dialect, [], 0
    real = {name: getattr(dialect, name) for name in ("do_execute", "do_executemany", "do_commit")}

    def counted(name: str) -> Callable:
        def call(where, *rest):
            nonlocal seen
            seen += 1
            what = " ".join(str(rest[0]).split()[:3]) if rest else "COMMIT"
            if seen != number or (silently and what.split()[0] not in ("INSERT", "UPDATE", "DELETE")):
                return real[name](where, *rest)
            failed.append(what)
            return None if silently else no_room(where)

        return call

    for name in real:
        setattr(dialect, name, counted(name))
    try:
        yield failed
    finally:
        for name, function in real.items():
            setattr(dialect, name, function)


def no_room(where) -> None:
    """Raise what the database says when its disk is full."""
    if engine.engine().dialect.name == "sqlite":
        raise sqlite3.OperationalError("database or disk is full")
    # By the server itself, so that the transaction is broken as it would be.
    where.execute("DO $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$")


def box() -> list[list[str]]:
    return [sorted(map(repr, boxes.rows(f"SELECT * FROM {name}"))) for name in BOX]


def three_ballots(town, number: int, last: str) -> Iterator[tuple[int, Callable]]:
    """Yield a new voter's first ballot, a second and a third, or a withdrawal, each as (person, what casts it)."""
    (voter,) = voted.voters(town, 1, first=number)
    yield voter.person_id, lambda: voted.cast(town, voter, ["p01"], 0)
    yield voter.person_id, lambda: voted.cast(town, voter, ["p02"], 1)
    if last == "withdrawn":
        yield voter.person_id, lambda: boxes.withdraw(town, voter, 2)
    else:
        yield voter.person_id, lambda: voted.cast(town, voter, ["p03"], 2)


def note(promises, person, receipt) -> None:
    promises.note(person, {"number": receipt.number, "revision": receipt.revision})


def test_a_disk_that_is_full_at_any_statement_of_the_vote_acknowledges_nothing_and_recovers(town):
    # Every second leaf is batched, so that each kind of ballot is once alone and once in a batch.
    promises, number, failed = Promises(), 0, ["", ""]
    tried = set()
    while failed:
        number, failed = number + 1, []
        ballots = [*three_ballots(town, 2 * number, "replaced"), *three_ballots(town, 2 * number + 1, "withdrawn")]
        for person, cast in ballots:
            before, given = box(), None
            with full_at(number) as found, suppress(OperationalError):
                given = cast()
            # Either all of it is there and acknowledged, or nothing.
            assert (given is None) == bool(found) == (box() == before)
            if given:
                note(promises, person, given)
            note(promises, person, cast())
            failed += found
        tried |= set(failed)
    outcome = promises.outcome(town)
    name = engine.engine().dialect.name
    print(
        f"FIGURES {name}, full at {number - 1} statements of a vote in turn:", *(f"{k} {v}" for k, v in outcome.items())
    )
    assert (outcome["lost"], outcome["twice"]) == (0, 0)
    assert {what.split()[0] for what in tried} == {"SELECT", "INSERT", "UPDATE", "DELETE", "COMMIT"}
    voted.close(town)
    (counted,) = boxes.rows("SELECT (SELECT count(*) FROM open_ballot), (SELECT count(*) FROM mismatch)")
    assert tuple(counted) == (number, 0)


def test_control_a_database_that_is_silent_when_it_is_full_is_found_out(town):
    promises, lost = Promises(), []
    for number in range(1, 30):
        ((person, cast), *_) = three_ballots(town, number, "replaced")
        with full_at(number, silently=True) as found, suppress(SQLAlchemyError, GlasError):
            note(promises, person, cast())
        if found and promises.outcome(town)["lost"]:
            lost += found
            boxes.change("DELETE FROM slot")
    assert lost
