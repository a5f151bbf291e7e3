"""The running tally: equal to a recount, hidden where the round hides it, published in steps."""

import random
from datetime import timedelta

import pytest

from core import tally, voting
from core.ballots import types
from core.ballots.forms import to_text
from core.ballots.types import TYPES
from core.closing import _opening
from core.errors import NotAllowed
from core.phases import Phase
from core.store import reading, transaction
from core.tally import Running, _live
from core.trust import keys, readiness
from tests.helpers import boxes, worlds


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


def recount(round_, chosen):
    fresh = Running(TYPES[round_.ballot.type].worth, dict.fromkeys(worlds.COSTS, 0))
    fresh.add(chosen.values())
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
            ballot=types.BallotRules(ballot_type, 1, 5),
        )
    draw, voters = random.Random(5), people(town, 8)
    revisions = dict.fromkeys(range(8), 0)
    chosen = {}
    for step in range(60):
        which = draw.randrange(8)
        if which in chosen and draw.random() < 0.3:
            with transaction() as session:
                voting.withdraw_ballot(
                    session,
                    voters[which],
                    round_.id,
                    at=town.at,
                    request_id=f"withdraw-{step:04}",
                    replaces=revisions[which],
                )
            del chosen[which]
        else:
            choices = draw.sample(sorted(worlds.COSTS), draw.randint(1, 5))
            cast(town, voters[which], choices, revisions[which], round_.id)
            chosen[which] = to_text(choices if ballot_type == "ranking" else sorted(choices))
        revisions[which] += 1
        if draw.random() < 0.5:
            found, expected = live(town, round_), recount(round_, chosen)
            assert dict(found.supports) == expected.supports
            assert found.ballots == expected.ballots == len(chosen)
    with reading() as session:
        turnout = tally.turnout(session, round_.id)
    assert turnout.ballots == len(chosen)
    assert sum(number for _day, number in turnout.by_day) == len(chosen)


def test_the_published_tally_moves_in_steps_keeps_as_many_back_and_is_exact_at_the_close(town):
    round_ = boxes.round_in_voting(town, tally_step=5)
    voters = people(town, 17)
    seen = [live(town, round_).ballots]
    for voter in voters:
        cast(town, voter, ["p01"], 0, round_.id)
        seen.append(live(town, round_).ballots)
    assert seen == [0] * 10 + [5] * 5 + [10] * 3
    # One voter who changes her mind again and again moves nothing: she is one voter.
    for revision in range(1, 8):
        cast(town, voters[0], ["p02"], revision, round_.id)
    assert dict(live(town, round_).supports)["p02"] == 0
    closed = boxes.end_voting(round_.id)
    boxes.close(town, round_.id, closed)
    final = live(town, boxes.fresh(round_.id), closed)
    assert (final.final, final.ballots, dict(final.supports)["p02"]) == (True, 17, 1)
    with reading() as session:
        assert tally.turnout(session, round_.id).ballots == 17


@pytest.mark.parametrize("visibility", ["turnout", "sealed"])
def test_hidden_is_hidden_until_the_result_is_published(town, visibility, monkeypatch):
    monkeypatch.setattr(readiness, "refuse_unrehearsed", lambda *_: None)
    monkeypatch.setattr(_opening, "key_of", lambda _session, round_, _shares: keys.count_key(round_.id))
    public = bytes(keys.make_count_key(town.round.id).public_key)
    boxes.change(
        "UPDATE round SET visibility = :visibility, count_public = :public", visibility=visibility, public=public
    )
    cast(town, town.resident, ["p01"], 0)
    closed = boxes.end_voting(town.round.id)

    def seen(actor=None):
        with reading() as session:
            assert tally.turnout(session, town.round.id).ballots == 1
            return tally.live(session, boxes.fresh(town.round.id), closed, actor=actor).ballots

    for actor in (None, town.organiser):
        with pytest.raises(NotAllowed):
            seen(actor)
    boxes.until_count(town, town.round.id, closed)
    assert seen(town.organiser) == 1
    for actor in (None, town.resident):
        with pytest.raises(NotAllowed):
            seen(actor)
    boxes.count(town, town.round.id, closed)
    boxes.publish(town, town.round.id, closed)
    assert seen() == 1


def last_ballot_after_the_clock_of_the_process(town, step):
    """Return what is shown at the end by the process's clock, after one more ballot, at the close, and once opened."""
    round_ = boxes.round_in_voting(town, tally_step=step)
    *voters, last = people(town, 13)
    for voter in voters:
        cast(town, voter, ["p01"], 0, round_.id)
    until = round_.dates.voting_until
    seen = [live(town, round_, until)]
    # By the database's clock there is time yet.
    cast(town, last, ["p02"], 0, round_.id)
    seen.append(live(town, round_, until))
    closed = boxes.end_voting(round_.id)
    boxes.close(town, round_.id, closed)
    seen.append(live(town, boxes.fresh(round_.id), closed))
    boxes.draw(town, round_.id, closed)
    boxes.open_all(town, round_.id, closed)
    return [*seen, live(town, boxes.fresh(round_.id), closed)]


