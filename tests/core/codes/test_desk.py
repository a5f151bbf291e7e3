"""The desk: codes need two people, a lost code is made void with its ballot, a slip is for one person once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core import codes, journal, letters, voting
from core.codes import desk, holders
from core.errors import (
    CodeNotReleased,
    CodeSpent,
    CodeStopped,
    CodeUnknown,
    Locked,
    NotAllowed,
    NotEligible,
    SamePerson,
    SignInFailed,
    SlipUnknown,
    TooManyTries,
)
from core.people import recovery, second_step, sessions, team
from core.permissions import Action, Role
from core.privacy import export
from core.rounds import second_person
from core.store import reading, transaction
from core.voting import roll
from db import tables
from tests.helpers import boxes, second_steps
from tests.helpers.worlds import PASSWORD, Town


def do(act):
    with transaction() as session:
        return act(session)


def make(town: Town, round_, count: int = 2) -> tuple[str, ...]:
    return do(lambda session: codes.make_batch(session, town.organiser, round_.id, "ПМГ", count, at=town.at))


def newest(town: Town, round_, name: str = "second_organiser") -> codes.Batch:
    with reading() as session:
        return codes.batches(session, town.people[name], round_.id)[-1]


def release(town: Town, round_, name: str = "second_organiser") -> None:
    batch = newest(town, round_)
    boxes.release(town, round_.id, batch.id, town.at, name)


def use(town: Town, round_, code: str, name: str = "resident") -> None:
    desk.use(transaction, town.people[name], round_.id, code, address="192.0.2.7", at=town.at)


@pytest.fixture
def round_(town: Town):
    return boxes.round_in_voting(town, code_required=True)


def test_codes_are_good_once_a_second_person_has_released_them(town: Town, round_):
    code, *_ = make(town, round_, codes.LEAST_TOLD)
    with pytest.raises(CodeNotReleased):
        use(town, round_, code)
    with reading() as session:
        (waiting,) = second_person.pending(session, town.second_organiser, round_.id)
    assert waiting.action is Action.release_codes and waiting.subject == str(newest(town, round_).id)
    assert not newest(town, round_).released and newest(town, round_, "organiser").mine

    release(town, round_)
    use(town, round_, code)

    batch = newest(town, round_)
    assert (batch.released, batch.used, batch.unused) == (True, 1, codes.LEAST_TOLD - 1)


def test_nobody_releases_her_own_codes(town: Town, round_):
    make(town, round_)
    with pytest.raises(SamePerson):
        release(town, round_, "organiser")


def test_an_unreleased_batch_can_be_discarded_a_released_one_cannot(town: Town, round_):
    code, _ = make(town, round_)
    batch = newest(town, round_)
    do(lambda session: codes.discard(session, town.organiser, round_.id, batch.id, at=town.at))
    with pytest.raises(CodeUnknown):
        use(town, round_, code)

    make(town, round_)
    release(town, round_)
    with pytest.raises(Locked):
        do(lambda session: codes.discard(session, town.organiser, round_.id, newest(town, round_).id, at=town.at))


def reissue(town: Town, round_, code: str) -> str:
    return do(lambda session: desk.reissue(session, town.organiser, round_.id, code, at=town.at))


def test_a_new_code_makes_the_old_one_void_with_its_ballot(town: Town, round_):
    code, _ = make(town, round_)
    release(town, round_)
    use(town, round_, code, "neighbour")
    boxes.cast(town, town.neighbour, ["p01"], round_=round_)

    new = reissue(town, round_, code)
    # Until the second person has agreed nothing has changed.
    with reading() as session:
        assert roll.on_roll(session, town.neighbour, round_.id)
    release(town, round_)

    with reading() as session:
        assert not roll.on_roll(session, town.neighbour, round_.id)
        assert voting.my_ballot(session, town.neighbour, round_.id).withdrawn
    with pytest.raises(NotEligible):
        boxes.cast(town, town.neighbour, ["p02"], replaces=2, round_=round_)
    with pytest.raises(CodeSpent):
        use(town, round_, code)
    use(town, round_, new)
    boxes.cast(town, town.resident, ["p03"], round_=round_)
    at = boxes.end_voting(round_.id)
    boxes.close(town, round_.id, at)
    boxes.draw(town, round_.id, at)
    assert boxes.open_all(town, round_.id, at).ballots == 1


def test_whoever_lost_the_code_votes_again_with_the_new_one(town: Town, round_):
    code, _ = make(town, round_)
    release(town, round_)
    use(town, round_, code)
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    new = reissue(town, round_, code)
    release(town, round_)
    use(town, round_, new)

    assert boxes.cast(town, town.resident, ["p02"], replaces=2, round_=round_).revision == 3


def test_an_unused_code_is_made_void_too(town: Town, round_):
    code, _ = make(town, round_)
    release(town, round_)
    new = reissue(town, round_, code)
    release(town, round_)

    with pytest.raises(CodeSpent):
        use(town, round_, code)
    use(town, round_, new)


def test_the_holder_can_be_read_with_the_key_only_and_not_after_the_close(town: Town, round_):
    first, second = make(town, round_)
    release(town, round_)
    use(town, round_, first)
    use(town, round_, second, "neighbour")
    held = [bytes(row.holder) for row in boxes.rows("SELECT holder FROM code WHERE holder IS NOT NULL")]
    person = town.resident.person_id.to_bytes(8)
    assert len(held) == 2 and len({len(each) for each in held}) == 1 and not any(person in each for each in held)

    boxes.close(town, round_.id, boxes.end_voting(round_.id))

    assert boxes.rows("SELECT 1 FROM code WHERE holder IS NOT NULL") == []


def test_a_code_that_was_never_made_is_not_reissued(town: Town, round_):
    code, _ = make(town, round_)
    with pytest.raises(CodeNotReleased):
        reissue(town, round_, code)
    release(town, round_)
    with pytest.raises(CodeUnknown):
        reissue(town, round_, "22222-22222-22222")


def test_every_step_stands_in_the_journal_and_no_code_does(town: Town, round_):
    code, _ = make(town, round_)
    release(town, round_)
    reissue(town, round_, code)
    release(town, round_)
    with reading() as session:
        lines = journal.entries(session, town.auditor, round_.id)

    assert [line.action for line in lines] == [
        "make_codes", "ask_release_codes", "agree_release_codes", "reissue_code", "ask_release_codes",
        "agree_release_codes",
    ]  # fmt: skip
    assert code not in repr(lines)


def test_a_number_that_stood_on_a_discarded_slip_stands_on_no_other(town: Town, round_):
    make(town, round_, 20)
    astray = newest(town, round_)
    do(lambda session: codes.discard(session, town.organiser, round_.id, astray.id, at=town.at))
    made = make(town, round_, 20)
    release(town, round_)
    kept = newest(town, round_)
    use(town, round_, made[4])

    assert codes.slip_number(kept.id, 5) != codes.slip_number(astray.id, 5)
    with pytest.raises(SlipUnknown):
        reissue(town, round_, codes.slip_number(astray.id, 5))
    # Control: the number of the slip that was handed out is known.
    assert reissue(town, round_, codes.slip_number(kept.id, 6))


def test_a_batch_from_before_is_never_numbered_again(town: Town, round_):
    # As a database numbers them that counts up, and takes a number back with its row.
    with transaction() as session:
        row = tables.CodeBatch(round_id=round_.id, label="ПМГ", size=1, made_by="x", created_at=town.at)
        session.add(row)
        session.flush()
        first = tables.id_of(row)
    make(town, round_)

    assert newest(town, round_).id > first


def test_a_reset_slip_lets_a_resident_in_once(town: Town):
    slip = do(lambda session: desk.reset_slip(session, town.organiser, "RESIDENT", at=town.at))
    assert slip.nickname == "resident" and slip.until == town.at + timedelta(hours=24)

    actor = do(lambda session: recovery.redeem_link(session, slip.token, at=town.at))
    assert actor == replace(town.resident, helped_at=town.at)
    with pytest.raises(SignInFailed):
        do(lambda session: recovery.redeem_link(session, slip.token, at=town.at))


def test_whoever_holds_a_slip_does_not_read_what_was_voted(town: Town, round_):
    open_to_all = boxes.round_in_voting(town, "open")
    boxes.cast(town, town.resident, ["p01"], round_=open_to_all)
    slip = do(lambda session: desk.reset_slip(session, town.organiser, "resident", at=town.at))
    actor = do(lambda session: recovery.redeem_link(session, slip.token, at=town.at))
    # Nor after a new password has been set with it: the sign-in that follows looks like any other.
    recovery.change(transaction, actor, "", "druga-dalga-parola-7", at=town.at)
    token = do(lambda session: sessions.open_session(session, actor, at=town.at))
    with reading() as session:
        again = sessions.actor_of(session, token, at=town.at)
        for who in (actor, again):
            seen = voting.my_ballot(session, who, open_to_all.id)
            assert (seen.choices, seen.withheld, seen.revision) == ((), True, 1)
        told = export.of_person(session, again, at=town.at)["ballot"]
    assert [each["choices"] for each in told] == [[]]


def test_control_her_own_sign_in_shows_what_she_voted(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    token = do(lambda session: sessions.open_session(session, town.resident, at=town.at))
    with reading() as session:
        seen = voting.my_ballot(session, sessions.actor_of(session, token, at=town.at), town.round.id)
    assert (seen.choices, seen.withheld) == (("p01",), False)


def test_a_round_that_opens_after_the_help_is_her_own_again(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    before = replace(town.resident, helped_at=town.round.dates.voting_from - timedelta(seconds=1))
    with reading() as session:
        assert voting.my_ballot(session, before, town.round.id).choices == ("p01",)


def recovering(town: Town, code: str) -> None:
    new = "druga-dalga-parola-7"
    recovery.reset(transaction, town.municipality.id, "resident", code, new, address="192.0.2.7", at=town.at)


@pytest.mark.parametrize("what", ["a new slip", "a new password", "a recovery code", "a role"])
def test_a_slip_ends_with_what_it_was_made_for(town: Town, what: str):
    slip = do(lambda session: desk.reset_slip(session, town.organiser, "resident", at=town.at))
    if what == "a new slip":
        do(lambda session: desk.reset_slip(session, town.organiser, "resident", at=town.at))
    elif what == "a new password":
        recovery.change(transaction, town.resident, PASSWORD, "druga-dalga-7", at=town.at)
    elif what == "a recovery code":
        recovering(town, recovery.replace_recovery_code(transaction, town.resident, PASSWORD, at=town.at))
    else:
        token = do(lambda session: sessions.open_session(session, town.resident, at=town.at))
        link = do(lambda session: team.invite(session, town.organiser, Role.reviewer, at=town.at))
        team.accept(transaction, town.resident, link, token, PASSWORD, at=town.at)

    with pytest.raises(SignInFailed):
        do(lambda session: recovery.redeem_link(session, slip.token, at=town.at))


def test_after_a_slip_the_old_recovery_code_is_worth_nothing(town: Town):
    code = recovery.replace_recovery_code(transaction, town.resident, PASSWORD, at=town.at)
    slip = do(lambda session: desk.reset_slip(session, town.organiser, "resident", at=town.at))
    do(lambda session: recovery.redeem_link(session, slip.token, at=town.at))

    with pytest.raises(SignInFailed):
        recovering(town, code)


def test_staff_get_a_new_way_in_at_the_server_only(town: Town):
    second_steps.set_up(town, "organiser")
    with pytest.raises(NotAllowed):
        do(lambda session: desk.way_in(
            session, town.second_organiser, town.municipality.id, "organiser", forget_second_step=True, at=town.at
        ))  # fmt: skip
    slip = do(lambda session: desk.way_in(
        session, town.operator, town.municipality.id, "organiser", forget_second_step=True, at=town.at
    ))  # fmt: skip
    with reading() as session:
        assert not second_step.is_active(session, town.organiser.person_id)
    assert do(lambda session: recovery.redeem_link(session, slip.token, at=town.at)).has(Role.organiser)


def test_no_slip_is_printed_for_staff(town: Town):
    with pytest.raises(NotAllowed):
        do(lambda session: desk.reset_slip(session, town.organiser, "auditor", at=town.at))


def entered(town: Town, round_, number: int) -> None:
    made = make(town, round_, number)
    release(town, round_)
    for voter, code in zip(boxes.people(town, number), made, strict=True):
        desk.use(transaction, voter, round_.id, code, address=f"192.0.{voter.person_id}.7", at=town.at)


def side_by_side(database: str, round_) -> bool:
    """Return whether the database alone says of somebody which code she used."""
    if database.startswith("sqlite"):
        return Path(f"{database.removeprefix('sqlite:///')}-wal").stat().st_size > 0
    pairs = boxes.rows(
        "SELECT count(*) AS n FROM code JOIN roll ON roll.round_id = code.round_id"
        " AND roll.xmin::text = code.xmin::text WHERE code.round_id = :id GROUP BY code.id",
        id=round_.id,
    )
    return any(row.n < holders.TOGETHER for row in pairs)


def test_the_database_forgets_which_code_came_with_whom(town: Town, round_, database: str):
    entered(town, round_, holders.TOGETHER)

    assert not side_by_side(database, round_)


def test_control_without_mixing_they_stand_side_by_side(town: Town, round_, database: str, monkeypatch):
    monkeypatch.setattr(holders, "_mix", lambda *_: None)
    entered(town, round_, holders.TOGETHER)

    assert side_by_side(database, round_)


def look(town: Town, round_, code: str, address: str = "192.0.2.7") -> None:
    desk.look(transaction, town.guest, round_.id, code, address=address, at=town.at)


def test_a_code_is_looked_at_before_there_is_an_account_and_not_spent(town: Town, round_):
    code, *_ = make(town, round_, codes.LEAST_TOLD)
    with pytest.raises(CodeNotReleased):
        look(town, round_, code)
    release(town, round_)

    look(town, round_, code)

    use(town, round_, code)
    with reading() as session:
        assert roll.on_roll(session, town.resident, round_.id)


def test_whether_a_code_was_used_is_told_to_nobody_who_only_looks(town: Town, round_):
    code, fresh = make(town, round_, 2)
    release(town, round_)
    use(town, round_, code)

    look(town, round_, code)
    look(town, round_, fresh)


def test_a_code_of_a_stopped_batch_is_told_before_there_is_an_account(town: Town, round_):
    code, *_ = make(town, round_, codes.LEAST_TOLD)
    release(town, round_)
    batch, reason = newest(town, round_).id, "The slips were stolen on the way."
    asked = do(lambda session: codes.ask_stop(session, town.organiser, round_.id, batch, at=town.at, reason=reason))
    second, consent = town.second_organiser, asked.consent
    do(lambda session: codes.agree_stop(session, second, round_.id, batch, at=town.at, consent=consent))

    with pytest.raises(CodeStopped):
        look(town, round_, code)


def test_who_only_looks_is_paced_like_who_guesses(town: Town, round_):
    wrong = "2" * 15 + letters.check_symbol("2" * 15)
    for _ in range(5):
        with pytest.raises(CodeUnknown):
            look(town, round_, wrong)

    with pytest.raises(TooManyTries):
        look(town, round_, wrong, address="198.51.100.9")
