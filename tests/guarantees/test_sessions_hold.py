"""Sessions: forty ways to come in by somebody else's sign-in, or by one's own after its end. All denied.

What needs a socket or an Origin is tried in a real browser; these are the cases that core decides.
"""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from core.codes import desk
from core.errors import GlasError, NotAllowed, NotSignedIn, SamePerson, SecondStepNeeded, SignInFailed
from core.people import devices, persons, recovery, second_step, sessions, sign_in, team
from core.permissions import Role
from core.privacy import erasure
from core.settings import settings
from core.store import reading, transaction
from db import tables
from tests.helpers import boxes, second_steps
from tests.helpers.worlds import PASSWORD, Town

HERE = {"address": "192.0.2.7", "device": "phone"}


def enter(town: Town, name: str = "resident", at=None, **more):
    return sign_in.enter(transaction, town.municipality.id, name, PASSWORD, at=at or town.at, **HERE, **more)


def who(token: str, at):
    with reading() as session:
        return sessions.actor_of(session, token, at=at)


def do(act):
    with transaction() as session:
        return act(session)


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch):
    """Be a server for real people, where staff need their second step."""
    monkeypatch.setenv("DEMO", "0")
    settings.cache_clear()


# Ways in which a token stops being good: the act, then the same token is tried again.
# ruff: noqa: ARG005 – not every end needs all that it is given
ENDS = {
    "signed out": lambda s, town, token: sessions.close_session(s, token),
    "signed out everywhere": lambda s, town, token: sessions.close_all(s, town.resident),
    "signed out from another browser": lambda s, town, token: devices.close_one(
        s, town.resident, sessions.digest(token)[:16]
    ),
    "rotated": lambda s, town, token: sessions.rotate(s, token, at=town.at),
    "password changed": lambda s, town, token: recovery.change(
        lambda: nullcontext(s), town.resident, PASSWORD, "druga-dalga-parola-8", at=town.at
    ),
    "reset slip used": lambda s, town, token: recovery.redeem_link(
        s, desk.reset_slip(s, town.organiser, "resident", at=town.at).token, at=town.at
    ),
    "account erased": lambda s, town, token: erasure.erase(s, town.resident, at=town.at),
    "ended by the server": lambda s, town, token: persons.sign_out_everywhere(s, town.resident.person_id),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_token_is_dead_after_its_end(town: Town, end: str):
    token = enter(town).token
    assert who(token, town.at) is not None

    do(lambda session: ENDS[end](session, town, token))

    assert who(token, town.at) is None


@pytest.mark.parametrize("end", [each for each in ENDS if each != "reset slip used"])
def test_what_was_ended_on_purpose_cannot_be_renewed(town: Town, end: str):
    token = enter(town).token
    do(lambda session: ENDS[end](session, town, token))

    for password in (PASSWORD, "druga-dalga-parola-8"):
        with pytest.raises(SignInFailed):
            sign_in.renew(transaction, token, password, at=town.at, device="phone")


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "' OR 1=1 --", "\x00", "🙂" * 40])
def test_a_made_up_token_is_nobodys_and_renews_nothing(town: Town, token: str):
    assert who(token, town.at) is None
    with pytest.raises(SignInFailed):
        sign_in.renew(transaction, token, PASSWORD, at=town.at, device="phone")


def test_the_kept_hash_is_no_token(town: Town):
    assert who(sessions.digest(enter(town).token), town.at) is None


@pytest.mark.parametrize(("name", "idle", "most"), [("resident", 30, 12 * 60), ("organiser", 15, 8 * 60)])
def test_idle_and_old_sign_ins_are_over(town: Town, name: str, idle: int, most: int):
    token = enter(town, name).token
    assert who(token, town.at + timedelta(minutes=idle)) is None

    token = enter(town, name).token
    for minutes in range(0, most, 10):
        assert who(token, town.at + timedelta(minutes=minutes)) is not None
    assert who(token, town.at + timedelta(minutes=most)) is None


def test_use_is_written_down_off_the_reading_path(town: Town):
    do(sessions.keep_seen)
    token, later = enter(town).token, town.at + timedelta(minutes=20)
    who(token, later)
    assert boxes.rows("SELECT seen_at FROM sign_in")[0].seen_at == boxes.rows("SELECT created_at FROM sign_in")[0][0]

    assert do(sessions.keep_seen) == 1 and do(sessions.keep_seen) == 0
    with reading() as session:
        assert session.get_one(tables.SignIn, sessions.digest(token)).seen_at == later


