"""What is asked for several rounds at once is what each of them says alone."""

from __future__ import annotations

import pytest
from sqlmodel import select

from core import clock, hidden, results, store, voting
from core.ideas import projects
from core.permissions import Action
from core.phases import Phase
from core.rounds import second_person
from core.trust import slots, waiting
from core.voting import roll
from db import tables
from tests.helpers import boxes, worlds


@pytest.fixture
def rounds(town: worlds.Town):
    """Give three rounds: one in voting, one with a result, one that needs codes and has a request that waits."""
    at = clock.now()
    boxes.cast(town, town.resident, ["p01"])
    with store.transaction() as session:
        done = worlds.round_in(session, town.municipality.id, Phase.results, at, slug="done")
        session.add(tables.Result(
            round_id=done.id, rule="greedy", allocation={"funded": [], "cost": 0}, ballots=3, fingerprint="00",
            counted_at=at, published_at=at,
        ))  # fmt: skip
        coded = worlds.round_in(session, town.municipality.id, Phase.ideas, at, slug="coded", code_required=True)
        second_person.ask(session, town.organiser, coded.id, Action.void_round, at=at, reason="Изчакваме закона.")
        session.add(tables.Hiding(
            municipality_id=town.municipality.id, part="title", reason={"bg": "Обижда"}, hidden_by="p-x", hidden_at=at,
            project_id=session.exec(select(tables.Project.id).where(tables.Project.round_id == done.id)).first(),
        ))  # fmt: skip
        roll.enrol(session, town.resident, coded.id)
    return town.round, done, coded


def test_several_rounds_at_once(town: worlds.Town, rounds):
    ids = [one.id for one in rounds]
    with store.reading() as session:
        listed, published = projects.of_rounds(session, rounds), results.all_published(session, rounds)
        for one in rounds:
            assert listed[one.id] == projects.projects(session, town.guest, one.id)
            assert published.get(one.id) == results.published(session, town.guest, one)
        assert {code for _round, code in hidden.of_rounds(session, ids)} == {"p01"}
        assert listed[rounds[1].id][0].title != listed[rounds[0].id][0].title

        asked = second_person.pending_in(session, town.second_organiser, rounds)
        assert asked == {one.id: second_person.pending(session, town.second_organiser, one.id) for one in rounds}
        assert [len(asked[one.id]) for one in rounds] == [0, 0, 1]


def test_what_a_voter_has_in_several_rounds(town: worlds.Town, rounds):
    ids = [one.id for one in rounds]
    with store.reading() as session:
        for voter in (town.resident, town.neighbour, town.guest):
            may_vote = roll.eligibilities(session, voter, rounds)
            assert may_vote == {one.id: roll.eligibility(session, voter, one) for one in rounds}
            mine = voting.my_ballots(session, voter, ids)
            assert mine == {one: found for one in ids if (found := voting.my_ballot(session, voter, one))}
        assert list(voting.my_ballots(session, town.resident, ids)) == [town.round.id]
        way, connection = slots.lookup(town.round.id, town.resident.person_id or 0), session.connection()
        assert list(slots.find_in(connection, [way])) == [way]
        assert list(waiting.find_in(connection, ids, town.resident.person_id or 0)) == [town.round.id]