@pytest.mark.parametrize(("step", "ballots"), [(5, [7, 7, 13, 13]), (1, [12, 13, 13, 13])])
def test_the_tally_is_final_when_the_round_is_closed_and_not_by_the_clock_of_the_process(town, step, ballots):
    seen = last_ballot_after_the_clock_of_the_process(town, step)
    assert [each.ballots for each in seen] == ballots
    assert [each.final for each in seen] == [False, False, True, True]
    assert seen[2].supports == seen[3].supports


def test_control_a_tally_that_believes_that_clock_shows_the_last_choice(town, monkeypatch):
    real = _live._refreshed

    def by_the_clock(connection, kept, at, *, final):
        return real(connection, kept, at, final=at >= boxes.fresh(kept.feed.round_id).dates.voting_until)

    monkeypatch.setattr(_live, "_refreshed", by_the_clock)
    seen = last_ballot_after_the_clock_of_the_process(town, 5)
    assert [each.ballots for each in seen] == [12, 12, 12, 13]


def test_a_round_read_before_the_close_hides_nothing_that_is_closed(town):
    # The value of the round may be older than the session; what counts is what the session sees.
    closed = boxes.end_voting(town.round.id)
    before = boxes.fresh(town.round.id)
    boxes.close(town, town.round.id, closed)
    assert before.closed_at is None
    assert live(town, before, closed).final


def test_a_void_round_keeps_back_what_it_kept_back_and_never_shows_what_it_hid(town):
    round_ = boxes.round_in_voting(town, tally_step=5)
    for voter in people(town, 12):
        cast(town, voter, ["p01"], 0, round_.id)
    assert live(town, round_).ballots == 7
    boxes.change("UPDATE round SET voided_at = :at WHERE id = :id", at=town.at, id=round_.id)
    void = live(town, boxes.fresh(round_.id))
    assert (void.ballots, void.final) == (7, False)

    cast(town, town.resident, ["p01"], 0)
    closed = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, closed)
    boxes.change("UPDATE round SET voided_at = :at, visibility = 'turnout' WHERE id = :id", at=closed, id=town.round.id)
    with pytest.raises(NotAllowed):
        live(town, boxes.fresh(town.round.id), closed)


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


@pytest.mark.parametrize(("settings", "points"), [({"places": 7}, 7), ({"places": "projects"}, 5), ({}, 1)])
def test_a_ranked_project_gets_the_points_that_the_count_gives_it(town, settings, points):
    with transaction() as session:
        round_ = worlds.round_in(
            session, town.municipality.id, Phase.voting, town.at, slug="ranked", rule="greedy-borda", tally_step=1,
            ballot=types.BallotRules("ranking", 1, 5), rule_settings=settings,
        )  # fmt: skip
    live(town, round_)  # looked at before the first ballot, as on any day
    cast(town, people(town, 1)[0], ["p01"], 0, round_.id)

    assert dict(live(town, round_).supports)["p01"] == points


def test_before_the_first_step_it_tells_how_many_ballots_are_missing(town):
    round_ = boxes.round_in_voting(town, tally_step=3)
    voters, seen = people(town, 6), [live(town, round_).missing]
    for voter in voters:
        cast(town, voter, ["p01"], 0, round_.id)
        seen.append(live(town, round_).missing)
    assert seen == [6, 5, 4, 3, 2, 1, 0]


def test_who_withdraws_is_in_no_day_either_and_no_day_goes_below_nothing(town):
    round_ = boxes.round_in_voting(town)
    first, second = people(town, 2)
    cast(town, first, ["p01"], 0, round_.id)
    cast(town, second, ["p01"], 0, round_.id)
    # Yesterday both came, and nobody today.
    boxes.change("UPDATE turnout_day SET day = :day WHERE round_id = :id", id=round_.id, day="2026-01-01")

    def days() -> tuple[int, list[int]]:
        with reading() as session:
            turnout = tally.turnout(session, round_.id)
        return turnout.ballots, [number for _day, number in turnout.by_day]

    assert days() == (2, [2])
    boxes.withdraw(town, first, 1, round_)
    assert days() == (1, [1])
    boxes.withdraw(town, second, 1, round_)
    assert days() == (0, [0])
    cast(town, first, ["p02"], 2, round_.id)
    assert days() == (1, [0, 1])