def test_use_noted_in_memory_wakes_no_closed_sign_in(town: Town):
    token = enter(town).token
    who(token, town.at + timedelta(minutes=20))
    do(lambda session: sessions.close_session(session, token))
    do(sessions.keep_seen)

    assert who(token, town.at + timedelta(minutes=21)) is None


def test_every_sign_in_has_a_token_of_its_own(town: Town):
    # Fixation: a token that was planted before is worth nothing afterwards.
    assert len({enter(town).token for _ in range(3)}) == 3


def test_an_expired_sign_in_is_renewed_in_place_with_a_new_token(town: Town):
    token, later = enter(town).token, town.at + timedelta(hours=13)
    with reading() as session:
        found = devices.expired(session, token, at=later)
    assert found is not None and found.nickname == "resident" and not found.staff

    signed = sign_in.renew(transaction, token, PASSWORD, at=later, device="phone")

    assert signed.token != token and who(signed.token, later) == town.resident
    with pytest.raises(SignInFailed):
        sign_in.renew(transaction, token, PASSWORD, at=later, device="phone")


@pytest.mark.parametrize("password", ["", "wrong-password-1", PASSWORD.upper()])
def test_renewing_takes_the_right_password(town: Town, password: str):
    token, later = enter(town).token, town.at + timedelta(hours=1)

    with pytest.raises(SignInFailed):
        sign_in.renew(transaction, token, password, at=later, device="phone")
    assert who(token, later) is None


def test_after_a_day_nothing_is_renewed(town: Town):
    with pytest.raises(SignInFailed):
        sign_in.renew(transaction, enter(town).token, PASSWORD, at=town.at + timedelta(hours=37), device="phone")


def test_nobody_ends_or_sees_anothers_sign_ins(town: Town):
    token = enter(town).token
    do(lambda session: devices.close_one(session, town.neighbour, sessions.digest(token)[:16]))

    assert who(token, town.at) is not None
    with reading() as session:
        assert devices.sign_ins(session, town.neighbour, token, at=town.at) == ()
        (mine,) = devices.sign_ins(session, town.resident, token, at=town.at)
        with pytest.raises(NotSignedIn):
            devices.sign_ins(session, town.guest, token, at=town.at)
    assert mine.here and mine.device == "phone" and mine.since == town.at


# Staff


def test_a_password_alone_makes_a_resident_of_staff(town: Town, strict):
    signed = enter(town, "organiser")

    assert signed.second_step == "to_set_up" and who(signed.token, town.at).roles == {Role.resident}


def test_with_the_second_step_the_roles_are_there(town: Town, strict):
    secret = second_steps.set_up(town, "organiser")
    with pytest.raises(SecondStepNeeded):
        enter(town, "organiser")

    later = town.at + timedelta(minutes=1)
    signed = enter(town, "organiser", later, code=second_steps.code(secret, later))

    assert signed.second_step == "done" and who(signed.token, later).roles == {Role.resident, Role.organiser}


def test_a_one_time_password_is_taken_once(town: Town, strict):
    secret, later = second_steps.set_up(town, "organiser"), town.at + timedelta(minutes=1)
    typed = second_steps.code(secret, later)
    enter(town, "organiser", later, code=typed)

    with pytest.raises(SignInFailed):
        enter(town, "organiser", later, code=typed)


@pytest.mark.parametrize("minutes", [-5, -2, 3, 10])
def test_an_old_or_early_one_time_password_is_refused(town: Town, strict, minutes: int):
    secret, later = second_steps.set_up(town, "organiser"), town.at + timedelta(hours=1)

    with pytest.raises(SignInFailed):
        enter(town, "organiser", later, code=second_steps.code(secret, later + timedelta(minutes=minutes)))


def test_a_recovery_code_stands_in_once(town: Town, strict):
    second_steps.set_up(town, "organiser")
    (spare, *_) = second_steps.codes[town.organiser.person_id]
    assert enter(town, "organiser", code=spare.lower()).second_step == "done"

    with pytest.raises(SignInFailed):
        enter(town, "organiser", code=spare)


def test_a_link_brings_no_staff_roles(town: Town, strict):
    secret = second_steps.set_up(town, "organiser")
    link = do(lambda session: recovery.one_time_link(session, town.operator, town.organiser.person_id, at=town.at))
    later = town.at + timedelta(minutes=1)
    signed = sign_in.by_link(transaction, link, device="phone", at=later)
    assert signed.second_step == "to_show" and who(signed.token, later).roles == {Role.resident}

    up = sign_in.step_up(transaction, signed.token, second_steps.code(secret, later), at=later)

    assert who(signed.token, later) is None and Role.organiser in who(up.token, later).roles


