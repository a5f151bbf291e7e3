"""A try is counted before it is looked at: taken back where it was no guess, kept where it was one."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core.errors import CodeSpent, CodeUnknown, GlasError, Invalid, SignInFailed, TooManyTries
from core.people import throttle
from core.people.throttle import Kind, door, trying
from core.store import reading, transaction
from db import tables
from tests.helpers.worlds import Town

DOOR = door(Kind.inside, "7")


def failures() -> int:
    with reading() as session:
        row = session.get(tables.Throttle, DOOR.bucket)
    return row.failures if row else 0


def attempt(town: Town, refusal: Exception | None) -> None:
    with trying(transaction, (DOOR,), at=town.at) as tries:
        if refusal is not None:
            raise refusal
        with transaction() as session:
            tries.forgive(session)


@pytest.mark.parametrize("refusal", [SignInFailed(), CodeUnknown(), CodeSpent()])
def test_a_wrong_guess_stays_counted(town: Town, refusal: GlasError):
    with pytest.raises(type(refusal)):
        attempt(town, refusal)

    assert failures() == 1


@pytest.mark.parametrize("refusal", [Invalid("password", "too_short"), RuntimeError("the disk is full")])
def test_what_was_no_guess_is_taken_back(town: Town, refusal: Exception):
    with pytest.raises(type(refusal)):
        attempt(town, refusal)

    assert failures() == 0


def test_it_is_counted_while_it_is_looked_at(town: Town):
    with trying(transaction, (DOOR,), at=town.at):
        assert failures() == 1


def test_a_right_one_forgives_those_before(town: Town):
    for _ in range(3):
        with pytest.raises(SignInFailed):
            attempt(town, SignInFailed())

    attempt(town, None)

    assert failures() == 0


def test_after_the_free_tries_the_block_is_not_entered(town: Town):
    for _ in range(10):
        with pytest.raises(SignInFailed):
            attempt(town, SignInFailed())

    with pytest.raises(TooManyTries) as refusal:
        attempt(town, AssertionError("looked at"))

    assert refusal.value.seconds == 5 and failures() == 10


def test_a_door_is_forgotten_after_the_longest_rest(town: Town):
    with pytest.raises(SignInFailed):
        attempt(town, SignInFailed())
    for after, gone, left in ((timedelta(hours=1), 0, 1), (timedelta(hours=1, seconds=1), 1, 0)):
        with transaction() as session:
            assert throttle.forget_old(session, at=town.at + after) == gone
            assert len(session.exec(select(tables.Throttle)).all()) == left
