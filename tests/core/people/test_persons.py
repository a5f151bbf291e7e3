"""People's rows: one name is one person, however it is written, and what belongs elsewhere is refused."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from core import municipalities
from core.errors import Invalid
from core.people import persons, recovery
from core.permissions import Role
from core.store import transaction
from core.texts import Texts
from db import tables
from tests.helpers.worlds import Town


@pytest.fixture
def elsewhere(town: Town) -> municipalities.Municipality:
    """Give another town, which speaks Bulgarian only and has one area."""
    with transaction() as session:
        return municipalities.create(
            session, town.operator, slug="other", names=Texts(bg="Друга", en="Other"), contact_email="o@example.org",
            at=town.at, languages=("bg",), areas=[municipalities.Place("north", Texts(bg="Север", en="North"))],
        )  # fmt: skip


def add(session: Session, town: Town, **changes: object) -> tables.Person:
    given = {
        "nickname": "Ана", "email": "Ana@example.org", "language": "en", "area_id": town.municipality.areas[1].id,
        "birth_year": 2008, "created_at": town.at, **changes,
    }  # fmt: skip
    return persons.add(session, town.municipality.id, **given)  # type: ignore[arg-type]


def test_who_is_added_has_her_names_and_roles(town: Town, session: Session):
    row = add(session, town, roles={Role.council, Role.auditor})

    assert (row.nickname, row.nickname_key, row.email, row.email_key) == (
        "Ана", "ана", "Ana@example.org", "ana@example.org",
    )  # fmt: skip
    assert persons.actor_from(session, row).roles == {Role.resident, Role.council, Role.auditor}
    assert row.pseudonym.startswith("p-") and len(row.pseudonym) == 14


@pytest.mark.parametrize("name", ["ана", " АНА ", "ANA@example.org"])
def test_a_person_is_found_by_either_name(town: Town, session: Session, name: str):
    row = add(session, town)

    assert persons.by_name(session, town.municipality.id, name) is row


def test_a_name_is_looked_for_in_one_town(town: Town, session: Session, elsewhere):
    add(session, town)

    assert persons.by_name(session, elsewhere.id, "Ана") is None
    assert persons.by_name(session, town.municipality.id, "Яна") is None


@pytest.mark.parametrize(
    ("nickname", "email", "field"),
    [("АНА", None, "nickname"), ("Яна", "ANA@example.org", "email"), ("ana@example.org", None, "nickname")],
)
def test_what_somebody_is_called_nobody_else_is(
    town: Town, session: Session, nickname: str, email: str | None, field: str
):
    add(session, town)

    with pytest.raises(Invalid) as refusal:
        persons.check_free(session, town.municipality.id, nickname=nickname, email=email)

    assert (refusal.value.field, refusal.value.problem) == (field, "taken")


def test_a_name_that_is_taken_elsewhere_is_free_here(town: Town, session: Session, elsewhere):
    add(session, town)

    persons.check_free(session, elsewhere.id, nickname="Ана", email="ana@example.org")
    persons.check_free(session, town.municipality.id, nickname="Яна", email=None)


def test_of_two_who_take_a_name_in_one_moment_the_later_is_refused(town: Town, session: Session, monkeypatch):
    add(session, town)
    monkeypatch.setattr(persons, "check_free", lambda *_, **__: None)

    with pytest.raises(Invalid) as refusal, session.begin_nested():
        add(session, town, email=None)

    assert (refusal.value.field, refusal.value.problem) == ("nickname", "taken")


def test_an_area_is_one_of_the_own_town(town: Town, session: Session, elsewhere):
    own, (foreign,) = town.municipality.areas[0], elsewhere.areas
    persons.check_area(session, town.municipality.id, own.id)
    persons.check_area(session, town.municipality.id, None)

    for area_id in (foreign.id, 999):
        with pytest.raises(Invalid) as refusal:
            persons.check_area(session, town.municipality.id, area_id)
        assert (refusal.value.field, refusal.value.problem) == ("area", "choice")


def test_a_language_is_one_of_the_towns_or_none(town: Town, session: Session, elsewhere):
    assert persons.check_language(session, town.municipality.id, "en") == "en"
    assert persons.check_language(session, elsewhere.id, "") == ""

    for language in ("en", "de", "BG"):
        with pytest.raises(Invalid) as refusal:
            persons.check_language(session, elsewhere.id, language)
        assert (refusal.value.field, refusal.value.problem) == ("language", "choice")


@pytest.mark.parametrize(
    ("name", "staff"), [("resident", False), ("reviewer", True), ("organiser", True), ("auditor", True)]
)
def test_staff_hold_a_role_beyond_a_residents(town: Town, session: Session, name: str, staff: bool):
    assert persons.is_staff(session, town.people[name].person_id or 0) is staff


def test_links_are_forgotten_of_one_person_only(town: Town, session: Session):
    ids = [town.people[name].person_id or 0 for name in ("resident", "neighbour")]
    for person_id in ids:
        recovery.one_time_link(session, town.organiser, person_id, at=town.at)

    persons.forget_links(session, ids[0])

    assert session.exec(select(tables.SignInLink.person_id)).all() == [ids[1]]