def test_a_secret_moved_to_anothers_row_opens_nothing(town: Town, strict):
    secret = second_steps.set_up(town, "reviewer")
    second_steps.set_up(town, "organiser")
    stolen = "(SELECT secret FROM second_step WHERE person_id = :one)"
    boxes.change(
        f"UPDATE second_step SET last_step = 0, secret = {stolen} WHERE person_id = :other",
        one=town.reviewer.person_id, other=town.organiser.person_id,
    )  # fmt: skip

    with pytest.raises(SignInFailed):
        enter(town, "organiser", code=second_steps.code(secret, town.at))


def test_the_database_alone_gives_no_one_time_password(town: Town, strict):
    secret = second_steps.set_up(town, "organiser")

    assert all(secret not in bytes(row.secret) for row in boxes.rows("SELECT secret FROM second_step"))


def test_a_new_role_comes_with_a_new_token_and_ends_the_others(town: Town):
    first, second = enter(town).token, enter(town).token
    link = do(lambda session: team.invite(session, town.organiser, Role.reviewer, at=town.at))
    fresh = team.accept(transaction, town.resident, link, first, PASSWORD, at=town.at)

    assert who(first, town.at) is None and who(second, town.at) is None
    # The role counts as soon as its second step has been shown.
    assert who(fresh, town.at).roles == {Role.resident}
    boxes.change("UPDATE sign_in SET second_step = TRUE")
    assert who(fresh, town.at).roles == {Role.resident, Role.reviewer}
    with pytest.raises(SignInFailed):
        team.accept(transaction, town.neighbour, link, do(enter_token(town)), PASSWORD, at=town.at)


def enter_token(town: Town):
    return lambda session: sessions.open_session(session, town.neighbour, at=town.at)


def test_nobody_takes_a_role_by_a_link_of_her_own(town: Town):
    link = do(lambda session: team.invite(session, town.organiser, Role.reviewer, at=town.at))
    token = do(lambda session: sessions.open_session(session, town.organiser, at=town.at))

    with pytest.raises(SamePerson):
        team.accept(transaction, town.organiser, link, token, PASSWORD, at=town.at)

    with reading() as session:
        assert Role.reviewer not in sessions.actor_of(session, token, at=town.at).roles


@pytest.mark.parametrize("role", [Role.organiser, Role.auditor])
def test_an_organiser_makes_no_second_self(town: Town, role: Role):
    with pytest.raises(NotAllowed):
        do(lambda session: team.invite(session, town.organiser, role, at=town.at))


def test_a_role_that_is_taken_ends_every_sign_in(town: Town):
    token = enter(town, "reviewer").token
    do(lambda session: team.take_role(
        session, town.organiser, town.reviewer.person_id, Role.reviewer, at=town.at
    ))  # fmt: skip

    assert who(token, town.at) is None and enter(town, "reviewer").actor.roles == {Role.resident}


def test_an_old_invitation_is_worth_nothing(town: Town):
    link = do(lambda session: team.invite(session, town.organiser, Role.council, at=town.at))
    with pytest.raises(GlasError):
        do(lambda session: team.look(session, link, at=town.at + team.LIFETIME))


def test_control_without_the_time_check_an_idle_token_would_live(town: Town, monkeypatch: pytest.MonkeyPatch):
    token = enter(town).token
    monkeypatch.setattr(sessions, "_ended", lambda *_: False)

    assert who(token, town.at + timedelta(days=9)) is not None


def test_control_without_the_last_step_a_password_would_be_taken_twice(town: Town, strict):
    secret, later = second_steps.set_up(town, "organiser"), town.at + timedelta(minutes=1)
    typed = second_steps.code(secret, later)
    enter(town, "organiser", later, code=typed)
    boxes.change("UPDATE second_step SET last_step = 0")

    assert enter(town, "organiser", later, code=typed).second_step == "done"


def test_the_source_vectors_of_rfc_6238():
    secret = b"12345678901234567890"
    for moment, digits in ((59, "287082"), (1111111109, "081804"), (2000000000, "279037"), (20000000000, "353130")):
        assert second_step.one_time_password(secret, moment // 30) == digits
