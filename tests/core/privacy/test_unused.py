"""An account that nobody has logged in to for two years goes by itself; its ballot stays in the count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.people import persons, sessions
from core.privacy import erasure, retention
from core.store import transaction
from db import tables
from tests.helpers import boxes
from tests.helpers.worlds import Town


@pytest.fixture(autouse=True)
def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note when files are swept, which takes long and is tested elsewhere."""
    done: list[str] = []
    monkeypatch.setattr(erasure, "sweep", lambda: done.append("swept"))
    return done


def use_on(town: Town, day: date, *names: str) -> None:
    with transaction() as session:
        for name in names:
            session.get_one(tables.Person, town.people[name].person_id).used_on = day


def names() -> set[str]:
    return {row.nickname for row in boxes.rows("SELECT nickname FROM person")}


def test_an_unused_account_goes_a_month_after_two_years(town: Town, swept: list[str]):
    use_on(town, town.at.date(), *town.people)
    boxes.cast(town, town.resident, ["p01"])
    use_on(town, town.at.date() + timedelta(days=1), "neighbour")

    assert retention.carry_out(transaction, at=town.at + timedelta(days=761)).accounts == 0
    assert retention.carry_out(transaction, at=town.at + timedelta(days=762)).accounts == 1

    assert "resident" not in names() and "neighbour" in names()
    assert swept == ["swept"]
    assert len(boxes.rows("SELECT 1 FROM slot")) == 1


@pytest.mark.parametrize("second", [1, 29, 30, 31])
def test_no_account_goes_within_730_days_of_its_last_use(town: Town, second: int):
    # The day of a sign-in is noted once a month at most: the last one may be a month younger than what is noted. And
    # a sign-in lasts up to twelve hours, which may reach into the next day.
    first = town.at.replace(hour=0, minute=0, second=1)
    last = first + timedelta(days=second, hours=23, minutes=59)
    use_on(town, date(2000, 1, 1), "resident")
    use_on(town, last.date() + timedelta(days=99), "neighbour")
    for moment in (first, last):
        with transaction() as session:
            token = sessions.open_session(session, town.resident, at=moment)
    used = last + timedelta(hours=11, minutes=59)
    with transaction() as session:
        for minutes in range(20, 719, 20):
            assert sessions.actor_of(session, token, at=last + timedelta(minutes=minutes)) is not None
        assert sessions.actor_of(session, token, at=used) is not None

    assert retention.carry_out(transaction, at=used + timedelta(days=730)).accounts == 0
    assert "resident" in names()
    retention.carry_out(transaction, at=used + timedelta(days=763))
    assert "resident" not in names()


def test_who_holds_a_role_stays(town: Town):
    use_on(town, date(2000, 1, 1), *town.people)

    retention.carry_out(transaction, at=town.at)

    assert names() == {"reviewer", "organiser", "second_organiser", "council", "auditor"}


def test_accounts_of_the_demo_and_those_of_before_stay(town: Town):
    with transaction() as session:
        session.get_one(tables.Person, town.resident.person_id).used_on = None
        session.get_one(tables.Person, town.neighbour.person_id).demo = True
    use_on(town, date(2000, 1, 1), "neighbour")

    assert retention.carry_out(transaction, at=town.at).accounts == 0


def test_a_sign_in_is_a_use_and_is_written_once_a_month(town: Town):
    use_on(town, date(2000, 1, 1), "resident")

    def sign_in(days: int) -> object:
        with transaction() as session:
            sessions.open_session(session, town.resident, at=town.at + timedelta(days=days))
            session.expire_all()
            return session.get_one(tables.Person, town.resident.person_id).used_on

    assert sign_in(0) == town.at.date()
    assert sign_in(29) == town.at.date()
    assert sign_in(31) == town.at.date() + timedelta(days=31)


def test_so_many_go_at_once_that_nobody_who_votes_waits(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(erasure, "AT_ONCE", 1)
    use_on(town, date(2000, 1, 1), "resident", "neighbour")

    assert [retention.carry_out(transaction, at=town.at).accounts for _hour in range(3)] == [1, 1, 0]


def test_a_use_is_noted_once_a_month_and_of_one_person(town: Town):
    use_on(town, date(2000, 1, 1), "resident", "neighbour")
    for days in (0, 30, 31):
        with transaction() as session:
            persons.note_use(session, town.resident.person_id, town.at + timedelta(days=days))
            session.expire_all()
            noted = [session.get_one(tables.Person, who.person_id).used_on for who in (town.resident, town.neighbour)]
        assert noted == [town.at.date() + timedelta(days=31 if days == 31 else 0), date(2000, 1, 1)]


def test_what_is_forgotten_as_unused_is_removed_like_by_its_owner(town: Town):
    use_on(town, date(2000, 1, 1), "resident")
    with transaction() as session:
        assert erasure.forget_unused(session, at=town.at) == 1
        assert erasure.forget_unused(session, at=town.at) == 0
        erasure.remove(session, town.neighbour.person_id)

    assert not {"resident", "neighbour"} & names()
