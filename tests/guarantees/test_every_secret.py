"""Wherever a secret can be typed, whoever guesses waits: signed in or not, with the password known or not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from core.errors import SecondStepNeeded, SignInFailed, TooManyTries
from core.people import devices, passwords, recovery, second_step, sessions, sign_in, team, throttle
from core.people.throttle import LIMITS, Kind
from core.permissions import Role
from core.settings import settings
from core.store import transaction
from tests.guarantees.test_brute_force import FREE, PAUSE, bound, enter, tried
from tests.helpers import boxes, second_steps
from tests.helpers.worlds import PASSWORD, Town

TRIES = 60
WRONG = "sasvsem-drugo-izrechenie-{}"


def do(act: Callable[[Any], Any]) -> Any:
    with transaction() as session:
        return act(session)


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: that tries are counted alike on both is shown where they are counted."""
    return sqlite_database


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch):
    """Be a server for real people, where staff need their second step, and where a hash costs nothing."""
    monkeypatch.setenv("DEMO", "0")
    settings.cache_clear()
    monkeypatch.setattr(passwords, "fits", lambda given, kept, _lane="": given == PASSWORD and kept is not None)
    monkeypatch.setattr(passwords, "hashed", lambda *_: "hash")


@dataclass(frozen=True)
class Scene:
    """A town with an organiser who has a second step, and what an attacker may have of her and of a resident."""

    town: Town
    organiser_in: str
    organiser_shown: str
    resident_in: str
    invitation: str

    def at(self, number: int):
        return self.town.at + timedelta(minutes=5, seconds=number * PAUSE)


@pytest.fixture
def scene(town: Town) -> Scene:
    second_steps.set_up(town, "organiser")

    def opened(who, shown: bool) -> str:
        return do(lambda session: sessions.open_session(session, who, at=town.at, second_step=shown))

    link = do(lambda session: team.invite(session, town.organiser, Role.reviewer, at=town.at))
    return Scene(
        town, opened(town.organiser, False), opened(town.organiser, True), opened(town.resident, False), link
    )  # fmt: skip


def everywhere(number: int) -> str:
    return f"10.{number // 256}.{number % 256}.1"


# Place → the door that counts, and one guess there.
PLACES: dict[str, tuple[Kind, Callable[[Scene, int], object]]] = {
    "the recovery code": (Kind.account_here, lambda s, n: recovery.reset(
        transaction, s.town.municipality.id, "resident", f"guess-{n}", WRONG.format(n), address="192.0.2.7", at=s.at(n)
    )),
    "a change of password": (Kind.inside, lambda s, n: recovery.change(
        transaction, s.town.resident, f"guess-{n}", WRONG.format(n), at=s.at(n)
    )),
    "a new recovery code": (Kind.inside, lambda s, n: recovery.replace_recovery_code(
        transaction, s.town.resident, f"guess-{n}", at=s.at(n)
    )),
    "an invitation": (Kind.inside, lambda s, n: team.accept(
        transaction, s.town.resident, s.invitation, s.resident_in, WRONG.format(n), at=s.at(n)
    )),
    "a renewal": (Kind.inside, lambda s, n: sign_in.renew(
        transaction, s.resident_in, f"guess-{n}", device="", at=s.at(n)
    )),
    "the second step of a running sign-in": (Kind.second_step, lambda s, n: sign_in.step_up(
        transaction, s.organiser_in, f"{n:06}", at=s.at(n)
    )),
    "new codes of the second step": (Kind.second_step, lambda s, n: sign_in.new_codes(
        transaction, s.organiser_shown, f"{n:06}", at=s.at(n)
    )),
    "the second step at the door, from everywhere": (Kind.second_step, lambda s, n: enter(
        s.town, "organiser", PASSWORD, everywhere(n), s.at(n), code=f"{n:06}"
    )),
    "a browser that knows its owner": (Kind.browser, lambda s, n: enter(
        s.town, "resident", f"guess-{n}", everywhere(n), s.at(n), browser=devices.noted("", s.town.resident.pseudonym)
    )),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_guesses_are_few_at(place: str, scene: Scene, monkeypatch: pytest.MonkeyPatch):
    # One browser, not a new one at every try.
    note = devices.noted("", scene.town.resident.pseudonym)
    monkeypatch.setattr(devices, "noted", lambda *_: note)
    kind, attempt = PLACES[place]

    seen, refused = tried(TRIES, lambda number: attempt(scene, number))

    assert LIMITS[kind].free <= seen <= bound(LIMITS[kind], TRIES * PAUSE) < TRIES and refused


@pytest.mark.parametrize("place", PLACES)
def test_control_without_counting_all_are_looked_at_at(place: str, scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(throttle, "LIMITS", dict.fromkeys(Kind, FREE))

    assert tried(20, lambda number: PLACES[place][1](scene, number)) == (20, 0)


def test_who_only_knows_the_password_has_no_second_place_to_guess_the_second_step(scene: Scene):
    secret_code = second_steps.codes[scene.town.organiser.person_id][0]

    with pytest.raises(SecondStepNeeded):
        sign_in.new_codes(transaction, scene.organiser_in, secret_code, at=scene.at(0))
    with pytest.raises(SignInFailed):
        sign_in.new_codes(transaction, "made-up", secret_code, at=scene.at(0))

    assert len(sign_in.new_codes(transaction, scene.organiser_shown, secret_code, at=scene.at(0))) == second_step.CODES


def test_who_does_not_know_the_password_cannot_use_up_the_tries_of_the_second_step(scene: Scene):
    tried(40, lambda number: enter(
        scene.town, "organiser", f"guess-{number}", everywhere(number), scene.at(number), code="000000"
    ))  # fmt: skip
    secret_code = second_steps.codes[scene.town.organiser.person_id][0]

    assert sign_in.step_up(transaction, scene.organiser_in, secret_code, at=scene.at(41)).second_step == "done"


def test_the_right_password_without_the_code_is_no_wrong_try(scene: Scene):
    for number in range(20):
        with pytest.raises(SecondStepNeeded):
            enter(scene.town, "organiser", PASSWORD, at=scene.at(number))

    assert boxes.rows("SELECT * FROM throttle WHERE failures > 0") == []


@pytest.mark.parametrize("way", ["the recovery code", "a sign-in that runs"])
def test_guesses_at_a_password_do_not_keep_its_owner_from_changing_it(way: str, scene: Scene):
    town = scene.town
    code = recovery.replace_recovery_code(transaction, town.resident, PASSWORD, at=scene.at(0))
    tried(TRIES, lambda number: enter(town, "resident", f"guess-{number}", "192.0.2.7", scene.at(number)))
    new, at = WRONG.format(1), scene.at(TRIES)
    with pytest.raises(TooManyTries):
        enter(town, "resident", PASSWORD, "192.0.2.7", at)

    if way == "the recovery code":
        recovery.reset(transaction, town.municipality.id, "resident", code, new, address="192.0.2.7", at=at)
    else:
        recovery.change(transaction, town.resident, PASSWORD, new, at=at)

    assert boxes.rows("SELECT password_hash FROM person WHERE nickname = 'resident'")[0].password_hash == "hash"
