"""The second step of staff: set up once, tried before it counts, each password and code good once."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from core.errors import Invalid, NotAllowed, NotSignedIn, SignInFailed
from core.people import second_step, sessions
from core.people.second_step import Status
from core.settings import settings
from core.store import reading
from db import tables
from tests.helpers import second_steps
from tests.helpers.worlds import Town


@pytest.fixture(autouse=True)
def no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be no demo, in which nobody needs a second step."""
    monkeypatch.setenv("DEMO", "0")
    settings.cache_clear()


@pytest.fixture
def secret(town: Town) -> bytes:
    """Give what the organiser's app knows, since her second step counts."""
    return second_steps.set_up(town, "organiser")


def me(town: Town) -> int:
    return town.organiser.person_id or 0


def test_how_somebody_stands(town: Town):
    def status(name: str) -> Status:
        with reading() as session:
            return second_step.status(session, town.people[name])

    assert status("resident") == Status(needed=False, active=False, codes_left=0)
    assert status("organiser") == Status(needed=True, active=False, codes_left=0)

    second_steps.set_up(town, "organiser")

    assert status("organiser") == Status(needed=True, active=True, codes_left=10)
    with reading() as session, pytest.raises(NotSignedIn):
        second_step.status(session, town.guest)


def test_in_a_demo_town_nobody_needs_one_at_the_computer_that_serves(town: Town, session: Session):
    here = second_step.status(session, town.organiser, local=True)
    assert here == Status(needed=True, active=False, codes_left=0)

    session.get_one(tables.Municipality, town.municipality.id).demo = True
    session.flush()

    here = second_step.status(session, town.organiser, local=True)
    assert here == Status(needed=False, active=False, codes_left=0)
    assert second_step.status(session, town.organiser).needed


def test_a_secret_is_told_to_the_app_in_two_ways(town: Town, session: Session):
    shown = second_step.begin(session, town.organiser, issuer="Глас Село", at=town.at)

    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", shown.secret)
    assert shown.uri == (
        "otpauth://totp/%D0%93%D0%BB%D0%B0%D1%81%20%D0%A1%D0%B5%D0%BB%D0%BE%3Aorganiser"
        f"?secret={shown.secret.replace(' ', '')}&issuer=%D0%93%D0%BB%D0%B0%D1%81%20%D0%A1%D0%B5%D0%BB%D0%BE"
        "&algorithm=SHA1&digits=6&period=30"
    )
    kept = session.get_one(tables.SecondStep, me(town))
    assert base64.b32decode(shown.secret.replace(" ", "")) not in kept.secret and kept.confirmed_at is None


def test_a_resident_needs_none(town: Town, session: Session):
    with pytest.raises(NotAllowed):
        second_step.begin(session, town.resident, issuer="Glas", at=town.at)


def test_it_counts_once_a_password_of_it_was_right(town: Town, session: Session):
    with pytest.raises(Invalid) as refusal:
        second_step.confirm(session, town.organiser, "000000", at=town.at)
    assert (refusal.value.field, refusal.value.problem) == ("second_step", "required")
    shown = second_step.begin(session, town.organiser, issuer="Glas", at=town.at)
    right = second_steps.code(base64.b32decode(shown.secret.replace(" ", "")), town.at)

    with pytest.raises(Invalid) as refusal:
        second_step.confirm(session, town.organiser, f"{(int(right) + 1) % 10**6:06}", at=town.at)
    assert (refusal.value.field, refusal.value.problem) == ("code", "format")
    assert not second_step.is_active(session, me(town))
    codes = second_step.confirm(session, town.organiser, right, at=town.at)

    assert second_step.is_active(session, me(town)) and len(set(codes)) == 10
    for again in (
        lambda: second_step.begin(session, town.organiser, issuer="Glas", at=town.at),
        lambda: second_step.confirm(session, town.organiser, right, at=town.at),
    ):
        with pytest.raises(Invalid) as refusal:
            again()
        assert (refusal.value.field, refusal.value.problem) == ("second_step", "taken")


@pytest.mark.parametrize(("late", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phones_clock_may_be_half_a_minute_off(town: Town, secret: bytes, session: Session, late: int, good: bool):
    """The first password was taken at its set-up, so this is asked an hour later."""
    now = town.at + timedelta(hours=1)
    typed = second_steps.code(secret, now + timedelta(seconds=late))

    if good:
        second_step.check(session, me(town), typed, at=now)
    # What was taken is taken, and what is too far off never was one.
    with pytest.raises(SignInFailed):
        second_step.check(session, me(town), typed, at=now)


def test_a_recovery_code_is_spent_by_its_use(town: Town, secret: bytes, session: Session):
    first, *others = second_steps.codes[me(town)]

    second_step.check(session, me(town), first.lower().replace("-", " "), at=town.at)

    with pytest.raises(SignInFailed):
        second_step.check(session, me(town), first, at=town.at)
    assert second_step.status(session, town.organiser).codes_left == len(others) == 9


def test_who_has_no_second_step_shows_none(town: Town, session: Session):
    with pytest.raises(SignInFailed):
        second_step.check(session, me(town), "", at=town.at)


def test_fresh_codes_stand_in_for_the_old_ones(town: Town, secret: bytes, session: Session):
    old = second_steps.codes[me(town)]

    new = second_step.fresh_codes(session, me(town))

    assert len(new) == 10 and not set(new) & set(old)
    with pytest.raises(SignInFailed):
        second_step.check(session, me(town), old[0], at=town.at)
    second_step.check(session, me(town), new[0], at=town.at)


def test_at_the_server_a_lost_one_is_taken_away_and_its_owner_signs_in_anew(
    town: Town, secret: bytes, session: Session
):
    token = sessions.open_session(session, town.organiser, at=town.at, second_step=True)
    with pytest.raises(NotAllowed):
        second_step.forget(session, town.second_organiser, me(town), at=town.at)

    second_step.forget(session, town.operator, me(town), at=town.at)

    assert second_step.status(session, town.organiser) == Status(needed=True, active=False, codes_left=0)
    assert sessions.actor_of(session, token, at=town.at) is None
    told = session.exec(select(tables.Journal).where(tables.Journal.action == "forget_second_step")).one()
    assert told.facts == {"to": "p-organiser"}
