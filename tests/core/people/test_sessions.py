"""Sessions: a token in a cookie, its hash in the database, looked up at every rerun."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from core.errors import NotSignedIn
from core.people import sessions
from core.permissions import Role
from db import engine, tables
from tests.helpers.worlds import Town


def signed_in(town: Town, name: str = "resident") -> str:
    with engine.transaction() as session:
        return sessions.open_session(session, town.people[name], at=town.at, second_step=True)


def who(token: str, at):
    with engine.reading() as session:
        return sessions.actor_of(session, token, at=at)


@pytest.mark.parametrize("name", ["resident", "organiser"])
def test_a_token_tells_who_is_there_with_all_her_roles(town: Town, name: str):
    assert who(signed_in(town, name), town.at) == town.people[name]


@pytest.mark.parametrize("token", ["", "x", "x" * 5000])
def test_an_unknown_token_is_nobodys(town: Town, token: str):
    assert who(token, town.at) is None


def test_the_database_holds_no_token(town: Town):
    token = signed_in(town)

    with engine.reading() as session:
        kept = session.exec(select(tables.SignIn)).one()
    assert token not in repr(kept) and len(kept.token_hash) == 64


@pytest.mark.parametrize(("name", "hours"), [("resident", 12), ("organiser", 8)])
def test_a_sign_in_ends_by_itself(town: Town, name: str, hours: int):
    token = signed_in(town, name)
    # Used every ten minutes, so that it does not end for idleness.
    for minutes in range(10, hours * 60, 10):
        assert who(token, town.at + timedelta(minutes=minutes)) is not None

    assert who(token, town.at + timedelta(hours=hours, seconds=-1)) is not None
    assert who(token, town.at + timedelta(hours=hours)) is None


@pytest.mark.parametrize(("name", "minutes"), [("resident", 30), ("organiser", 15)])
def test_an_idle_sign_in_ends_earlier(town: Town, name: str, minutes: int):
    token = signed_in(town, name)

    assert who(token, town.at + timedelta(minutes=minutes, seconds=-1)) is not None
    assert who(token, town.at + timedelta(minutes=2 * minutes)) is None


def test_signing_out_ends_this_one_and_everywhere_ends_all(town: Town):
    first, second, third = (signed_in(town) for _ in range(3))
    with engine.transaction() as session:
        sessions.close_session(session, first)
    assert who(first, town.at) is None and who(second, town.at) is not None

    with engine.transaction() as session:
        sessions.close_all(session, town.resident)
    assert who(second, town.at) is None and who(third, town.at) is None


def test_a_guest_cannot_open_one(town: Town):
    with pytest.raises(NotSignedIn), engine.transaction() as session:
        sessions.open_session(session, town.guest, at=town.at)


def test_a_new_role_counts_at_once(town: Town):
    token = signed_in(town)
    with engine.transaction() as session:
        session.add(tables.PersonRole(person_id=town.resident.person_id, role=Role.council))

    assert who(token, town.at).roles == {Role.resident, Role.council}


def test_a_look_up_is_one_query(town: Town):
    token, seen = signed_in(town), []
    made = engine.engine()
    event.listen(made, "before_cursor_execute", lambda *given: seen.append(given[2]))

    who(token, town.at)

    assert len(seen) == 1


@pytest.mark.parametrize("shown", [True, False])
def test_a_sign_in_knows_whether_the_second_step_was_shown(town: Town, shown: bool):
    with engine.transaction() as session:
        token = sessions.open_session(session, town.organiser, at=town.at, second_step=shown)

        assert sessions.has_shown_second_step(session, token) is shown
        assert not sessions.has_shown_second_step(session, "unknown")


def test_what_can_be_renewed_is_not_forgotten(town: Town):
    tokens = [signed_in(town, name) for name in ("resident", "organiser")]
    # Of staff it ends after 8 hours, of residents after 12; for a day more the password renews it.
    for hours, gone, left in ((31, 0, 2), (32, 1, 1), (35, 0, 1), (36, 1, 0)):
        with engine.transaction() as session:
            assert sessions.forget_old(session, at=town.at + timedelta(hours=hours)) == gone
            assert len(session.exec(select(tables.SignIn)).all()) == left
    assert all(who(token, town.at) is None for token in tokens)


def test_when_sign_ins_were_used_is_written_at_once_for_all(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sessions, "_noted", {})
    tokens = [signed_in(town, name) for name in ("resident", "neighbour", "council")]
    later = town.at + timedelta(minutes=5)
    for token in tokens[:2]:
        who(token, later)
    with engine.transaction() as session:
        # Noted, and closed before it is written: it stays closed.
        sessions.close_session(session, tokens[1])

        assert sessions.write(session) == 2
        kept = {row.token_hash: row.seen_at for row in session.exec(select(tables.SignIn))}
        assert kept == {sessions.digest(tokens[0]): later, sessions.digest(tokens[2]): town.at}
        assert sessions.write(session) == 0
