"""Each of the demo's rounds, made alone: in its phase, with what it is there to show, and opened anew."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core import ideas, journal, municipalities, permissions, results, rounds, tally
from core.demo import residents
from core.demo import rounds as demo
from core.demo.residents import content
from core.permissions import OPERATOR, Role
from core.phases import Phase
from core.store import reading, transaction
from core.texts import Texts
from db import tables
from tests.helpers import boxes, worlds


@pytest.fixture(autouse=True)
def settled():
    yield
    tally.settle("demo-voting")


@pytest.fixture
def given(database, at):
    """Give a town with the places of the demo's, its staff, and two hundred neighbours without a round."""
    told = content()
    with transaction() as session:
        town = municipalities.create(
            session, OPERATOR, slug="demo", names=Texts(bg="Демо"), contact_email="demo@example.org", at=at,
            demo=True, areas=residents.places(told["areas"]), categories=residents.places(told["categories"]),
        )  # fmt: skip
        staff = {
            name: worlds.person(session, town, name, frozenset({role}), at)
            for name, role in (
                ("organiser", Role.organiser), ("organiser2", Role.organiser), ("reviewer", Role.reviewer),
            )
        }  # fmt: skip
        crowd = tuple(
            demo.Neighbour(worlds.person(session, town, f"n{number}", frozenset(), at).person_id or 0, each)
            for number, each in enumerate(residents.residents(200, at.year))
        )
    return town, staff, crowd


def made(given, act):
    """Let `act` make a round and return it as it is read."""
    with transaction() as session:
        round_id = act(session)
    return boxes.fresh(round_id)


def ballots(round_) -> int:
    with reading() as session:
        return tally.turnout(session, round_.id).ballots


def statuses(round_) -> dict[str, int]:
    found = boxes.rows("SELECT status, count(*) AS number FROM idea WHERE round_id = :id GROUP BY status", id=round_.id)
    return {row.status: row.number for row in found}


def test_the_round_in_voting_is_open_until_its_end_with_190_ballots(given, at):
    town, staff, crowd = given
    until = at + timedelta(days=60)

    round_ = made(given, lambda session: demo.voting(session, town, staff, crowd, at, until))

    assert (round_.slug, round_.phase(at), round_.dates.voting_until) == ("demo-voting", Phase.voting, until)
    assert (round_.rule, round_.ballot.type, round_.code_required) == ("equal-shares", "approval", True)
    assert (ballots(round_), len(boxes.rows("SELECT 1 FROM roll"))) == (190, 200)
    assert statuses(round_)["accepted"] == len(boxes.rows("SELECT 1 FROM project")) == 24
    with reading() as session:
        written = journal.entries(session, staff["organiser"], round_.id)
    # Two people have published it, as everywhere.
    assert {each.action for each in written} >= {"create_round", "ask_publish_round", "agree_publish_round"}


def test_the_round_that_is_over_was_counted_by_two_and_its_result_is_public(given, at):
    town, staff, crowd = given

    round_ = made(given, lambda session: demo.finished(session, town, staff, crowd, at))

    assert (round_.slug, round_.phase(at), round_.rule) == ("demo-finished", Phase.implementation, "greedy")
    with reading() as session:
        result = results.result(session, permissions.guest(town.id), round_.id)
    assert result.ballots == 150 and len(result.allocation.funded) >= 3
    assert round_.result_published_at == round_.dates.results_on


def test_the_next_round_is_in_preparation_and_empty(given, at):
    town, staff, _crowd = given

    round_ = made(given, lambda session: demo.next_one(session, town, staff, at))

    assert (round_.slug, round_.phase(at), round_.ballot.type) == ("demo-next", Phase.preparation, "ranking")
    assert round_.dates.ideas_from == at + timedelta(days=14)
    assert (ballots(round_), statuses(round_)) == (0, {})


def test_the_school_round_collects_ideas_that_wait(given, at):
    town, staff, crowd = given

    round_ = made(given, lambda session: demo.school(session, town, staff, crowd, at))

    assert (round_.slug, round_.phase(at)) == ("demo-school", Phase.ideas)
    assert statuses(round_) == {"waiting": len(content()["school"]["ideas"])}
    with reading() as session:
        # What waits for review is not public yet.
        assert ideas.ideas(session, permissions.guest(town.id), round_.id) == ()
        authors = session.exec(select(tables.Idea.author_id).where(tables.Idea.round_id == round_.id)).all()
    assert len(set(authors)) == len(authors)


def test_renewing_moves_what_is_to_come_and_leaves_what_is_over(given, at):
    town, staff, crowd = given
    later, until = at + timedelta(days=90), at + timedelta(days=150)
    with transaction() as session:
        ids = [
            demo.voting(session, town, staff, crowd, at, at + timedelta(days=60)),
            demo.next_one(session, town, staff, at),
            demo.school(session, town, staff, crowd, at),
            demo.finished(session, town, staff, crowd, at),
        ]
    over = boxes.fresh(ids[3])

    with transaction() as session:
        demo.renew(session, town.id, later, until)

    phases = [boxes.fresh(each).phase(later + timedelta(seconds=1)) for each in ids]
    assert phases == [Phase.voting, Phase.preparation, Phase.ideas, Phase.implementation]
    assert boxes.fresh(ids[0]).dates.voting_until == until
    assert boxes.fresh(ids[1]).dates.ideas_from == later + timedelta(days=14)
    assert boxes.fresh(ids[3]) == over
    assert ballots(boxes.fresh(ids[0])) == 190
    with reading() as session:
        assert rounds.current(session, permissions.guest(town.id), later) is not None
