"""Nobody is locked out, whoever guesses, and while the guessing goes on.

A siege tries ten times a second and takes every try as soon as there is one; in it time is handed in, not slept.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest

from core import clock
from core.errors import SignInFailed, TooManyTries
from core.people import devices, passwords, sign_in, throttle
from core.people.throttle import LIMITS, Kind
from core.store import transaction
from tests.helpers import boxes, worlds
from tests.helpers.worlds import PASSWORD, Town

SCHOOL, HOME = "192.0.2.7", "203.0.113.5"
RATE = 10


def enter(town: Town, name: str, password: str = PASSWORD, address: str = SCHOOL, at=None, **more):
    return sign_in.enter(
        transaction, town.municipality.id, name, password, address=address, device="phone", at=at or town.at, **more
    )


class Siege:
    """Somebody who tries all the time, and a clock that goes on as she does."""

    def __init__(self, town: Town, name: Callable[[int], str], address: Callable[[int], str]) -> None:
        self.town, self.name, self.address = town, name, address
        self.tries, self.seen = 0, 0

    @property
    def now(self):
        return self.town.at + timedelta(seconds=self.tries / RATE)

    def go_on(self, seconds: float) -> None:
        for _ in range(round(seconds * RATE)):
            self.tries += 1
            try:
                enter(self.town, self.name(self.tries), f"wrong-{self.tries}", self.address(self.tries), self.now)
            except SignInFailed:
                self.seen += 1
            except TooManyTries:
                pass

    def enter(self, name: str, password: str = PASSWORD, address: str = SCHOOL, **more):
        return enter(self.town, name, password, address, self.now + timedelta(seconds=0.01), **more)

    def gets_in_within(self, seconds: float, name: str, address: str = SCHOOL) -> bool:
        """Return whether somebody gets in who comes again when she is told to, while the siege goes on."""
        while seconds >= 0:
            try:
                return self.enter(name, address=address).token != ""
            except TooManyTries as refusal:
                self.go_on(refusal.seconds)
                seconds -= refusal.seconds
        return False


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch):
    """Have a password cost nothing where that is not the question."""
    monkeypatch.setattr(passwords, "fits", lambda given, kept, _lane="": given == PASSWORD and kept is not None)


def made_up(town: Town, address: str = "192.0.2.99") -> Siege:
    return Siege(town, lambda number: f"made-up-{number}", lambda _: address)


def of_one_account(town: Town, name: str = "resident", networks: int = 200) -> Siege:
    return Siege(town, lambda _: name, lambda number: f"198.51.{number % networks}.1")


def test_a_script_with_made_up_names_shuts_nobody_out_of_a_school(town: Town, quick):
    siege, honest = made_up(town), boxes.people(town, 10)
    siege.go_on(15)

    for pupil in honest:
        assert siege.enter(pupil.nickname).actor.person_id == pupil.person_id
        siege.go_on(1)
    assert siege.seen > LIMITS[Kind.network].free


def test_control_without_a_turn_of_ones_own_the_school_would_be_shut_out(
    town: Town, quick, monkeypatch: pytest.MonkeyPatch
):
    still, never = throttle._still, timedelta(hours=1)
    monkeypatch.setattr(throttle, "_still", lambda limit, *a: never if limit is throttle.TURN else still(limit, *a))
    siege = made_up(town)
    siege.go_on(15)

    with pytest.raises(TooManyTries):
        siege.enter("neighbour")


def test_a_pupil_who_mistypes_meanwhile_gets_in_within_a_minute(town: Town, quick):
    siege = made_up(town)
    siege.go_on(15)
    with pytest.raises(SignInFailed):
        siege.enter("neighbour", "mistyped")

    assert siege.gets_in_within(60, "neighbour")


def test_who_tries_every_account_of_a_class_once_keeps_it_out_for_a_minute_at_most(town: Town, quick):
    pupils = [one.nickname for one in boxes.people(town, 12)]
    siege = made_up(town)
    siege.go_on(10)
    siege.name = lambda number: pupils[number % len(pupils)]
    siege.go_on(1.2)
    siege.name = lambda number: f"made-up-{number}"
    siege.go_on(1)

    assert siege.gets_in_within(60, pupils[0])
    assert all(siege.gets_in_within(0, pupil) for pupil in pupils[1:])


def test_the_owner_of_an_account_under_attack_gets_in(town: Town, quick):
    note = devices.noted("", town.resident.pseudonym)
    siege = of_one_account(town)
    siege.go_on(60)

    # From home in a new browser, and also from a network that takes part, in a browser that knows her.
    for _ in range(3):
        assert siege.enter("resident", address=HOME).actor.person_id == town.resident.person_id
        assert siege.enter("resident", address="198.51.7.1", browser=note).actor.person_id == town.resident.person_id
        siege.go_on(5)


def test_the_owner_of_an_account_under_attack_may_mistype(town: Town, quick):
    siege = of_one_account(town)
    siege.go_on(30)
    with pytest.raises(SignInFailed):
        siege.enter("resident", "mistyped", HOME)

    assert siege.gets_in_within(60, "resident", HOME)


def test_a_classmate_keeps_an_account_waiting_for_a_minute_at_most(town: Town, quick):
    note = devices.noted("", town.resident.pseudonym)
    siege = Siege(town, lambda _: "resident", lambda _: SCHOOL)
    siege.go_on(300)

    assert siege.enter("resident", browser=note).actor.person_id == town.resident.person_id
    assert siege.enter("resident", address=HOME).actor.person_id == town.resident.person_id
    siege.go_on(30)
    with pytest.raises(TooManyTries) as refusal:
        siege.enter("resident")
    assert refusal.value.seconds <= 60
    enter(town, "resident", at=siege.now + timedelta(seconds=refusal.value.seconds + 1))


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "::ffff:127.0.0.1", "unix:"])
def test_where_nobody_knows_who_comes_from_where_a_town_is_no_network(town: Town, quick, address: str):
    siege = made_up(town, address)
    siege.go_on(15)
    with pytest.raises(SignInFailed):
        siege.enter("neighbour", "mistyped", address)

    assert siege.enter("neighbour", address=address).actor.person_id == town.neighbour.person_id
    assert throttle.network_doors(address) == ()


def test_a_note_is_good_for_one_person_in_the_town_that_wrote_it(town: Town, monkeypatch: pytest.MonkeyPatch):
    mine, theirs = town.resident.pseudonym, town.neighbour.pseudonym
    kept = devices.noted("", mine)

    assert devices.known(kept, mine) and not devices.known(kept, theirs)
    for forged in (
        "",
        "x",
        kept[:-1],
        kept[1:],
        kept.swapcase(),
        kept[:12] + "A" * 20,
        "." * 5000,
        "я" * 32,
        kept * 99,
    ):
        assert devices.known(forged, mine) is None
    monkeypatch.setattr("core.trust.keys.pepper", lambda: b"another" * 5)
    assert devices.known(kept, mine) is None


def test_a_browser_keeps_notes_about_the_last_who_signed_in_in_it_and_no_names():
    people = [f"p-{number:012}" for number in range(devices.MOST + 3)]
    kept = ""
    for each in [*people, people[-2]]:
        kept = devices.noted(kept, each)

    assert [bool(devices.known(kept, each)) for each in people] == [False] * 3 + [True] * devices.MOST
    assert len(kept) <= devices.LONGEST and not any(each in kept for each in people)
    assert devices.noted(kept, people[-2]) == kept
    # The same person in two browsers leaves nothing by which they could be told to be hers.
    assert devices.noted("", people[0]) != devices.noted("", people[0])


def test_a_note_for_another_account_opens_no_door_of_its_own(town: Town, quick):
    siege = Siege(town, lambda _: "resident", lambda _: SCHOOL)
    siege.go_on(20)

    with pytest.raises(TooManyTries):
        siege.enter("resident", browser=devices.noted("", town.neighbour.pseudonym))


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.001)


@contextlib.contextmanager
def attackers(town: Town, number: int, address: Callable[[int], str]) -> Iterator[None]:
    """Have so many guess without a pause, in real time, while the block goes on."""
    over = Event()

    def attack(which: int) -> None:
        count = 0
        while not over.is_set():
            count += 1
            with contextlib.suppress(SignInFailed, TooManyTries):
                enter(town, f"made-up-{which}-{count}", "wrong", address(count), clock.now())

    crowd = [Thread(target=attack, args=(which,)) for which in range(number)]
    for each in crowd:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in crowd:
            each.join()


@pytest.mark.parametrize(("where", "number"), [("this school", 4), ("this school", 12), ("everywhere", 24)])
def test_honest_people_wait_for_one_turn_of_each_guesser_at_most(
    town: Town, where: str, number: int, monkeypatch: pytest.MonkeyPatch
):
    honest, done, waited = boxes.people(town, 10, password_hash=worlds.password_hash()), [], []
    fits = passwords.fits

    def verified(given: str, kept: str | None) -> bool:
        time.sleep(0.02)  # stands for the hash: what is asked here is whose turn it is
        done.append(given)
        return given == PASSWORD and kept is not None

    def counted(given: str, kept: str | None, lane: str = "") -> bool:
        before = len(done)
        right = fits(given, kept, lane)
        if given == PASSWORD:
            waited.append(len(done) - before)
        return right

    monkeypatch.setattr(passwords, "_verified", verified)
    monkeypatch.setattr(passwords, "fits", counted)
    with attackers(town, number, lambda count: "192.0.2.99" if where == "this school" else f"198.51.{count % 250}.1"):
        until(lambda: len(done) > 2 * number)
        for voter in honest:
            enter(town, voter.nickname, at=clock.now())

    print(f"FIGURES an honest sign-in while {number} guess in {where}: after {max(waited)} hashes at most")
    # Her own, one of each guesser, and two that were being served; one more may end before she looks.
    assert len(waited) == 10 and max(waited) <= number + 4


def test_a_class_of_thirty_gets_in_at_once(town: Town):
    told = []

    def one(voter) -> None:
        told.append(enter(town, voter.nickname, at=clock.now()).actor.person_id)

    pupils = boxes.people(town, 30)
    crowd = [Thread(target=one, args=(voter,)) for voter in pupils]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()

    assert sorted(told) == sorted(voter.person_id for voter in pupils)


@pytest.mark.parametrize("back", [timedelta(seconds=45), timedelta(days=1), timedelta(days=400)])
def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_more_than_three_minutes(town: Town, back):
    for _ in range(8):
        with contextlib.suppress(SignInFailed, TooManyTries):
            enter(town, "resident", "wrong")
    for _ in range(3):
        with contextlib.suppress(SignInFailed, TooManyTries):
            enter(town, "resident", "wrong", at=town.at + timedelta(seconds=70))
    now, waited = town.at - back, 0
    while True:
        try:
            enter(town, "resident", at=now + timedelta(seconds=waited))
            break
        except TooManyTries as refusal:
            waited += refusal.seconds
            assert waited <= 180
    # Who guesses is counted from now on.
    told = []
    for _ in range(12):
        try:
            enter(town, "neighbour", "wrong", at=now)
        except (SignInFailed, TooManyTries) as refusal:
            told.append(type(refusal))
    assert told.count(SignInFailed) == LIMITS[Kind.account_here].free and TooManyTries in told
