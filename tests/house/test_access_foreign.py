"""Own or foreign: with every role she could have at home, nobody changes anything of another town."""

import pytest

from core import letters, municipalities, store
from core.codes import desk
from core.errors import NotAllowed, NotEligible, NotFound, SignInFailed
from core.people import team
from core.permissions import Role
from core.texts import Texts
from core.trust import readiness
from db import tables
from tests.helpers import worlds
from tests.house import test_access

# What these change is the actor's own, whoever she is: her account, her sign-ins, her town's people and elections.
OWN = {
    "recovery.change", "recovery.replace_recovery_code", "accounts.set_language", "devices.close_one",
    "accounts.correct", "erasure.erase", "team.accept", "team.invite", "team.take_back",
    "second_step.begin", "second_step.confirm", "desk.reset_slip", "elections.append",
    "elections.close_replay", "elections.import_election", "rounds.create",
}  # fmt: skip
SERVER = {name for name, roles in test_access.CHANGES.items() if roles == test_access.SERVER}


@pytest.fixture
def database(sqlite_database: str) -> str:
    return sqlite_database


def stranger(session, town: worlds.Town):
    other = municipalities.create(
        session, town.operator, slug="other", names=Texts(bg="Друга", en="Other"), contact_email="o@example.org",
        at=town.at,
        areas=[municipalities.Place("centre", Texts(bg="Център", en="Centre"))],
    )  # fmt: skip
    return worlds.person(session, other, "stranger", frozenset(worlds.STAFF), town.at)


@pytest.mark.parametrize("name", sorted(set(test_access.CHANGES) - OWN - SERVER))
def test_what_is_of_another_town_is_out_of_reach(name: str, town: worlds.Town):
    with store.transaction() as session:
        actor = stranger(session, town)
        session.add(tables.PersonRole(person_id=town.resident.person_id, role=Role.reviewer))
        session.add(tables.Idea(
            language="bg", round_id=town.round.id, author_id=None, title={"bg": "t"}, problem={"bg": "p"},
            solution={"bg": "s"}, status="waiting",
            created_at=town.at, updated_at=town.at,
        ))  # fmt: skip
        session.flush()
        # What every round gets before its first vote is no act of the stranger's.
        readiness.prepare(session, town.round.id)
        before = test_access.counts(session)
        function = test_access.function_of(name)
        given = test_access.arguments(function, session, actor, town)
        if name == "desk.use":
            given["code"] = "2" * 15 + letters.check_symbol("2" * 15)

        with pytest.raises((NotAllowed, NotFound, NotEligible, SignInFailed)):
            function(**given)

        assert test_access.counts(session) == before


def test_a_slip_is_for_the_own_towns_people(town: worlds.Town):
    with store.transaction() as session:
        actor = stranger(session, town)
        with pytest.raises(NotFound):
            desk.reset_slip(session, actor, "resident", at=town.at)


def test_control_the_own_towns_organiser_gets_further(town: worlds.Town):
    with store.transaction() as session:
        session.add(tables.PersonRole(person_id=town.resident.person_id, role=Role.reviewer))
        session.flush()
        team.take_role(session, town.organiser, town.resident.person_id, Role.reviewer, at=town.at)
