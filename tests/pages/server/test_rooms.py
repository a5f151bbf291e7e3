"""Room for open pages: bounded, with a reserve for who is signed in, and nobody holds places for nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from pages.server import open_files, rooms
from pages.server.rooms import Rooms


@dataclass(eq=False)
class Guest:
    person: int | None = None
    network: str | None = None
    used: float = 0.0
    out: list[int] = field(default_factory=list)

    def put_out(self) -> None:
        self.out.append(1013)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    held = SimpleNamespace(now=1_000.0)
    held.monotonic = lambda: held.now
    monkeypatch.setattr(rooms, "time", held)
    return held


def test_guests_have_three_quarters_and_the_rest_is_for_who_is_signed_in():
    house = Rooms(100)
    entered = [house.enter(Guest(used=1_000.0)) for _ in range(300)]

    assert entered == [True] * 75 + [False] * 225
    assert [house.enter(Guest(person=number)) for number in range(40)] == [True] * 40
    assert len(house.inside) == 100


def test_three_hundred_who_only_hold_places_make_room_for_who_comes():
    house = Rooms(100)
    idle = [Guest(used=1_000.0 - 60) for _ in range(300)]

    assert all(house.enter(each) for each in idle)
    assert house.enter(Guest(used=1_000.0))
    assert len(house.guests) == 75
    assert [len(each.out) for each in idle] == [1] * 226 + [0] * 74


def test_the_network_that_holds_most_makes_room_first():
    house = Rooms(100)
    school = [Guest(network="192.0.2.7", used=900.0) for _ in range(30)]
    crowd = [Guest(network="198.51.100.1", used=995.0) for _ in range(45)]
    for each in (*school, *crowd):
        assert house.enter(each)
    for number in range(5):
        assert house.enter(Guest(network=f"203.0.113.{number}", used=1_000.0)), number

    assert not any(each.out for each in school)
    assert [len(each.out) for each in crowd] == [1] * 5 + [0] * 40
    assert not house.enter(Guest(network="203.0.113.9", used=1_000.0))


def test_a_network_has_as_many_guests_as_a_large_school_and_a_class_of_thirty_twice_over():
    assert [Rooms(most).most_of_network for most in (100, 400, 3_000)] == [60, 133, 1_000]
    house = Rooms(400)
    near = [house.enter(Guest(network="192.0.2.7", used=1_000.0)) for _ in range(200)]

    assert near == [True] * 133 + [False] * 67
    assert house.enter(Guest(network="192.0.2.8", used=1_000.0))


def test_one_person_has_so_many_pages_and_the_oldest_goes():
    house = Rooms(100)
    pages = [Guest(person=1, used=float(number)) for number in range(30)]

    assert all(house.enter(each) for each in pages)
    assert [len(each.out) for each in pages] == [1] * 6 + [0] * 24


def test_a_phone_that_comes_again_every_few_seconds_finds_room():
    house = Rooms(8)
    for _ in range(200):
        phone = Guest(network="192.0.2.7", used=1_000.0)
        assert house.enter(phone)
        house.leave(phone)


def test_room_follows_from_the_files_that_may_be_open(monkeypatch: pytest.MonkeyPatch):
    for most, room in ((1_024, 105), (2_048, 361), (20_000, 3_000), (300, 20)):
        monkeypatch.setattr(open_files, "most", lambda most=most: most)
        assert Rooms().most == room


def test_the_limit_of_files_is_raised_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[int, int]] = []
    limits = [(1_024, 524_288)]
    fake = SimpleNamespace(
        RLIMIT_NOFILE=7, RLIM_INFINITY=-1, getrlimit=lambda _which: limits[-1],
        setrlimit=lambda _which, wanted: limits.append(wanted) or told.append(wanted),
    )  # fmt: skip
    monkeypatch.setattr(open_files, "resource", fake)

    assert open_files.raise_limit() == 16_384
    assert told == [(16_384, 524_288)]
    assert open_files.raise_limit() == 16_384 and len(told) == 1
    limits.append((1_024, 2_048))
    assert open_files.raise_limit() == 2_048
