"""A count takes two people, is kept with the fingerprint of its input, and is seen by everyone once published."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from core import results, rounds, tally
from core.errors import (
    ConsentDiffers,
    CountStale,
    NotAllowed,
    NotFound,
    SamePerson,
    VotedOnAltered,
    WrongPhase,
    WrongStep,
)
from core.permissions import Action
from core.phases import Phase
from core.results import _counting
from core.rounds.second_person import Pending
from core.store import reading, transaction
from core.tally import loading
from db import tables
from tests.helpers import boxes, worlds


@pytest.fixture
def closed(town):
    """Give the town with a round that was voted on and opened: p01 and p02 are wanted, p05 is not."""
    tally.forget()
    voters = boxes.people(town, 4)
    for voter, choices in zip(voters, (["p01", "p02"], ["p02", "p03"], ["p02"], ["p05"]), strict=True):
        boxes.cast(town, voter, choices)
    boxes.withdraw(town, voters[3], 1)
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    return replace(town, round=boxes.fresh(town.round.id), at=at)


def count(town, actor):
    with transaction() as session:
        agreed = boxes.consent(session, actor, town.round.id, Action.count)
        mine = actor.pseudonym == town.organiser.pseudonym
        return results.count_round(session, actor, town.round.id, at=town.at, consent=None if mine else agreed)


def test_two_organisers_count(closed):
    assert isinstance(count(closed, closed.organiser), Pending)
    with pytest.raises(SamePerson):
        count(closed, closed.organiser)
    found = count(closed, closed.second_organiser)
    assert [project.id for project in found.allocation.funded][:2] == ["p02", "p01"]
    assert (found.ballots, found.rule, found.published_at) == (3, "greedy", None)


def test_the_fingerprint_is_of_the_input_alone(closed):
    count(closed, closed.organiser)
    first = count(closed, closed.second_organiser)
    count(closed, closed.organiser)
    assert count(closed, closed.second_organiser).fingerprint == first.fingerprint
    with transaction() as session:
        session.execute(text("""UPDATE open_ballot SET choices = '["p04"]' WHERE choices = '["p02"]'"""))
    boxes.without_notes(closed.round.id)
    count(closed, closed.organiser)
    assert count(closed, closed.second_organiser).fingerprint != first.fingerprint


def test_the_lots_come_from_the_public_draw_and_stay(closed):
    count(closed, closed.organiser)
    count(closed, closed.second_organiser)
    with reading() as session:
        lots = session.connection().execute(
            text("SELECT lot FROM project WHERE round_id = :id"), {"id": closed.round.id}
        )
        assert sorted(lots.scalars()) == [1, 2, 3, 4, 5]


def test_nothing_is_counted_before_the_ballots_are_open(town):
    at = boxes.end_voting(town.round.id)
    with pytest.raises(WrongStep), transaction() as session:
        results.count_round(session, town.organiser, town.round.id, at=at)


def test_nobody_but_staff_sees_a_result_before_it_is_published(closed):
    count(closed, closed.organiser)
    count(closed, closed.second_organiser)
    for actor in (closed.resident, closed.guest, closed.council):
        with reading() as session, pytest.raises(NotFound):
            results.result(session, actor, closed.round.id)
    with reading() as session:
        early = results.result(session, closed.auditor, closed.round.id)
    boxes.publish(closed, closed.round.id, closed.at)
    with reading() as session:
        seen = results.result(session, closed.guest, closed.round.id)
        assert rounds.get(session, closed.guest, closed.round.id).phase(closed.at) is Phase.results
    assert seen.allocation == early.allocation
    assert seen.published_at == closed.at
    with pytest.raises(WrongPhase):
        count(closed, closed.organiser)


def test_nothing_is_published_uncounted(closed):
    with transaction() as session, pytest.raises(NotFound):
        results.publish(session, closed.organiser, closed.round.id, closed.at)


def test_a_round_cannot_be_counted_while_it_is_open_by_the_databases_clock(town):
    late = town.round.dates.voting_until + timedelta(minutes=1)
    with pytest.raises(WrongPhase), transaction() as session:
        results.count_round(session, town.organiser, town.round.id, at=late)


def test_residents_do_not_count(closed):
    for actor in (closed.resident, closed.council):
        with pytest.raises(NotAllowed):
            count(closed, actor)


def test_what_was_cast_is_what_is_counted(closed):
    with reading() as session:
        instance, profile = loading.load_election(session, closed.round)
    assert (profile.ballots, sorted(profile)) == (3, [(("p01", "p02"), 1), (("p02",), 1), (("p02", "p03"), 1)])
    assert instance.unit == 100
    assert [project.id for project in instance.projects] == list(worlds.COSTS)


def test_a_result_is_there_for_some_then_for_all_and_not_of_a_void_round(closed):
    def found(ask, actor):
        with reading() as session:
            return ask(session, actor, boxes.fresh(closed.round.id)) is not None

    assert not found(results.result_of, closed.organiser)
    boxes.count(closed, closed.round.id, closed.at)
    assert found(results.result_of, closed.organiser) and not found(results.result_of, closed.guest)
    assert not found(results.published, closed.organiser)
    boxes.publish(closed, closed.round.id, closed.at)
    assert found(results.published, closed.guest)
    with transaction() as session:
        session.get_one(tables.Round, closed.round.id).voided_at = closed.at
    assert not found(results.published, closed.organiser) and found(results.result_of, closed.organiser)


def worked_out(town):
    with reading() as session:
        given = results.to_count(session, town.second_organiser, town.round.id, at=town.at)
    return results.work_out(given)


def keep(town, counted, agreed=None):
    """Agree to the count, with what was worked out before."""
    with transaction() as session:
        agreed = agreed or boxes.consent(session, town.second_organiser, town.round.id, Action.count)
        return results.count_round(
            session, town.second_organiser, town.round.id, at=town.at, counted=counted, consent=agreed
        )


def refuse(*_given, **_settings):
    pytest.fail("counted while the round is held")


def test_others_write_while_a_round_is_counted(closed, monkeypatch):
    other = boxes.round_in_voting(closed, "meanwhile")
    count(closed, closed.organiser)
    with reading() as session:
        given = results.to_count(session, closed.second_organiser, closed.round.id, at=closed.at)

    # Nothing is open between the reading and the keeping: somebody votes in another round.
    boxes.cast(closed, closed.resident, ["p01"], round_=other)
    counted = results.work_out(given)
    # What was worked out is kept as it is: under the lock nothing is counted again.
    monkeypatch.setattr(_counting, "allocate", refuse)
    found = keep(closed, counted)

    assert (found.ballots, found.rule) == (3, "greedy")
    assert [project.id for project in found.allocation.funded][:2] == ["p02", "p01"]


CHANGES = {
    "a ballot": """UPDATE open_ballot SET choices = '["p04"]' WHERE choices = '["p02"]'""",
    "a ballot more": """INSERT INTO open_ballot (round_id, choices) SELECT id, '["p04"]' FROM round""",
    "a cost": "UPDATE project SET cost = cost + 1 WHERE code = 'p05'",
    "a tie's lot": "UPDATE project SET lot = 6 - lot",
    "the budget": "UPDATE round SET budget = budget + 1",
    "the rule": "UPDATE round SET rule = 'equal-shares'",
    "its settings": """UPDATE round SET rule_settings = '{"threshold": 1}'""",
}


# What the first person's request names; the second person agrees to nothing else.
CONSENTED = ("a cost", "the budget", "the rule", "its settings")


@pytest.mark.parametrize("what", CONSENTED)
def test_nobody_agrees_to_count_something_else_than_was_asked_for(closed, what):
    count(closed, closed.organiser)
    counted = worked_out(closed)
    with reading() as session:
        agreed = boxes.consent(session, closed.second_organiser, closed.round.id, Action.count)
    boxes.change(CHANGES[what])

    with pytest.raises(ConsentDiffers):
        keep(closed, counted, agreed)
    assert boxes.rows("SELECT 1 FROM result") == []


@pytest.mark.parametrize("change", [CHANGES[name] for name in CHANGES if name not in CONSENTED])
def test_what_changed_during_the_count_is_not_kept(closed, change):
    # What is voted on or opened is held against its notes as well.
    count(closed, closed.organiser)
    counted = worked_out(closed)
    boxes.change(change)
    with pytest.raises(VotedOnAltered):
        keep(closed, counted)

    boxes.without_notes(closed.round.id)
    with pytest.raises(CountStale):
        keep(closed, counted)

    assert boxes.rows("SELECT 1 FROM result") == []
    assert boxes.fresh(closed.round.id).counted_at is None
    # The request still stands, and counting again keeps what is there now.
    found = keep(closed, worked_out(closed))
    assert found.fingerprint != counted.fingerprint


def test_only_who_may_count_reads_what_is_to_be_counted(closed):
    for actor in (closed.resident, closed.council, closed.auditor):
        with pytest.raises(NotAllowed), reading() as session:
            results.to_count(session, actor, closed.round.id, at=closed.at)
