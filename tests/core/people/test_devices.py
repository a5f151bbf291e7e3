"""A sign-in that has ended by itself can be taken up again for a day, with the password."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.people import devices, sessions
from tests.helpers.worlds import Town


@pytest.mark.parametrize(("name", "hours"), [("resident", 12 + 24), ("organiser", 8 + 24)])
def test_a_sign_in_is_renewable_for_a_day_after_its_end(town: Town, session: Session, name: str, hours: int):
    token, end = sessions.open_session(session, town.people[name], at=town.at), town.at + timedelta(hours=hours)

    kept = devices.renewable(session, token, at=end - timedelta(seconds=1))

    assert kept is not None and kept.person_id == town.people[name].person_id
    assert devices.renewable(session, token, at=end) is None


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5000])
def test_an_unknown_one_is_not(town: Town, session: Session, token: str):
    assert devices.renewable(session, token, at=town.at) is None


def test_what_was_closed_is_not(town: Town, session: Session):
    token = sessions.open_session(session, town.resident, at=town.at)
    sessions.close_session(session, token)

    assert devices.renewable(session, token, at=town.at) is None
