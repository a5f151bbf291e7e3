"""Guesses at a second step: after fifty in a row each further one waits a day, and its owner is told of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.errors import SignInFailed, TooManyTries
from core.people import second_step, sessions, sign_in, throttle
from core.people.throttle import LIMITS, Kind
from core.store import reading, transaction
from tests.helpers import boxes, second_steps
from tests.helpers.worlds import PASSWORD, Town


def tries_in(days: int, began: datetime, person_id: int) -> int:
    """Return how often somebody who never pauses may guess in so many days."""
    at, done = began, 0
    while at < began + timedelta(days=days):
        try:
            with transaction() as session:
                throttle.count(session, second_step.doors(person_id), at=at)
            done += 1
        except TooManyTries as refusal:
            at += timedelta(seconds=refusal.seconds)
    return done


def test_who_guesses_without_a_pause_has_fifty_tries_and_then_one_a_day(town: Town):
    # 50 within the first hour; at 5, 10, 20, 40 and then 60 seconds each.
    assert tries_in(10, town.at, 7) == 50 + 9


def test_an_hour_of_rest_buys_no_new_tries(town: Town):
    with transaction() as session:
        for minute in range(50):
            throttle.count(session, second_step.doors(7), at=town.at + timedelta(minutes=2 * minute))
        later = town.at + timedelta(hours=1, minutes=100)
        with pytest.raises(TooManyTries) as refusal:
            throttle.count(session, second_step.doors(7), at=later)

    assert 22 * 3600 < refusal.value.seconds <= 24 * 3600


def test_control_without_patience_it_would_be_over_a_thousand_a_day(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(LIMITS, Kind.second_step, throttle.Limit(5, 5, 60, timedelta(hours=1)))

    assert tries_in(1, town.at, 7) > 1_400


def test_housekeeping_forgets_other_tries_after_their_rest_and_these_after_thirty_days(town: Town):
    with transaction() as session:
        throttle.count(session, [*second_step.doors(7), *throttle.network_doors("192.0.2.7")], at=town.at)

    with transaction() as session:
        assert throttle.forget_old(session, at=town.at + timedelta(hours=2)) == 1
        assert throttle.forget_old(session, at=town.at + timedelta(days=29)) == 0
        assert throttle.forget_old(session, at=town.at + timedelta(days=31)) == 1


@pytest.mark.parametrize(("wrong", "told"), [(2, 0), (3, 3), (5, 5)])
def test_the_next_sign_in_tells_of_them_once(town: Town, wrong: int, told: int):
    secret = second_steps.set_up(town, "organiser")

    def enter(code: str, at: datetime) -> sign_in.SignedIn:
        here = {"address": "192.0.2.7", "device": "", "at": at, "code": code}
        return sign_in.enter(transaction, town.municipality.id, "organiser", PASSWORD, **here)  # type: ignore[arg-type]

    for number in range(wrong):
        with pytest.raises(SignInFailed):
            enter("000000", town.at + timedelta(minutes=number))
    at = town.at + timedelta(minutes=10)
    signed = enter(second_steps.code(secret, at), at)

    assert signed.actor.missed == told
    with transaction() as session:
        sessions.forget_missed(session, signed.token)
    with reading() as session:
        assert sessions.actor_of(session, signed.token, at=at).missed == 0  # type: ignore[union-attr]
    again = at + timedelta(minutes=5)
    assert enter(second_steps.code(secret, again), again).actor.missed == 0


def test_a_step_shown_in_a_running_sign_in_tells_of_them_too(town: Town):
    secret = second_steps.set_up(town, "organiser")
    with transaction() as session:
        token = sessions.open_session(session, town.organiser, at=town.at)
    for _number in range(4):
        with pytest.raises(SignInFailed):
            sign_in.step_up(transaction, token, "000000", at=town.at)
    at = town.at + timedelta(minutes=1)

    fresh = sign_in.step_up(transaction, token, second_steps.code(secret, at), at=at).token

    with reading() as session:
        assert sessions.actor_of(session, fresh, at=at).missed == 4  # type: ignore[union-attr]
    assert boxes.rows("SELECT 1 FROM throttle") == []
