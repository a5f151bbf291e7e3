"""One person, one live ballot: whatever is clicked twice, late, or after the close."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from core import clock, voting
from core.errors import (
    BallotInvalid,
    BallotStale,
    GlasError,
    Invalid,
    KeyMissing,
    Locked,
    NotAllowed,
    NotEligible,
    NotFound,
    NotSignedIn,
    SettingWrong,
    VotingClosed,
    VotingNotOpen,
)
from core.ideas import projects
from core.phases import Phase
from core.settings import settings
from core.store import reading, transaction
from core.trust import keys, sealing, slots
from core.voting import receipts
from core.voting.receipts import ReceiptState
from tests.helpers import boxes, worlds

FIRST, SECOND, THIRD = "request-1", "request-2", "request-3"


def cast(town, choices=("p01",), request_id=FIRST, replaces=0, voter=None, round_id=None):
    with transaction() as session:
        return voting.cast_ballot(
            session,
            voter or town.resident,
            round_id or town.round.id,
            choices,
            at=town.at,
            request_id=request_id,
            replaces=replaces,
        )


def withdraw(town, request_id, replaces):
    with transaction() as session:
        return voting.withdraw_ballot(
            session, town.resident, town.round.id, at=town.at, request_id=request_id, replaces=replaces
        )


def mine(town, voter=None):
    with reading() as session:
        return voting.my_ballot(session, voter or town.resident, town.round.id)


def state(town, number):
    with reading() as session:
        return boxes.state_of(session, town.round.id, number)


def rows(query):
    with reading() as session:
        return session.connection().execute(text(query)).all()


def test_a_ballot_is_kept_in_its_canonical_form(town):
    receipt = cast(town, ["p03", "p01"])
    assert (receipt.revision, receipt.until) == (1, town.round.dates.voting_until)
    assert mine(town).choices == ("p01", "p03")
    assert mine(town).receipt == receipt
    ((sealed,),) = rows("SELECT sealed FROM slot")
    opening = sealing.opened(sealed, keys.count_key(town.round.id))
    assert opening.choices == '["p01","p03"]'
    assert opening.commitment() == receipt.commitment


def test_the_same_request_gets_the_same_receipt(town):
    assert cast(town) == cast(town) == cast(town, ["p02"], replaces=1)
    assert mine(town).choices == ("p01",)
    assert len(rows("SELECT 1 FROM receipt")) == 1


def test_a_ballot_can_be_replaced_and_counts_once_towards_turnout(town):
    first = cast(town)
    second = cast(town, ["p02"], SECOND, replaces=1)
    assert second.revision == 2
    assert mine(town).choices == ("p02",)
    assert (state(town, first.number), state(town, second.number)) == (ReceiptState.replaced, ReceiptState.recorded)
    assert rows("SELECT ballots FROM turnout_day") == [(1,)]


def test_a_late_old_request_never_replaces_a_newer_ballot(town):
    cast(town)
    cast(town, ["p02"], SECOND, replaces=1)
    with pytest.raises(BallotStale) as refusal:
        cast(town, ["p03"], THIRD, replaces=1)
    assert refusal.value.revision == 2
    # The first request once more, from a phone that was offline: it is told of the newer ballot, nothing else happens.
    with pytest.raises(BallotStale):
        cast(town, ["p01"], FIRST, replaces=0)
    assert mine(town).choices == ("p02",)


def test_a_ballot_can_be_withdrawn_and_cast_again(town):
    first = cast(town)
    second = withdraw(town, SECOND, replaces=1)
    assert mine(town).withdrawn
    assert [state(town, each.number) for each in (first, second)] == ["replaced", "withdrawn"]
    assert withdraw(town, SECOND, replaces=1) == second
    with pytest.raises(NotFound):
        withdraw(town, THIRD, replaces=2)

    third = cast(town, ["p02"], THIRD, replaces=2)
    assert mine(town).choices == ("p02",)
    # The third waits for its batch of two.
    assert [state(town, each.number) for each in (first, second, third)] == ["replaced", "replaced", "accepted"]
    assert rows("SELECT ballots FROM turnout_day") == [(1,)]


def test_a_receipt_is_found_however_it_is_typed_and_only_in_its_round(town):
    receipt = cast(town)
    assert state(town, receipt.latin.lower().replace("-", " ")) == ReceiptState.accepted
    cast(town, voter=town.neighbour)
    assert state(town, receipt.latin.lower().replace("-", " ")) == ReceiptState.recorded
    assert state(town, "no such thing") == ReceiptState.not_found
    with reading() as session:
        assert boxes.state_of(session, town.round.id + 1, receipt.number) == ReceiptState.not_found


def test_a_number_that_is_taken_is_drawn_again(town, monkeypatch):
    drawn = iter(["11-ДЪБ-111-БУК", "11-ДЪБ-111-БУК", "22-БОР-222-ЕЛА"])
    monkeypatch.setattr(receipts, "new_number", lambda: next(drawn))
    assert cast(town).number == "11-ДЪБ-111-БУК"
    assert cast(town, voter=town.neighbour).number == "22-БОР-222-ЕЛА"


def test_own_requests_can_be_asked_for_and_others_cannot(town):
    receipt = cast(town)
    with reading() as session:
        assert voting.receipt_of(session, town.resident, town.round.id, FIRST) == receipt
        assert voting.receipt_of(session, town.resident, town.round.id, SECOND) is None
        assert voting.receipt_of(session, town.neighbour, town.round.id, FIRST) is None
        assert voting.receipt_of(session, town.guest, town.round.id, FIRST) is None
        assert voting.my_ballot(session, town.guest, town.round.id) is None
        assert voting.my_ballot(session, town.neighbour, town.round.id) is None


@pytest.mark.parametrize("same", [True, False])
def test_parallel_submits_leave_one_live_ballot_each(town, same):
    voters = [town.resident, town.neighbour]
    outcomes, start = [], Barrier(16)

    def submit(number):
        start.wait()
        try:
            request = "the-request" if same else f"request-{number}"
            outcomes.append(cast(town, [f"p0{number % 3 + 1}"], request, voter=voters[number % 2]).number)
        except GlasError as refusal:
            outcomes.append(type(refusal))

    threads = [Thread(target=submit, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 16
    assert rows("SELECT count(*), max(revision) FROM slot") == [(2, 1)]
    assert rows("SELECT count(*) FROM receipt") == [(2,)]
    assert rows("SELECT sum(ballots) FROM turnout_day") == [(2,)]
    numbers = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(set(numbers)) == 2
    if same:
        assert len(numbers) == 16
    else:
        assert outcomes.count(BallotStale) == 14


@pytest.mark.parametrize("minutes", [-10, 10])
def test_open_and_closed_are_said_by_the_databases_clock(town, minutes, monkeypatch):
    real = clock.now()
    monkeypatch.setattr(clock, "now", lambda: real + timedelta(minutes=minutes))
    with transaction() as session:
        later = worlds.round_in(session, town.municipality.id, Phase.voting, real, slug="later")
        over = worlds.round_in(session, town.municipality.id, Phase.voting, real, slug="over")
        session.execute(
            text("UPDATE round SET voting_from = :at WHERE slug = 'later'"),
            {
                "at": (real + timedelta(minutes=5)).replace(tzinfo=None)
                if is_sqlite(session)
                else real + timedelta(minutes=5)
            },
        )
        session.execute(
            text("UPDATE round SET voting_until = :at WHERE slug = 'over'"),
            {
                "at": (real - timedelta(minutes=5)).replace(tzinfo=None)
                if is_sqlite(session)
                else real - timedelta(minutes=5)
            },
        )
    with pytest.raises(VotingNotOpen):
        cast(town, round_id=later.id)
    with pytest.raises(VotingClosed):
        cast(town, round_id=over.id)
    assert cast(town).revision == 1


def is_sqlite(session):
    return session.get_bind().dialect.name == "sqlite"


def test_a_retry_after_the_close_still_gets_its_receipt(town):
    receipt = cast(town)
    close(town)
    assert cast(town).number == receipt.number
    with pytest.raises(VotingClosed):
        cast(town, ["p02"], SECOND, replaces=1)
    with pytest.raises(VotingClosed):
        withdraw(town, SECOND, replaces=1)


def close(town):
    with transaction() as session:
        past = clock.now() - timedelta(seconds=1)
        session.execute(
            text("UPDATE round SET voting_until = :at"),
            {"at": past.replace(tzinfo=None) if is_sqlite(session) else past},
        )


def test_who_may_not_vote_is_told_why(town):
    with pytest.raises(NotSignedIn):
        cast(town, voter=town.guest)
    with pytest.raises(NotAllowed):
        cast(town, voter=town.operator)
    with transaction() as session:
        child = worlds.person(session, town.municipality, "child", frozenset(), town.at, birth_year=2012)
        ageless = worlds.person(session, town.municipality, "ageless", frozenset(), town.at, birth_year=None)
        coded = worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="coded", code_required=True)
        draft = worlds.round_in(session, town.municipality.id, Phase.voting, town.at, slug="draft", published=False)
    for voter in (child, ageless):
        with pytest.raises(NotEligible) as refusal:
            cast(town, voter=voter)
        assert refusal.value.reason == "age"
    with pytest.raises(NotEligible) as refusal:
        cast(town, round_id=coded.id)
    assert refusal.value.reason == "code"
    with pytest.raises(NotFound):
        cast(town, round_id=draft.id)
    with pytest.raises(NotFound):
        cast(town, round_id=10_000)

    with transaction() as session:
        session.execute(
            text("INSERT INTO roll (round_id, person_id) VALUES (:round, :person)"),
            {"round": coded.id, "person": town.resident.person_id},
        )
    assert cast(town, round_id=coded.id).revision == 1


def test_a_wrong_ballot_leaves_no_trace(town):
    for choices, problem in (
        (["p01"] * 2, "repeated"),
        (["p01", "p02", "p03", "p04"], "many"),
        ([], "few"),
        (["p\x00"], "unknown"),
    ):
        with pytest.raises(BallotInvalid) as refusal:
            cast(town, choices)
        assert refusal.value.problem == problem
    with pytest.raises(Invalid):
        cast(town, request_id="'; --")
    assert rows("SELECT 1 FROM slot") == []


def test_the_vote_touches_nothing_of_the_person(town, database):
    # PostgreSQL writes into every row which transaction made it: equal ones would link person and slot.
    seen = "SELECT *, xmin FROM person ORDER BY id" if database.startswith("postgres") else "SELECT * FROM person"
    before = rows(seen)
    cast(town)
    assert rows(seen) == before


def test_projects_are_fixed_from_the_first_ballot_on(town):
    cast(town)
    with transaction() as session:
        listed = projects.projects(session, town.organiser, town.round.id)[0]
    for change in ({"edited": [projects.changed(listed, cost=1)]}, {"off": ["p01"]}):
        with pytest.raises(Locked), transaction() as session:
            projects.ask_change(
                session, town.organiser, town.round.id, at=town.at, reason="Нов ред на списъка", **change
            )


def test_a_lost_key_closes_the_round_rather_than_let_people_vote_twice(town):
    cast(town)
    boxes.lose_link(town.round.id)
    with pytest.raises(KeyMissing):
        cast(town, ["p02"], SECOND, replaces=1)


def test_the_key_leads_to_the_slot_and_nobody_else_can_read_it(town):
    cast(town)
    folder = settings().key_dir
    assert (folder / str(town.round.id) / "link").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert slots.lookup(town.round.id, 1) != slots.lookup(town.round.id, 2)


def test_keys_that_others_can_read_are_refused(tmp_path):
    keys.pepper()
    settings().key_dir.chmod(0o755)
    with pytest.raises(SettingWrong) as refusal:
        keys.check_folder()
    assert refusal.value.name == "GLAS_KEY_DIR"


def test_a_slot_is_emptied_once_and_its_voter_may_vote_again(town):
    cast(town)
    boxes.cast(town, town.neighbour, ["p02"])
    with transaction() as session:
        assert voting.void_slot(session, town.round.id, town.resident.person_id) is True
        assert voting.void_slot(session, town.round.id, town.resident.person_id) is False
        assert voting.void_slot(session, town.round.id, town.council.person_id) is False
    assert (mine(town).choices, mine(town, town.neighbour).choices) == ((), ("p02",))
    assert [row.kind for row in rows("SELECT kind FROM leaf UNION ALL SELECT kind FROM pending_leaf")].count(
        "withdraw"
    ) == 1

    cast(town, ["p03"], SECOND, replaces=2)

    assert mine(town).choices == ("p03",)


def test_no_slot_is_emptied_once_voting_is_over(town):
    cast(town)
    boxes.end_voting(town.round.id)

    with pytest.raises(VotingClosed), transaction() as session:
        voting.void_slot(session, town.round.id, town.resident.person_id)

    assert rows("SELECT revision, withdrawn FROM slot") == [(1, False)]
