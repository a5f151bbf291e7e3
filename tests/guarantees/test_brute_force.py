"""Whoever guesses gets nowhere, wherever the guesses are made. In the background time is handed in, not slept."""

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest

from core import codes, letters
from core.codes import desk
from core.errors import CodeUnknown, SignInFailed, TooManyTries
from core.people import passwords, sign_in, throttle
from core.people.throttle import LIMITS, TURN, Kind, Limit
from core.store import reading, transaction
from db import tables
from tests.helpers import boxes
from tests.helpers.sizes import CODE_GUESSES, GUESSES
from tests.helpers.worlds import PASSWORD, Town

PAUSE = 0.1
FREE = Limit(10**9, 1, 1, timedelta(hours=1))


def enter(town: Town, name: str, password: str, address: str = "192.0.2.7", at=None, **more):
    return sign_in.enter(
        transaction, town.municipality.id, name, password, address=address, device="phone", at=at or town.at, **more
    )


def tried(number: int, attempt: Callable[[int], object]) -> tuple[int, int]:
    """Attempt so often; return how many guesses were looked at, and how many were refused unseen."""
    seen = refused = 0
    for each in range(number):
        try:
            attempt(each)
        except (SignInFailed, CodeUnknown):
            seen += 1
        except TooManyTries:
            refused += 1
    assert seen + refused == number
    return seen, refused


def guess(town: Town, number: int, name: str = "resident", networks: int = 1, **more) -> tuple[int, int]:
    """Guess a password so often, ten times a second, from so many networks."""
    return tried(number, lambda each: enter(
        town, name, f"wrong-{each}", f"10.{each % networks // 256}.{each % networks % 256}.1",
        town.at + timedelta(seconds=each * PAUSE), **more,
    ))  # fmt: skip


def bound(limit: Limit, seconds: float) -> int:
    """Return how many guesses a limit lets through in a time, counting wait by wait."""
    passed, spent = limit.free, 0.0
    while spent <= seconds:
        spent += max(limit.wait(passed).total_seconds(), PAUSE)
        passed += 1
    return passed


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch):
    """Have a wrong password cost nothing where that is not the question."""
    monkeypatch.setattr(passwords, "fits", lambda given, kept, _lane="": given == PASSWORD and kept is not None)


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch):
    """Count nothing, for controls."""
    monkeypatch.setattr(throttle, "LIMITS", dict.fromkeys(Kind, FREE))


@pytest.mark.parametrize("name", ["resident", "nobody-of-this-name"])
def test_guesses_at_one_account_are_few(town: Town, name: str):
    seen, _ = guess(town, GUESSES, name)

    print(f"FIGURES guesses at an account {GUESSES}, looked at {seen}")
    assert seen <= bound(LIMITS[Kind.account_here], GUESSES * PAUSE) < GUESSES


def test_guesses_from_everywhere_are_few_too(town: Town):
    networks = GUESSES // 10
    seen, _ = guess(town, GUESSES, networks=networks)

    seconds = GUESSES * PAUSE
    most = bound(LIMITS[Kind.account], seconds) + networks * bound(TURN, seconds)
    print(f"FIGURES guesses at an account from {networks} networks {GUESSES}, looked at {seen}")
    assert seen <= most < GUESSES


def test_control_if_it_were_always_an_accounts_turn_they_would_not_be(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(throttle, "TURN", FREE)

    # Five free tries a network are all that is left.
    assert guess(town, 100, networks=20)[0] == 100


def spray(town: Town) -> tuple[int, int, int]:
    """Try five passwords at every one of many accounts from one network, one password after the other."""
    names = [one.nickname for one in boxes.people(town, 60)]
    seen, refused = tried(5 * len(names), lambda each: enter(
        town, names[each % len(names)], f"wrong-{each // len(names)}", at=town.at + timedelta(seconds=each * PAUSE)
    ))  # fmt: skip
    return len(names), seen, refused


def test_one_network_does_not_try_a_few_passwords_at_every_account(town: Town):
    number, seen, refused = spray(town)

    seconds, limit = (seen + refused) * PAUSE, LIMITS[Kind.network]
    print(f"FIGURES guesses at {number} accounts from one network {seen + refused}, looked at {seen}")
    assert seen <= number * bound(TURN, seconds) + bound(limit, seconds) - limit.free < seen + refused


def test_control_without_the_door_of_the_network_all_are_looked_at(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(throttle.LIMITS, Kind.network, FREE)

    assert spray(town)[2] == 0


def test_control_without_counting_every_guess_is_looked_at(town: Town, unlimited):
    assert guess(town, GUESSES) == (GUESSES, 0)


def test_a_restart_does_not_help_an_attack(town: Town):
    guess(town, 30)
    # Nothing of it is in memory: another process asks the same table.
    with reading() as session, pytest.raises(TooManyTries):
        doors = throttle.account_doors(town.municipality.id, str(town.resident.person_id), "10.0.0.1")
        throttle.count(session, doors, at=town.at + timedelta(seconds=3))


def test_a_hundred_at_once_are_a_hundred_tries(town: Town):
    told = []

    def one(number: int) -> None:
        try:
            enter(town, "resident", f"wrong-{number}")
        except (SignInFailed, TooManyTries) as refusal:
            told.append(type(refusal))

    crowd = [Thread(target=one, args=(number,)) for number in range(24)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert told.count(SignInFailed) == LIMITS[Kind.account_here].free and len(told) == 24


def test_an_attacker_cannot_fill_the_table(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(throttle, "BUCKETS", 8)
    for number in range(60):
        with contextlib.suppress(SignInFailed, TooManyTries):
            enter(town, f"made-up-{number}", "x", f"203.0.{number}.9")

    assert boxes.rows("SELECT count(*) AS n FROM throttle")[0].n <= 8 * len(Kind)


def test_the_table_names_nobody(town: Town):
    guess(town, 3)

    assert set(tables.Throttle.model_fields) == {"bucket", "failures", "last_at"}


def test_what_is_no_guess_is_not_counted(town: Town, monkeypatch: pytest.MonkeyPatch):
    def busy(*_):
        raise TooManyTries(seconds=5)

    monkeypatch.setattr(passwords, "fits", busy)
    for _ in range(10):
        with pytest.raises(TooManyTries):
            enter(town, "resident", PASSWORD)

    assert boxes.rows("SELECT * FROM throttle") == []


def test_guesses_at_codes_get_nowhere(town: Town):
    with transaction() as session:
        codes.make_batch(session, town.organiser, town.round.id, "x", 5, at=town.at)
    drawn = random.Random(7)

    def attempt(number: int) -> None:
        body = "".join(drawn.choice(letters.ALPHABET) for _ in range(15))
        code, moment = body + letters.check_symbol(body), town.at + timedelta(seconds=number * PAUSE)
        desk.use(transaction, town.resident, town.round.id, code, address="192.0.2.7", at=moment)

    seen, _ = tried(CODE_GUESSES, attempt)

    print(f"FIGURES guesses at codes {CODE_GUESSES}, looked at {seen}")
    assert seen <= bound(LIMITS[Kind.account_here], CODE_GUESSES * PAUSE)


def test_codes_that_begin_alike_are_counted_whoever_tries_them(town: Town):
    voters = boxes.people(town, 20)

    def attempt(number: int) -> None:
        body = "22222" + letters.random_text(10)
        code, address = body + letters.check_symbol(body), f"192.0.{number}.7"
        desk.use(transaction, voters[number], town.round.id, code, address=address, at=town.at)

    assert tried(len(voters), attempt)[0] == LIMITS[Kind.code].free
