"""Turns: hashing a password is heavy, so few are hashed at a time, and no crowd keeps the others waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock, Thread

import pytest

from core import store
from core.errors import Invalid, SignInFailed, TooManyTries
from core.people import accounts, passwords, recovery, team, throttle
from core.people.passwords import Turns
from core.permissions import Role
from tests.helpers.worlds import PASSWORD, Town


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.001)


class Line:
    """Turns that are held up, with work that notes in which order it was done."""

    def __init__(self, at_once: int = 1, most: int = 40, most_of_one: int = 30, patience: float = 60) -> None:
        self.turns = Turns("test", at_once=at_once, most=most, most_of_one=most_of_one, patience=patience)
        self._at_once = at_once
        self.go, self.done, self.crowd, self.waiting = Event(), [], [], 0
        self._lock, self.busy, self.most_at_once = Lock(), 0, 0

    def work(self, name: str) -> Callable[[], str]:
        def act() -> str:
            with self._lock:
                self.busy += 1
                self.most_at_once = max(self.most_at_once, self.busy)
            self.go.wait(60)
            with self._lock:
                self.busy -= 1
                self.done.append(name)
            return name

        return act

    def join(self, lane: str, name: str) -> None:
        """Put somebody at the end of a lane, and be back when she stands there."""
        each = Thread(target=self.turns.take, args=(lane, self.work(name)))
        each.start()
        self.crowd.append(each)
        self.waiting += 1
        busy = min(self.waiting, self._at_once)
        until(lambda: (self.busy, self.turns._waiting) == (busy, self.waiting - busy))

    def over(self) -> list[str]:
        self.go.set()
        for each in self.crowd:
            each.join()
        return self.done


def test_in_a_lane_who_came_first_is_first():
    line = Line()
    for number in range(6):
        line.join("school", str(number))

    assert line.over() == list("012345")


def test_a_crowd_in_one_lane_keeps_only_its_own_lane_waiting():
    line = Line()
    for number in range(20):
        line.join("crowd", f"crowd-{number}")
    line.join("school", "pupil")

    # One of the crowd was being served, one had its turn before.
    assert line.over().index("pupil") <= 2


def test_lanes_take_turns():
    line = Line()
    for name in ("a1", "a2", "a3", "b1", "c1", "b2"):
        line.join(name[0], name)

    assert line.over() == ["a1", "a2", "b1", "c1", "a3", "b2"]


def refused_at_once(line: Line, lane: str) -> bool:
    begun = time.monotonic()
    with pytest.raises(TooManyTries):
        line.turns.take(lane, line.work("one too many"))
    return time.monotonic() - begun < 30


def test_a_lane_that_is_full_leaves_room_for_others():
    line = Line(most=10, most_of_one=6)
    for number in range(7):
        line.join("crowd", str(number))
    assert refused_at_once(line, "crowd")
    line.join("school", "pupil")

    assert "pupil" in line.over() and "one too many" not in line.done


def test_no_more_wait_than_may():
    line = Line(most=3)
    for number in range(4):
        line.join(f"lane-{number}", str(number))
    assert refused_at_once(line, "another")
    line.over()


def test_nobody_waits_for_ever_and_what_was_given_up_is_not_done():
    line = Line(patience=0.05)
    with pytest.raises(TooManyTries):
        line.join("school", "held up") or line.turns.take("school", line.work("impatient"))

    assert line.over() == ["held up"]


def test_at_most_so_many_work_at_once():
    line = Line(at_once=2)
    for number in range(6):
        line.join(f"lane-{number}", str(number))
    line.over()

    assert line.most_at_once == 2


def test_what_goes_wrong_is_told_to_whoever_waits_and_the_next_is_served():
    line = Line()

    def breaks() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        line.turns.take("school", breaks)
    line.go.set()
    assert line.turns.take("school", line.work("next")) == "next"


def test_passwords_are_hashed_in_turn(monkeypatch: pytest.MonkeyPatch):
    lanes: list[str] = []
    take = passwords._TURNS.take
    monkeypatch.setattr(passwords._TURNS, "take", lambda lane, work: lanes.append(lane) or take(lane, work))

    assert passwords.fits(PASSWORD, passwords.hashed(PASSWORD, "one"), "other")
    assert lanes == ["one", "other"]
    assert passwords._TURNS._workers._max_workers == 2


GUESSABLE = "monkey dragon 1"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have the estimate note what it was asked, and find everything easy."""
    seen: list[str] = []
    monkeypatch.setattr(passwords.zxcvbn, "zxcvbn", lambda password, **_: seen.append(password) or {"score": 0})
    return seen


def test_how_guessable_a_password_is_is_found_out_in_turn_by_its_beginning(
    judged: list[str], monkeypatch: pytest.MonkeyPatch
):
    lanes: list[str] = []
    take = passwords._TURNS.take
    monkeypatch.setattr(passwords._TURNS, "take", lambda lane, work: lanes.append(lane) or take(lane, work))
    with pytest.raises(Invalid):
        passwords.check_strength("abcdefgh" * 9, lane="school")

    assert judged == ["abcdefgh" * 4]
    assert lanes == ["school"]


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaaaaaaaaaabb", "123456789012", "MariaMaria"])
def test_what_is_seen_at_once_asks_for_no_turn(password: str, judged: list[str]):
    with pytest.raises(Invalid):
        passwords.check_strength(password, names=("Maria",))

    assert judged == []


def ask_to_join(town: Town) -> object:
    return accounts.join(
        store.transaction, town.municipality.id, nickname="newcomer", password=GUESSABLE, birth_year=2008,
        area_id=None, language="bg", at=town.at, address="192.0.2.7",
    )  # fmt: skip


def ask_to_change(town: Town) -> object:
    return recovery.change(store.transaction, town.resident, PASSWORD, GUESSABLE, at=town.at)


def ask_to_accept(town: Town) -> object:
    with store.transaction() as session:
        token = team.invite(session, town.organiser, Role.reviewer, at=town.at)
    return team.accept(store.transaction, town.resident, token, "", GUESSABLE, at=town.at)


@pytest.mark.parametrize("ask", [ask_to_join, ask_to_change, ask_to_accept])
def test_a_try_is_counted_before_the_dear_estimate_and_none_is_made_where_too_many_were(
    town: Town, ask: Callable[[Town], object], judged: list[str], monkeypatch: pytest.MonkeyPatch
):
    few = throttle.Limit(2, 60, 60, throttle.TURN.rest)
    for kind in (throttle.Kind.join, throttle.Kind.strength):
        monkeypatch.setitem(throttle.LIMITS, kind, few)
    for _ in range(2):
        with pytest.raises(Invalid):
            ask(town)
    with pytest.raises(TooManyTries):
        ask(town)

    assert judged == [GUESSABLE] * 2


def test_who_has_no_recovery_code_asks_for_no_estimate(town: Town, judged: list[str]):
    with pytest.raises(SignInFailed):
        recovery.reset(
            store.transaction, town.municipality.id, town.resident.nickname, "A" * 20, GUESSABLE,
            address="192.0.2.7", at=town.at,
        )  # fmt: skip

    assert judged == []
