"""Joining: whole classes join at once, and nobody tries whole lists of names."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.errors import Invalid, TooManyTries
from core.people import accounts, passwords, throttle
from core.people.throttle import LIMITS, Kind, Limit
from core.store import transaction
from tests.helpers import boxes
from tests.helpers.worlds import PASSWORD, Town

SCHOOL = "192.0.2.7"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch):
    """Have neither a hash nor an estimate of a password cost anything."""
    monkeypatch.setattr(passwords, "hashed", lambda *_: "hash")
    monkeypatch.setattr(passwords, "check_guessable", lambda *_, **__: None)


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Have the door close after a few, in a hundredth of the time."""
    limit = Limit(20, 1, 5, timedelta(hours=1))
    monkeypatch.setitem(throttle.LIMITS, Kind.join, limit)
    return limit


def join(town: Town, nickname: str, at: datetime | None = None, address: str = SCHOOL, **more):
    return accounts.join(
        transaction, town.municipality.id, nickname=nickname, password=PASSWORD, birth_year=2008, area_id=None,
        language="bg", at=at or town.at, address=address, **more,
    )  # fmt: skip


def test_a_class_of_thirty_joins_at_once(town: Town):
    for number in range(30):
        join(town, f"pupil-{number}")

    assert boxes.rows("SELECT count(*) AS n FROM person WHERE nickname LIKE 'pupil-%'")[0].n == 30


def test_a_day_of_a_school_joins_class_by_class(town: Town):
    """Of 750 pupils, five classes an hour at once, each with as many slips of the pen as a class makes."""
    with transaction() as session:
        for hour in range(5):
            for _ in range(5 * 40):
                throttle.count(session, throttle.network_doors(SCHOOL, Kind.join), at=town.at + timedelta(hours=hour))

    join(town, "the last one", town.at + timedelta(hours=4))


def attempts(number: int, attempt: Callable[[int], object]) -> dict[str, int]:
    told = {"joined": 0, "taken": 0, "wait": 0}
    for each in range(number):
        try:
            attempt(each)
            told["joined"] += 1
        except Invalid:
            told["taken"] += 1
        except TooManyTries:
            told["wait"] += 1
    return told


@pytest.mark.parametrize("what", ["new names", "names", "addresses"])
def test_whoever_tries_a_list_waits(town: Town, tight: Limit, what: str):
    join(town, "somebody", address="203.0.113.5", email="somebody@example.org")
    given = {
        "new names": lambda n: {"nickname": f"sock-{n}"},
        "names": lambda _: {"nickname": "resident"},
        "addresses": lambda n: {"nickname": f"new-{n}", "email": "somebody@example.org"},
    }[what]

    told = attempts(60, lambda each: join(town, at=town.at + timedelta(seconds=each * 0.1), **given(each)))

    # Six seconds long: after the free ones there is one after a second, two, four.
    assert told["joined"] + told["taken"] <= tight.free + 3 and told["wait"] >= 37
    assert bool(told["joined"]) is (what == "new names")
    # Nobody else waits for it.
    join(town, "elsewhere", town.at + timedelta(seconds=6), address="198.51.100.7")


def test_control_without_the_door_the_list_would_be_told(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(throttle.LIMITS, Kind.join, Limit(10**9, 1, 1, timedelta(hours=1)))

    told = attempts(60, lambda each: join(town, "resident", town.at + timedelta(seconds=each * 0.1)))

    assert told["taken"] == 60


def test_the_door_of_a_network_is_loose(town: Town):
    limit = LIMITS[Kind.join]

    assert limit.free >= 1000 and limit.longest <= 5


def test_what_is_mistyped_is_no_try(town: Town):
    for _ in range(3):
        with pytest.raises(Invalid):
            join(town, "x")

    assert boxes.rows("SELECT * FROM throttle") == []


def test_sign_ins_and_joining_do_not_keep_each_other_waiting(town: Town, tight: Limit):
    attempts(40, lambda each: join(town, f"sock-{each}"))
    with transaction() as session:
        throttle.count(session, throttle.account_doors(town.municipality.id, "1", SCHOOL), at=town.at)
