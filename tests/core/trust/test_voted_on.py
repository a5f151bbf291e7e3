"""What is voted on is signed before the first ballot counts, kept beside the keys, and linked note by note."""

from __future__ import annotations

import pytest

from core.errors import NotFound, VotedOnAltered
from core.store import reading, transaction
from core.trust import keys, readiness, voted_on, waiting
from tests.helpers import boxes


def kinds(round_id: int) -> list[str]:
    with reading() as session:
        return [each.kind for each in voted_on.told(session, round_id)]


def test_a_first_ballot_needs_a_note_and_brings_one(town):
    with reading() as session, pytest.raises(VotedOnAltered):
        voted_on.require_fixed(session.connection(), town.round.id)
    boxes.cast(town, town.resident, ["p01"])

    with reading() as session:
        voted_on.require_fixed(session.connection(), town.round.id)
        (note,) = voted_on.of(session, town.round.id)
    assert note.split("\n")[2] == "begun"


def test_what_changes_before_the_first_ballot_is_amended_and_not_after_it_though_it_waits_in_the_box(town):
    round_ = boxes.round_in_voting(town, tally_step=20)
    with transaction() as session:
        readiness.prepare(session, round_.id)
        voted_on.begin(session, round_.id)
    boxes.change("UPDATE round SET budget = budget + 1 WHERE id = :id", id=round_.id)
    boxes.cast(town, town.resident, ["p01"], round_=round_)
    assert kinds(round_.id) == ["begun", "amended"]

    boxes.change("UPDATE round SET budget = budget + 1 WHERE id = :id", id=round_.id)
    boxes.cast(town, town.neighbour, ["p01"], round_=round_)
    # Nothing is in a slot or on the board yet, and all the same it is fixed.
    assert boxes.rows("SELECT 1 FROM slot WHERE round_id = :id", id=round_.id) == []
    assert kinds(round_.id) == ["begun", "amended"]
    with reading() as session, pytest.raises(VotedOnAltered) as refusal:
        voted_on.hold(session, round_.id)
    assert refusal.value.what == ("budget",)


def test_a_round_whose_ballots_were_in_says_how_many_also_those_in_the_box(town):
    round_ = boxes.round_in_voting(town, tally_step=20)
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01"], round_=round_)
    boxes.without_notes(round_.id)
    with transaction() as session:
        voted_on.begin(session, round_.id)
        assert voted_on.told(session, round_.id)[0].facts["ballots"] == 3
        waiting.empty(session.connection(), round_.id)
    boxes.without_notes(round_.id)
    with transaction() as session:
        voted_on.begin(session, round_.id)
        assert voted_on.told(session, round_.id)[0].facts["ballots"] == 3


def test_what_is_noted_of_opened_ballots_is_public_with_the_result_only(town):
    boxes.cast(town, town.resident, ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)

    def shown() -> list[str]:
        with reading() as session:
            return [note.split("\n")[2] for note in voted_on.public(session, town.round.id)]

    before = [kind for kind in shown() if kind != "amended"]
    assert before == ["begun", "closed", "drawn"]
    boxes.publish(town, town.round.id, at)
    assert [kind for kind in shown() if kind != "amended"] == [*before, "opened", "turnout", "counted"]
    with reading() as session:
        # The form of the result is signed: it tells of every tie.
        assert voted_on.told(session, town.round.id)[-1].facts["form"] == 2


def test_a_step_is_noted_where_notes_have_begun_and_a_crash_is_caught_up_with(town):
    with transaction() as session:
        voted_on.note(session, town.round.id, "closed", {"size": 0})
    assert kinds(town.round.id) == []
    boxes.cast(town, town.resident, ["p01"])
    with transaction() as session:
        voted_on.note(session, town.round.id, "closed", {"size": 1, "root": "", "source": "dice"})
    assert kinds(town.round.id) == ["begun", "closed"]

    kept = keys.checkpoint_file(town.round.id).parent / voted_on.FILE
    whole = kept.read_text()
    with reading() as session:
        first = voted_on.of(session, town.round.id)[0]
        keys.remember(town.round.id, voted_on.FILE, first)
        assert kept.read_text() != whole
        voted_on.catch_up(session)
    assert kept.read_text() == whole


def test_nothing_begins_for_what_is_not_there(town):
    with transaction() as session, pytest.raises(NotFound):
        voted_on.begin(session, 999)
