"""Accounts: joining, getting in, getting back in."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest

from core import store
from core.errors import Invalid, NotAllowed, SignInFailed
from core.people import accounts, passwords, recovery, sessions
from core.permissions import Role
from tests.helpers.worlds import PASSWORD, Town

NEW = "nova-parola-za-2026"


def joining(town: Town, **changes):
    given = {
        "nickname": "Ана", "password": PASSWORD, "birth_year": 2008, "area_id": town.municipality.areas[0].id,
        "language": "bg", "at": town.at, "address": "192.0.2.7",
    }  # fmt: skip
    return accounts.join(store.transaction, town.municipality.id, **{**given, **changes})


def resetting(town: Town, name: str, recovery_code: str):
    return recovery.reset(
        store.transaction, town.municipality.id, name, recovery_code, NEW, address="192.0.2.7", at=town.at
    )


def signing_in(town: Town, name: str, password: str = PASSWORD):
    with store.reading() as session:
        return accounts.check_password(session, town.municipality.id, name, password, at=town.at)


def test_who_joins_is_a_resident_and_can_sign_in(town: Town):
    joined = joining(town, email="ana@example.org")

    assert joined.actor.roles == {Role.resident}
    assert signing_in(town, "Ана") == signing_in(town, "ANA@example.org") == joined.actor


@pytest.mark.parametrize("name", ["ана", " АНА ", "аНА"])
def test_a_nickname_is_one_whatever_its_case(town: Town, name: str):
    joining(town)

    with pytest.raises(Invalid) as refusal:
        joining(town, nickname=name)

    assert (refusal.value.field, refusal.value.problem) == ("nickname", "taken")


def test_a_nickname_is_one_whatever_its_width(town: Town):
    joining(town, nickname="Ana")

    with pytest.raises(Invalid):
        joining(town, nickname="Ａｎａ")


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"nickname": "  "}, "nickname", "required"),
        ({"nickname": "а"}, "nickname", "too_short"),
        ({"nickname": "а" * 31}, "nickname", "too_long"),
        ({"nickname": "ana@home"}, "nickname", "format"),
        ({"nickname": "1234"}, "nickname", "format"),
        ({"nickname": "an\u200ba"}, "nickname", "format"),
        ({"email": "ana"}, "email", "format"),
        ({"birth_year": 1850}, "birth_year", "range"),
        ({"birth_year": 3000}, "birth_year", "range"),
        ({"password": "kratka"}, "password", "too_short"),
        ({"password": "a" * 300}, "password", "too_long"),
        ({"password": "parola123456"}, "password", "weak"),
        ({"password": "Qwertyuiop12"}, "password", "weak"),
        ({"password": "aaaaaaaaaaaa"}, "password", "weak"),
        ({"password": "gorotsvetgorotsvet", "nickname": "gorotsvet"}, "password", "weak"),
        ({"language": "de"}, "language", "choice"),
        ({"area_id": 999}, "area", "choice"),
    ],
)
def test_what_makes_no_account_is_refused(town: Town, changes: dict, field: str, problem: str):
    with pytest.raises(Invalid) as refusal:
        joining(town, **changes)

    assert (refusal.value.field, refusal.value.problem) == (field, problem)


def test_there_is_no_account_below_fourteen(town: Town):
    with pytest.raises(Invalid) as refusal:
        joining(town, birth_year=town.at.year - 13)
    assert refusal.value.problem == "too_young"

    joining(town, birth_year=town.at.year - 14)


@pytest.mark.parametrize(("name", "password"), [("resident", "wrong-password"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(town: Town, name: str, password: str):
    with pytest.raises(SignInFailed):
        signing_in(town, name, password)


def test_an_unknown_name_costs_a_hash_as_well(town: Town, monkeypatch: pytest.MonkeyPatch):
    seen = []
    fits = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda password, kept: seen.append(kept) or fits(password, kept))

    with pytest.raises(SignInFailed):
        signing_in(town, "nobody")

    assert seen == [None]


def test_hashes_are_argon2id_with_19_mib_two_passes_one_lane():
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_recovery_code_sets_a_new_password_once_and_signs_out_everywhere(town: Town):
    joined = joining(town)
    with store.transaction() as session:
        token = sessions.open_session(session, joined.actor, at=town.at)
    typed = joined.recovery_code.lower().replace("-", " ")
    again = resetting(town, "ана", typed)

    assert signing_in(town, "Ана", NEW) == again.actor
    assert again.recovery_code != joined.recovery_code
    with store.transaction() as session:
        assert sessions.actor_of(session, token, at=town.at) is None
    with pytest.raises(SignInFailed):
        resetting(town, "ана", typed)


@pytest.mark.parametrize("name", ["ана", "nobody", "resident"])
def test_a_wrong_recovery_code_is_refused(town: Town, name: str):
    joining(town)

    with pytest.raises(SignInFailed):
        resetting(town, name, "")


def test_a_password_is_changed_with_the_old_one(town: Town):
    recovery.change(store.transaction, town.resident, PASSWORD, NEW, at=town.at)
    assert signing_in(town, "resident", NEW) == town.resident

    with pytest.raises(SignInFailed):
        recovery.change(store.transaction, town.resident, PASSWORD, NEW, at=town.at)


def test_a_profile_holds_what_was_given(town: Town):
    joined = joining(town, email="ana@example.org")
    with store.transaction() as session:
        accounts.set_language(session, joined.actor, "en")
        profile = accounts.profile(session, joined.actor)

    assert (profile.nickname, profile.email, profile.birth_year, profile.language) == (
        "Ана",
        "ana@example.org",
        2008,
        "en",
    )


def test_a_link_signs_in_once_and_lets_a_new_password_be_set(town: Town):
    with store.transaction() as session:
        token = recovery.one_time_link(session, town.organiser, town.resident.person_id, at=town.at)
    with store.transaction() as session:
        actor = recovery.redeem_link(session, token, at=town.at + timedelta(hours=23))
    recovery.change(store.transaction, actor, "", NEW, at=town.at)

    assert signing_in(town, "resident", NEW) == replace(town.resident, helped_at=town.at + timedelta(hours=23))
    with pytest.raises(SignInFailed), store.transaction() as session:
        recovery.redeem_link(session, token, at=town.at)


def test_a_link_lasts_a_day(town: Town):
    with store.transaction() as session:
        token = recovery.one_time_link(session, town.operator, town.organiser.person_id, at=town.at)

    with pytest.raises(SignInFailed), store.transaction() as session:
        recovery.redeem_link(session, token, at=town.at + timedelta(hours=24))


def test_an_organiser_makes_no_link_to_a_colleagues_account(town: Town):
    with pytest.raises(NotAllowed), store.transaction() as session:
        recovery.one_time_link(session, town.organiser, town.second_organiser.person_id, at=town.at)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.operator])
def test_only_the_operator_gives_roles(town: Town, role: Role):
    with pytest.raises(NotAllowed), store.transaction() as session:
        accounts.create_person(
            session,
            town.of(role),
            municipality_id=town.municipality.id,
            nickname="Нов",
            roles=[Role.organiser],
            at=town.at,
        )


def test_a_person_can_be_made_with_roles(town: Town, at: datetime):
    with store.transaction() as session:
        made = accounts.create_person(
            session, town.operator, municipality_id=town.municipality.id, nickname="Нов", at=at, password=NEW,
            roles=[Role.organiser, Role.reviewer],
        )  # fmt: skip

    assert made.roles == {Role.resident, Role.organiser, Role.reviewer}
    assert signing_in(town, "нов", NEW) == made


def test_of_two_who_take_one_name_at_once_one_gets_it(town: Town):
    told = []

    def join(number: int) -> None:
        try:
            told.append(joining(town, nickname=["Ана", "ана"][number]).actor.nickname)
        except Invalid as refusal:
            told.append(refusal.problem)

    both = [Thread(target=join, args=(number,)) for number in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(told, key=str.isascii) in (["Ана", "taken"], ["ана", "taken"])
