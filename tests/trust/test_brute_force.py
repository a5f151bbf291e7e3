"""Whoever guesses waits, and those who do not guess hardly notice. In the background time is handed in, not slept."""

import contextlib
import random
import time
from datetime import timedelta
from threading import Event, Thread

import pytest

from core import clock, code_desk, codes, letters, passwords, sign_in, throttle
from core.errors import CodeUnknown, SignInFailed, TooManyTries
from core.store import reading, transaction
from core.throttle import LIMITS, Kind, Limit
from db import tables
from tests import boxes, worlds
from tests.trust.sizes import CODE_GUESSES, GUESSES
from tests.worlds import PASSWORD, Town


def enter(town: Town, name: str, password: str, address: str = "192.0.2.7", at=None):
    return sign_in.enter(
        transaction, town.municipality.id, name, password, address=address, device="phone", at=at or town.at
    )


def guess(town: Town, number: int, name: str = "resident", addresses: int = 1, pause: float = 0.1) -> tuple[int, int]:
    """Guess so often, at this pace; return how many guesses were looked at, and how many were refused unseen."""
    seen = refused = 0
    for each in range(number):
        try:
            enter(
                town, name, f"wrong-{each}", f"198.51.{each % addresses}.1", town.at + timedelta(seconds=each * pause)
            )
        except SignInFailed:
            seen += 1
        except TooManyTries:
            refused += 1
    return seen, refused


def bound(limit: Limit, seconds: float) -> int:
    """Return how many guesses a limit lets through in a time, counting wait by wait."""
    passed, spent = limit.free, 0.0
    while spent <= seconds:
        spent += max(limit.wait(passed).total_seconds(), 0.1)
        passed += 1
    return passed


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch):
    """Have a wrong password cost nothing where that is not the question."""
    monkeypatch.setattr(passwords, "fits", lambda given, kept: given == PASSWORD and kept is not None)


@pytest.mark.parametrize("name", ["resident", "nobody-of-this-name"])
def test_guesses_at_one_account_are_few(town: Town, name: str):
    seen, refused = guess(town, GUESSES, name)

    print(f"FIGURES guesses at an account {GUESSES}, looked at {seen}")
    assert seen + refused == GUESSES
    assert seen <= bound(LIMITS[Kind.account_here], GUESSES * 0.1) < GUESSES


def test_guesses_from_everywhere_are_few_too(town: Town):
    seen, _ = guess(town, GUESSES, addresses=256)

    assert seen <= bound(LIMITS[Kind.account], GUESSES * 0.1) < GUESSES


def test_control_without_counting_every_guess_is_looked_at(town: Town, monkeypatch: pytest.MonkeyPatch):
    free = Limit(10**9, 1, 1, timedelta(hours=1))
    monkeypatch.setattr(throttle, "LIMITS", dict.fromkeys(Kind, free))

    assert guess(town, GUESSES) == (GUESSES, 0)


def test_a_restart_does_not_help_an_attack(town: Town):
    guess(town, 30)
    # Nothing of it is in memory: another process asks the same table.
    with reading() as session, pytest.raises(TooManyTries):
        doors = throttle.account_doors(town.municipality.id, str(town.resident.person_id), "198.51.0.1")
        throttle.count(session, doors, at=town.at + timedelta(seconds=3))


def test_nobody_is_locked_out(town: Town):
    guess(town, GUESSES, addresses=256)
    later = town.at + timedelta(seconds=GUESSES * 0.1 + LIMITS[Kind.account].longest)

    assert enter(town, "resident", PASSWORD, at=later).actor.person_id == town.resident.person_id


def test_who_gets_in_has_no_wrong_tries_left(town: Town):
    guess(town, 4)
    enter(town, "resident", PASSWORD, "198.51.0.1", town.at + timedelta(seconds=1))

    assert guess(town, 4) == (4, 0)


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
    drawn, seen, refused = random.Random(7), 0, 0
    for number in range(CODE_GUESSES):
        body = "".join(drawn.choice(letters.ALPHABET) for _ in range(15))
        moment = town.at + timedelta(seconds=number * 0.1)
        try:
            code_desk.use(
                transaction,
                town.resident,
                town.round.id,
                body + letters.check_symbol(body),
                address="192.0.2.7",
                at=moment,
            )
        except CodeUnknown:
            seen += 1
        except TooManyTries:
            refused += 1

    print(f"FIGURES guesses at codes {CODE_GUESSES}, looked at {seen}")
    assert seen + refused == CODE_GUESSES and seen <= bound(LIMITS[Kind.account_here], CODE_GUESSES * 0.1)


def test_codes_that_begin_alike_are_counted_whoever_tries_them(town: Town):
    seen = 0
    for number, voter in enumerate(boxes.people(town, 20)):
        body = "22222" + letters.random_text(10)
        try:
            code_desk.use(
                transaction,
                voter,
                town.round.id,
                body + letters.check_symbol(body),
                address=f"192.0.{number}.7",
                at=town.at,
            )
        except CodeUnknown:
            seen += 1
        except TooManyTries:
            pass

    assert seen == LIMITS[Kind.code].free


def test_honest_people_get_in_while_somebody_guesses(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    honest = boxes.people(town, 10, password_hash=worlds.password_hash())
    over = Event()

    def attack(name: str) -> None:
        number = 0
        while not over.is_set():
            number += 1
            with contextlib.suppress(SignInFailed, TooManyTries):
                enter(town, f"{name}-{number}", "wrong", f"198.51.{number % 250}.1", clock.now())

    attackers = [Thread(target=attack, args=(f"made-up-{each}",)) for each in range(4)]
    for each in attackers:
        each.start()
    took = []
    try:
        for voter in honest:
            begun = time.perf_counter()
            enter(town, voter.nickname, PASSWORD, "192.0.2.7", clock.now())
            took.append(time.perf_counter() - begun)
    finally:
        over.set()
        for each in attackers:
            each.join()

    slow = sorted(took)[int(len(took) * 0.95)]
    print(f"FIGURES an honest sign-in meanwhile: 95 of 100 within {slow:.2f} s")
    assert slow <= 2


def test_a_class_of_thirty_gets_in_at_once(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    told = []

    def one(voter) -> None:
        told.append(enter(town, voter.nickname, PASSWORD, "192.0.2.7", clock.now()).actor.person_id)

    pupils = boxes.people(town, 30)
    crowd = [Thread(target=one, args=(voter,)) for voter in pupils]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert sorted(told) == sorted(voter.person_id for voter in pupils)
