"""The demo's accounts, whose password everybody knows, open at the computer that serves only; a real town has none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import select

from core import errors
from core.people import recovery, second_step, sessions, sign_in
from core.people.recovery import code_digest
from core.permissions import OPERATOR, Role
from core.settings import settings
from core.store import transaction
from db import tables
from tests.helpers import second_steps
from tests.helpers.worlds import PASSWORD, Town

RECOVERY = "23456789ABCDEFGHJKMN"


@pytest.fixture
def demo(town: Town) -> Town:
    """Give the town as a demo, with its organiser as one of the demo's accounts."""
    with transaction() as session:
        session.get_one(tables.Municipality, town.municipality.id).demo = True
        row = session.get_one(tables.Person, town.organiser.person_id)
        row.demo, row.recovery_hash = True, code_digest(RECOVERY)
    return town


@pytest.fixture(params=["elsewhere", "a public name"])
def local(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """Give what the edge says of who asks, in both cases in which it is not the computer that serves."""
    if request.param == "a public name":
        monkeypatch.setenv("GLAS_URL", "https://glas.example.org")
        settings.cache_clear()
    yield request.param == "a public name"
    settings.cache_clear()


def enter(town: Town, name: str = "organiser", **more: object) -> sign_in.SignedIn:
    known = {"address": "203.0.113.5", "device": "", "at": town.at}
    return sign_in.enter(transaction, town.municipality.id, name, PASSWORD, **known, **more)  # type: ignore[arg-type]


def token_of(town: Town, **more: bool) -> str:
    with transaction() as session:
        return sessions.open_session(session, town.organiser, at=town.at, **more)


def test_the_printed_password_opens_nothing_elsewhere(demo: Town, local: bool):
    with pytest.raises(errors.DemoElsewhere):
        enter(demo, local=local)


def test_no_other_way_opens_an_account_of_the_demo_elsewhere(demo: Town, local: bool, monkeypatch: pytest.MonkeyPatch):
    token, known = token_of(demo, second_step=True), {"at": demo.at, "local": local}
    with transaction() as session:
        link = recovery.one_time_link(session, OPERATOR, demo.organiser.person_id or 0, at=demo.at)

    with transaction() as session:
        assert sessions.actor_of(session, token, **known) is None
    with pytest.raises(errors.DemoElsewhere):
        sign_in.renew(transaction, token, PASSWORD, device="", **known)
    with pytest.raises(errors.DemoElsewhere):
        sign_in.by_link(transaction, link, device="", **known)
    with pytest.raises(errors.DemoElsewhere):
        recovery.reset(
            transaction, demo.municipality.id, "organiser", RECOVERY, "druga-dalga-parola-8", address="", **known
        )
    with pytest.raises(errors.SignInFailed):
        sign_in.step_up(transaction, token, "123456", **known)
    with pytest.raises(errors.SignInFailed):
        sign_in.new_codes(transaction, token, "123456", **known)
    # Refused, the link is not used up.
    monkeypatch.delenv("GLAS_URL", raising=False)
    settings.cache_clear()
    assert sign_in.by_link(transaction, link, device="", at=demo.at, local=True).actor.nickname == "organiser"


def test_at_the_computer_that_serves_it_opens_without_a_second_step(demo: Town):
    signed = enter(demo, local=True)

    assert (signed.second_step, signed.actor.has(Role.organiser)) == ("not_needed", True)
    with transaction() as session:
        assert not second_step.status(session, demo.organiser, local=True).needed
        assert second_step.status(session, demo.organiser).needed


def test_a_person_of_her_own_is_let_in_anywhere_but_her_role_needs_the_second_step(demo: Town, local: bool):
    with transaction() as session:
        session.get_one(tables.Person, demo.organiser.person_id).demo = False

    signed = enter(demo, local=local)

    assert (signed.second_step, signed.actor.roles) == ("to_set_up", {Role.resident})


@pytest.mark.parametrize("set_up", [False, True])
def test_a_real_town_asks_staff_for_the_second_step_whatever_the_environment_says(
    town: Town, set_up: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DEMO", "1")
    settings.cache_clear()
    assert settings().demo and settings().loopback

    if set_up:
        second_steps.set_up(town, "organiser")
        with pytest.raises(errors.SecondStepNeeded):
            enter(town, local=True)
    else:
        signed = enter(town, local=True)
        assert (signed.second_step, signed.actor.roles) == ("to_set_up", {Role.resident})
    with transaction() as session:
        (kept, *_) = session.exec(select(tables.Municipality)).all()
        assert not kept.demo and second_step.status(session, town.organiser, local=True).needed
        assert sessions.actor_of(session, token_of_open(session, town), at=town.at, local=True).roles == {Role.resident}


def token_of_open(session: object, town: Town) -> str:
    return sessions.open_session(session, town.organiser, at=town.at)  # type: ignore[arg-type]


def test_a_town_is_relaxed_as_a_demo_at_the_computer_that_serves_it(demo: Town):
    here = demo.municipality.id
    with transaction() as session:
        assert second_step.relaxed_in(session, here, True)
        assert not second_step.relaxed_in(session, here, False)
        assert not second_step.relaxed_in(session, 999, True)
        session.get_one(tables.Municipality, here).demo = False
        session.flush()
        assert not second_step.relaxed_in(session, here, True)
