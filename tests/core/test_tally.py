"""The running tally: equal to a recount, hidden where the round hides it, published in steps."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from core import clock, rounds, tally, voting
from core.elections import load_classes
from core.errors import NotAllowed
from core.phases import Phase
from core.running import Running, worth_of
from core.store import reading, transaction
from tests import worlds


@pytest.fixture(autouse=True)
def fresh():
    tally.forget()
    yield
    tally.forget()


def cast(town, voter, choices, revision, round_id=None):
    with transaction() as session:
        voting.cast_ballot(
            session,
            voter,
            round_id or town.round.id,
            choices,
            at=town.at,
            request_id=f"{voter.person_id:04}-{revision:04}",
            replaces=revision,
        )


def live(town, round_=None, at=None):
    with reading() as session:
        return tally.live(session, round_ or town.round, at or town.at)


def people(town, number):
    with transaction() as session:
        return [
            worlds.person(session, town.municipality, f"voter-{count}", frozenset(), town.at) for count in range(number)
        ]


def recount(town, round_):
    with reading() as session:
        classes = load_classes(session, round_)
    fresh = Running(worth_of(round_.ballot.type), dict.fromkeys(worlds.COSTS, 0))
    for choices, number in classes.items():
        fresh.add([choices] * number)
    return fresh


@pytest.mark.parametrize("ballot_type", ["approval", "ranking"])
def test_the_tally_equals_a_recount_after_whatever_happened(town, ballot_type):
    with transaction() as session:
        round_ = worlds.round_in(
            session,
            town.municipality.id,
            Phase.voting,
            town.at,
            slug="other",
            ballot=rounds.BallotRules(ballot_type, 1, 5),
        )
    draw, voters = random.Random(5), people(town, 8)
    revisions = dict.fromkeys(range(8), 0)
    live_ones = set()
    for step in range(60):
        which = draw.randrange(8)
        if which in live_ones and draw.random() < 0.3:
            with transaction() as session:
                voting.withdraw_ballot(
                    session,
                    voters[which],
                    round_.id,
                    at=town.at,
                    request_id=f"withdraw-{step:04}",
                    replaces=revisions[which],
                )
            live_ones.discard(which)
        else:
            cast(
                town, voters[which], draw.sample(sorted(worlds.COSTS), draw.randint(1, 5)), revisions[which], round_.id
            )
            live_ones.add(which)
        revisions[which] += 1
        if draw.random() < 0.5:
            found, expected = live(town, round_), recount(town, round_)
            assert dict(found.supports) == expected.supports
            assert found.ballots == expected.ballots == len(live_ones)
    with reading() as session:
        turnout = tally.turnout(session, round_.id)
    assert turnout.ballots == len(live_ones)
    assert sum(number for _day, number in turnout.by_day) == len([each for each in revisions.values() if each])


def test_a_ballot_that_is_committed_late_under_a_smaller_number_is_not_lost(town):
    voters = people(town, 2)
    for voter in voters:
        cast(town, voter, ["p01"], 0)
    first, _second = rows("SELECT id, round_id, number, slot_id, revision, request_id FROM receipt ORDER BY id")
    with transaction() as session:
        session.execute(text("DELETE FROM receipt WHERE id = :id"), {"id": first.id})
    assert live(town).ballots == 1
    with transaction() as session:
        session.execute(
            text("INSERT INTO receipt VALUES (:id, :round_id, :number, :slot_id, :revision, :request_id)"),
            dict(first._mapping),
        )
        postgres = session.get_bind().dialect.name == "postgresql"
    # On SQLite numbers are committed in their order, so nobody looks back.
    assert live(town).ballots == (2 if postgres else 1)
    assert live(town, at=town.round.dates.voting_until).ballots == 2


def rows(query):
    with reading() as session:
        return session.connection().execute(text(query)).all()


def test_the_published_tally_moves_in_steps_and_is_exact_at_the_close(town):
    round_ = replace(town.round, tally_step=5)
    voters = people(town, 12)
    seen = [live(town, round_).ballots]
    for voter in voters:
        cast(town, voter, ["p01"], 0)
        seen.append(live(town, round_).ballots)
    assert seen == [0] * 5 + [5] * 5 + [10] * 3
    # One voter who changes her mind again and again moves nothing: she is one voter.
    for revision in range(1, 8):
        cast(town, voters[0], ["p02"], revision)
    assert dict(live(town, round_).supports)["p02"] == 0
    final = live(town, round_, town.round.dates.voting_until)
    assert (final.final, final.ballots, dict(final.supports)["p02"]) == (True, 12, 1)
    with reading() as session:
        assert tally.turnout(session, town.round.id).ballots == 12


@pytest.mark.parametrize("visibility", ["turnout", "sealed"])
def test_hidden_is_hidden_until_the_result_is_published(town, visibility):
    cast(town, town.resident, ["p01"], 0)
    hidden = replace(town.round, visibility=visibility)
    closed = town.round.dates.voting_until
    for at in (town.at, closed):
        with pytest.raises(NotAllowed):
            live(town, hidden, at)
    assert tally.recent(hidden.slug, town.at) is None
    with reading() as session:
        assert tally.turnout(session, hidden.id).ballots == 1
        assert tally.live(session, hidden, closed, actor=town.organiser).ballots == 1
        with pytest.raises(NotAllowed):
            tally.live(session, hidden, closed, actor=town.resident)
    published = replace(hidden, counted_at=closed, result_published_at=closed)
    assert live(town, published, closed).ballots == 1


def test_nothing_is_shown_before_voting(town):
    with pytest.raises(NotAllowed):
        live(town, at=town.round.dates.voting_from - timedelta(seconds=1))


def test_winners_so_far_are_recounted_at_most_once_a_minute(town):
    first, second, third = people(town, 3)
    assert live(town).provisional is None
    cast(town, first, ["p01", "p02"], 0)
    live(town)
    tally.settle(town.round.slug)
    assert set(live(town).provisional) == {"p01", "p02"}

    cast(town, second, ["p03"], 0)
    cast(town, third, ["p03"], 0)
    live(town)
    tally.settle(town.round.slug)
    assert set(live(town).provisional) == {"p01", "p02"}

    later = town.at + timedelta(minutes=1)
    live(town, at=later)
    tally.settle(town.round.slug)
    assert "p03" in live(town, at=later).provisional


def test_within_a_second_the_same_answer_needs_no_database(town):
    cast(town, town.resident, ["p01"], 0)
    live(town)
    tally.settle(town.round.slug)
    assert tally.recent(town.round.slug, town.at).supports[0] == ("p01", 1)
    assert tally.recent(town.round.slug, town.at + timedelta(seconds=1)) is None
    assert tally.recent("no-such-round", clock.now()) is None
