"""Two organisers erase an account whose owner, or a parent, asks for it: shown, agreed to as shown, named nowhere."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core import journal, voting
from core.errors import Invalid, NotAllowed, NotFound, SamePerson
from core.people import accounts, team
from core.permissions import OPERATOR, Role
from core.privacy import erasure, on_request, retention
from core.store import reading, transaction
from db import tables
from tests.helpers import boxes, leaks
from tests.helpers.worlds import Town

WHY = "Майката на Zlatka дойде на гишето."


def do(act):
    with transaction() as session:
        return act(session)


def ask(town: Town, nickname: str = "resident", by=None, **changes):
    given = {"on_behalf_of": "parent", "reason": WHY, "at": town.at} | changes
    return do(lambda session: on_request.ask(session, by or town.organiser, nickname, **given))


def agree(town: Town, request, by=None, **changes):
    given = {"consent": request.consent, "at": town.at} | changes
    return do(lambda session: on_request.agree(session, by or town.second_organiser, request.person_id, **given))


def people() -> set[str]:
    return {row.nickname for row in boxes.rows("SELECT nickname FROM person")}


def refused(call) -> tuple[str, str]:
    with pytest.raises(Invalid) as refusal:
        call()
    return refusal.value.field, refusal.value.problem


def test_two_people_erase_what_the_owner_would(town: Town, database: str):
    boxes.cast(town, town.resident, ["p01"])
    do(lambda session: session.add(tables.Idea(
        language="bg", round_id=town.round.id, author_id=town.resident.person_id, title={"bg": "t"},
        problem={"bg": "p"}, solution={"bg": "s"}, status="waiting", created_at=town.at, updated_at=town.at,
    )))  # fmt: skip
    request = ask(town)
    assert "resident" in people()
    with reading() as session:
        (shown,) = on_request.waiting(session, town.second_organiser)
        assert on_request.of_me(session, town.resident) == "parent"
        assert on_request.of_me(session, town.neighbour) == on_request.of_me(session, town.guest) == ""
    assert (shown.nickname, shown.reason, shown.asked_by, shown.mine) == ("resident", WHY, "organiser", False)
    assert shown.consent == request.consent and request.mine

    agree(town, shown)
    erasure.sweep()

    assert "resident" not in people()
    assert boxes.rows("SELECT 1 FROM idea") == boxes.rows("SELECT 1 FROM erasure_request") == []
    with reading() as session:
        assert voting.my_ballot(session, town.neighbour, town.round.id) is None
    # The ballot counts on.
    at = boxes.end_voting(town.round.id)
    boxes.close(town, town.round.id, at)
    boxes.draw(town, town.round.id, at)
    assert boxes.open_all(town, town.round.id, at).ballots == 1


def test_the_journal_tells_roles_and_whose_wish_it_was_and_no_name(town: Town, database: str):
    agree(town, ask(town))
    with reading() as session:
        lines = journal.entries(session, town.auditor)

    told = [(one.role, one.action, one.facts) for one in lines if "erase" in one.action]
    assert told == [
        (Role.organiser, "ask_erase_account", {"behalf": "parent"}),
        (Role.organiser, "agree_erase_account", {"behalf": "parent"}),
    ]
    assert leaks.find(leaks.rows(), {"name": "p-resident", "why": "Zlatka"}) == set()
    assert "resident" not in json.dumps([one.facts for one in lines])


def test_one_person_alone_erases_nobody(town: Town):
    request = ask(town)
    with pytest.raises(SamePerson):
        agree(town, request, town.organiser)
    for role in (Role.reviewer, Role.council, Role.auditor, Role.resident):
        with pytest.raises(NotAllowed):
            agree(town, request, town.of(role))
        with pytest.raises(NotAllowed):
            ask(town, "neighbour", town.of(role))
    assert "resident" in people()


def test_nobody_agrees_to_what_she_was_not_shown(town: Town):
    request = ask(town)
    assert refused(lambda: agree(town, request, consent="0" * 64)) == ("consent", "changed")
    accounts.correct(
        transaction, town.resident, nickname="Друга", email=None, birth_year=2006, area_id=None, at=town.at
    )
    assert refused(lambda: agree(town, request)) == ("consent", "changed")
    boxes.change("UPDATE person SET nickname = 'resident' WHERE nickname = 'Друга'")
    boxes.change("UPDATE erasure_request SET reason = 'Друга причина, която стига.'")
    assert refused(lambda: agree(town, request)) == ("consent", "changed")
    assert "resident" in people()


def test_a_wish_ends_when_who_asked_is_no_organiser_or_its_time_is_over(town: Town):
    request = ask(town)
    later = town.at + timedelta(days=7)
    assert refused(lambda: agree(town, request, at=later)) == ("consent", "changed")
    do(lambda session: team.take_role(session, OPERATOR, town.organiser.person_id, Role.organiser, at=town.at))
    assert refused(lambda: agree(town, request)) == ("consent", "changed")

    assert retention.carry_out(transaction, at=later - timedelta(seconds=1)).requests == 0
    assert retention.carry_out(transaction, at=later).requests == 1
    with pytest.raises(NotFound):
        agree(town, request)


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"nickname": "organiser"}, "nickname", "own"), ({"nickname": "auditor"}, "nickname", "staff"),
        ({"nickname": "second_organiser"}, "nickname", "staff"), ({"on_behalf_of": "friend"}, "on_behalf_of", "choice"),
        ({"reason": ""}, "reason", "required"), ({"reason": "\u2800" * 20}, "reason", "required"),
        ({"reason": "кратко"}, "reason", "too_short"), ({"reason": "д" * 501}, "reason", "too_long"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(town: Town, changes: dict, field: str, problem: str):
    assert refused(lambda: ask(town, **changes)) == (field, problem)
    assert boxes.rows("SELECT 1 FROM erasure_request") == []


def test_an_account_is_asked_for_once_and_by_its_name(town: Town):
    boxes.change("UPDATE person SET email_key = 'r@example.org' WHERE nickname = 'resident'")
    for name in ("r@example.org", "nobody"):
        with pytest.raises(NotFound):
            ask(town, name)
    ask(town, "RESIDENT")
    assert refused(lambda: ask(town, by=town.second_organiser)) == ("nickname", "asked")


def test_whoever_got_a_role_meanwhile_is_not_erased(town: Town):
    request = ask(town)
    do(lambda session: session.add(tables.PersonRole(person_id=request.person_id, role=Role.auditor)))

    assert refused(lambda: agree(town, request)) == ("nickname", "staff")


@pytest.mark.parametrize("who", ["organiser", "second_organiser"])
def test_a_wish_is_taken_back_or_declined(town: Town, who: str):
    request = ask(town)
    do(lambda session: on_request.take_back(session, getattr(town, who), request.person_id, at=town.at))

    with pytest.raises(NotFound):
        agree(town, request)
    assert "resident" in people()
    with reading() as session:
        (*_others, line) = journal.entries(session, town.auditor)
    assert (line.action, line.facts) == ("take_back_erase_account", {"behalf": "parent"})


def test_control_without_the_second_person_one_erases(town: Town, monkeypatch: pytest.MonkeyPatch):
    request = ask(town)
    boxes.change("UPDATE erasure_request SET asked_by = 'p-second_organiser'")
    (shown,) = do(lambda session: on_request.waiting(session, town.organiser))
    assert shown.consent != request.consent
    agree(town, shown, town.organiser)

    assert "resident" not in people()


def test_a_request_that_nobody_agrees_to_is_forgotten_after_a_week(town: Town):
    ask(town)
    before, after = town.at + timedelta(days=7, seconds=-1), town.at + timedelta(days=7)

    assert do(lambda session: on_request.forget_old(session, at=before)) == 0
    assert do(lambda session: on_request.forget_old(session, at=after)) == 1
    assert do(lambda session: on_request.of_me(session, town.resident)) == ""
