"""One's own password: what it is asked for again, that hashing holds up nobody, and that staff have a longer one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

import pytest

from core.errors import Invalid, NotSignedIn, SignInFailed, TooManyTries
from core.people import accounts, passwords, persons, recovery, sessions, sign_in, team
from core.permissions import Role
from core.store import reading, transaction
from tests.helpers import boxes
from tests.helpers.worlds import PASSWORD, Town

SHORT, LONG = "qV7!mZ2#kL9x", "druga-dalga-parola-8"


def do(act):
    with transaction() as session:
        return act(session)


def joined(town: Town, password: str) -> recovery.Joined:
    return accounts.join(
        transaction, town.municipality.id, nickname="Shorty", password=password, birth_year=2006, area_id=None,
        language="", at=town.at, address="",
    )  # fmt: skip


def invited(town: Town, actor) -> tuple[str, str]:
    """Return an invitation and a token of a sign-in of the actor."""
    link = do(lambda session: team.invite(session, town.organiser, Role.reviewer, at=town.at))
    return link, do(lambda session: sessions.open_session(session, actor, at=town.at))


@dataclass(frozen=True)
class Held:
    """Hashes that wait until they may go on; `begun` as soon as one waits."""

    begun: Event
    go: Event


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    made = Held(Event(), Event())
    hashed, fits = passwords.hashed, passwords.fits

    def wait(act: Callable[..., object]) -> Callable[..., object]:
        def waiting(*given: object) -> object:
            made.begun.set()
            made.go.wait(60)
            return act(*given)

        return waiting

    monkeypatch.setattr(passwords, "hashed", wait(hashed))
    monkeypatch.setattr(passwords, "fits", wait(fits))
    return made


def votes_while(town: Town, held: Held, act: Callable[[], object], patience: float = 30) -> bool:
    """Return whether a vote is cast while `act` waits for a hash."""
    each = Thread(target=act)
    each.start()
    assert held.begun.wait(60)
    given: list[object] = []
    vote = Thread(target=lambda: given.append(boxes.cast(town, town.neighbour, ["p01"])))
    vote.start()
    vote.join(patience)
    cast = bool(given)
    held.go.set()
    for thread in (each, vote):
        thread.join()
    return cast


WAYS = {
    "a sign-in": lambda town, _: sign_in.enter(
        transaction, town.municipality.id, "resident", PASSWORD, address="", device="", at=town.at
    ),
    "a renewal": lambda town, given: sign_in.renew(transaction, given[1], PASSWORD, device="", at=town.at),
    "a change of password": lambda town, _: recovery.change(transaction, town.resident, PASSWORD, LONG, at=town.at),
    "a new recovery code": lambda town, _: recovery.replace_recovery_code(
        transaction, town.resident, PASSWORD, at=town.at
    ),
    "a reset": lambda town, given: recovery.reset(
        transaction, town.municipality.id, "resident", given[2], LONG, address="", at=town.at
    ),
    "an invitation": lambda town, given: team.accept(
        transaction, town.resident, given[0], given[1], PASSWORD, at=town.at
    ),
    "joining": lambda town, _: joined(town, LONG),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_vote_waits_for_the_hash_of(way: str, town: Town, held: Held):
    held.go.set()
    given = (*invited(town, town.resident), recovery.replace_recovery_code(
        transaction, town.resident, PASSWORD, at=town.at
    ))  # fmt: skip
    held.begun.clear()
    held.go.clear()

    assert votes_while(town, held, lambda: WAYS[way](town, given))


def test_control_a_hash_within_a_transaction_keeps_a_vote_waiting(town: Town, held: Held, database: str):
    def within() -> None:
        with transaction() as session:
            passwords.fits(PASSWORD, persons.own_row(session, town.resident).password_hash)

    # SQLite has one writer at a time; there the vote waits for as long as anyone likes to look.
    alone = database.startswith("sqlite")
    assert votes_while(town, held, within, patience=0.5 if alone else 30) is not alone


def test_a_password_that_changed_while_it_was_checked_opens_nothing(town: Town, held: Held):
    refused: list[type] = []

    def late() -> None:
        try:
            recovery.replace_recovery_code(transaction, town.resident, PASSWORD, at=town.at)
        except SignInFailed as refusal:
            refused.append(type(refusal))

    each = Thread(target=late)
    each.start()
    assert held.begun.wait(60)
    boxes.change("UPDATE person SET password_hash = 'another' WHERE nickname = 'resident'")
    held.go.set()
    each.join()

    assert refused == [SignInFailed]


def test_a_guest_changes_nothing(town: Town):
    with pytest.raises(NotSignedIn):
        recovery.change(transaction, town.guest, PASSWORD, LONG, at=town.at)
    with pytest.raises(NotSignedIn):
        recovery.replace_recovery_code(transaction, town.guest, PASSWORD, at=town.at)


def roles_of(person_id: int) -> frozenset[Role]:
    with reading() as session:
        return accounts.actor_by_id(session, person_id).roles


def test_no_role_comes_to_an_account_with_a_short_password(town: Town):
    """Whatever was long enough for a resident."""
    actor = joined(town, SHORT).actor
    link, token = invited(town, actor)

    with pytest.raises(Invalid) as refusal:
        team.accept(transaction, actor, link, token, SHORT, at=town.at)
    assert (refusal.value.problem, refusal.value.facts["limit"]) == ("too_short", passwords.LEAST_OF_STAFF)
    assert roles_of(actor.person_id) == {Role.resident}

    recovery.change(transaction, actor, SHORT, LONG, at=town.at)
    token = do(lambda session: sessions.open_session(session, actor, at=town.at))
    team.accept(transaction, actor, link, token, LONG, at=town.at)
    assert roles_of(actor.person_id) == {Role.resident, Role.reviewer}


def test_a_longer_word_than_the_password_does_not_do_for_a_role(town: Town):
    actor = joined(town, SHORT).actor
    link, token = invited(town, actor)

    with pytest.raises(SignInFailed):
        team.accept(transaction, actor, link, token, LONG, at=town.at)
    assert roles_of(actor.person_id) == {Role.resident}


def test_who_has_no_password_sets_one_before_she_takes_a_role(town: Town):
    boxes.change("UPDATE person SET password_hash = NULL WHERE nickname = 'resident'")
    link, token = invited(town, town.resident)

    with pytest.raises(Invalid) as refusal:
        team.accept(transaction, town.resident, link, token, LONG, at=town.at)
    assert (refusal.value.field, refusal.value.problem) == ("password", "required")
    assert roles_of(town.resident.person_id) == {Role.resident}


def test_control_a_long_password_takes_the_role_at_once(town: Town):
    link, token = invited(town, town.resident)

    team.accept(transaction, town.resident, link, token, PASSWORD, at=town.at)

    assert roles_of(town.resident.person_id) == {Role.resident, Role.reviewer}


def test_who_shows_her_password_is_let_through_with_a_transaction(town: Town):
    with recovery.shown(transaction, town.resident, PASSWORD, at=town.at) as session:
        assert persons.own_row(session, town.resident).nickname == "resident"
    with pytest.raises(SignInFailed), recovery.shown(transaction, town.resident, "wrong", at=town.at):
        pytest.fail("she was let through")
    with pytest.raises(NotSignedIn), recovery.shown(transaction, town.guest, PASSWORD, at=town.at):
        pytest.fail("a guest was let through")

    boxes.change("UPDATE person SET password_hash = NULL WHERE nickname = 'resident'")
    with pytest.raises(Invalid) as refusal, recovery.shown(transaction, town.resident, "", at=town.at):
        pytest.fail("she was let through without a password")
    assert (refusal.value.field, refusal.value.problem) == ("password", "required")


def test_a_renewed_account_has_a_new_code_and_neither_sign_ins_nor_links(town: Town):
    with transaction() as session:
        recovery.one_time_link(session, town.organiser, town.resident.person_id, at=town.at)
        token = sessions.open_session(session, town.resident, at=town.at)
        row = persons.own_row(session, town.resident)

        made = recovery.renewed(session, row, "a hash")

        assert made.actor == town.resident and row.password_hash == "a hash"
        assert len(made.recovery_code.replace("-", "")) == 20 and recovery.recovers(row, made.recovery_code)
        assert sessions.actor_of(session, token, at=town.at) is None
    assert boxes.rows("SELECT person_id FROM sign_in_link") == []


def test_a_new_password_is_looked_at_as_often_as_may_be_and_no_oftener(town: Town):
    def check(password: str, **more) -> None:
        given = {"names": ("resident",), "staff": False, "at": town.at} | more
        recovery.check_new(transaction, town.resident.person_id, password, **given)

    check(LONG)
    with pytest.raises(Invalid):
        check("resident")
    check(SHORT)
    with pytest.raises(Invalid):
        check(SHORT, staff=True)
    with pytest.raises(TooManyTries):
        for _ in range(60):
            check(LONG)
