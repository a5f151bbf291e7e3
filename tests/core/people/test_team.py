"""The team: who holds which role, and links that are taken back before anybody has opened them."""

import pytest
from sqlmodel import Session

from core.errors import NotAllowed, NotFound, SignInFailed
from core.people import team
from core.people.team import Member
from core.permissions import Role
from core.store import transaction
from db import tables
from tests.helpers import second_steps
from tests.helpers.worlds import Town


@pytest.fixture
def stepped(town: Town) -> None:
    """Let the organiser have a second step."""
    second_steps.set_up(town, "organiser")


def test_the_team_is_told_with_roles_and_second_steps(town: Town, stepped: None, session: Session):
    told = team.members(session, town.organiser)

    assert told == tuple(
        Member(town.people[name].person_id, name, frozenset({role}), name == "organiser")
        for name, role in (
            ("auditor", Role.auditor), ("council", Role.council), ("organiser", Role.organiser),
            ("reviewer", Role.reviewer), ("second_organiser", Role.organiser),
        )
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.guest, Role.resident, Role.reviewer, Role.council, Role.auditor])
def test_others_see_no_team_and_take_no_link_back(town: Town, session: Session, role: Role):
    team.invite(session, town.organiser, Role.council, at=town.at)
    (link,) = team.waiting(session, town.organiser, at=town.at)

    with pytest.raises(NotAllowed):
        team.members(session, town.of(role))
    with pytest.raises(NotAllowed):
        team.take_back(session, town.of(role), link.key, at=town.at)

    assert team.waiting(session, town.organiser, at=town.at) == (link,)


def test_a_link_that_is_taken_back_opens_nothing(town: Town, session: Session):
    token, other = (team.invite(session, town.organiser, Role.council, at=town.at) for _ in range(2))
    offered = team.look(session, token, at=town.at)

    team.take_back(session, town.second_organiser, offered.key, at=town.at)

    with pytest.raises(SignInFailed):
        team.look(session, token, at=town.at)
    assert team.look(session, other, at=town.at).role is Role.council
    with pytest.raises(NotFound):
        team.take_back(session, town.organiser, offered.key, at=town.at)


def test_what_was_asked_for_in_a_role_ends_with_it_and_nothing_else(town: Town, session: Session):
    asked = tables.SecondPerson(round_id=town.round.id, action="void_round", asked_by="p-organiser", asked_at=town.at)
    session.add(asked)
    for name, role, ended in (
        ("p-second_organiser", Role.organiser, None), ("p-organiser", Role.council, None),
        ("p-organiser", Role.organiser, town.at),
    ):  # fmt: skip
        team.end_requests(session, town.operator, name, role, at=town.at)
        assert asked.ended_at == ended


def test_who_could_not_have_made_a_link_does_not_take_it_back(town: Town):
    with transaction() as session:
        token = team.invite(session, town.operator, Role.auditor, at=town.at, municipality_id=town.municipality.id)
        key = team.look(session, token, at=town.at).key

        with pytest.raises(NotAllowed):
            team.take_back(session, town.organiser, key, at=town.at)

        team.take_back(session, town.operator, key, at=town.at)
        with pytest.raises(SignInFailed):
            team.look(session, token, at=town.at)
