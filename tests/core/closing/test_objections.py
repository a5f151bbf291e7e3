"""Objections: noted in time by one, answered by another; they hold the links to people, but not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core import closing, journal
from core.closing import objections
from core.errors import Invalid, NotFound, SamePerson, WrongStep
from core.privacy import retention
from core.rounds.steps import Step
from core.store import reading, transaction
from tests.helpers import boxes
from tests.helpers.worlds import Town

WORDS = "The amount of project three is wrong by a thousand."
DAY = timedelta(days=1)


@pytest.fixture
def published(town: Town) -> datetime:
    """Give the moment at which the result was published."""
    boxes.cast(town, town.resident, ["p01"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at)
    return at


def note(town: Town, at: datetime, words: str = WORDS, who: str = "organiser") -> objections.Objection:
    with transaction() as session:
        return objections.note(session, town.people[who], town.round.id, words, at=at)


def answer(town: Town, one: objections.Objection, at: datetime, who: str = "second_organiser") -> objections.Objection:
    with transaction() as session:
        return objections.answer(session, town.people[who], town.round.id, one.id, "It was right: see page two.", at=at)


def anonymous(at: datetime) -> bool:
    return bool(retention.carry_out(transaction, at=at).rounds)


def test_an_open_objection_holds_the_links_ninety_days_beyond_the_window_and_no_longer(town: Town, published: datetime):
    note(town, published + 13 * DAY)

    assert not anonymous(published + 14 * DAY)
    assert not anonymous(published + 103 * DAY)
    with pytest.raises(WrongStep), transaction() as session:
        closing.anonymise(session, town.organiser, town.round.id, at=published + 103 * DAY)
    assert boxes.rows("SELECT 1 FROM slot WHERE lookup IS NOT NULL")
    assert anonymous(published + 104 * DAY)
    assert boxes.rows("SELECT 1 FROM slot WHERE lookup IS NOT NULL") == []


def test_the_answer_lets_go(town: Town, published: datetime):
    first, second = note(town, published), note(town, published + DAY, who="second_organiser")

    answer(town, first, published + 20 * DAY)
    assert not anonymous(published + 20 * DAY)
    answer(town, second, published + 21 * DAY, who="organiser")

    assert anonymous(published + 21 * DAY)


def test_control_without_an_objection_the_links_go_at_the_end_of_the_window(town: Town, published: datetime):
    assert not anonymous(published + 14 * DAY - timedelta(seconds=1))
    assert anonymous(published + 14 * DAY)


def test_nobody_answers_her_own_and_none_is_answered_twice(town: Town, published: datetime):
    one = note(town, published)

    with pytest.raises(SamePerson):
        answer(town, one, published, who="organiser")
    answer(town, one, published)
    with pytest.raises(Invalid) as refusal:
        answer(town, one, published)

    assert (refusal.value.field, refusal.value.problem) == ("answer", "done")


def test_what_is_late_early_short_long_or_elsewhere_is_refused(town: Town, published: datetime):
    with pytest.raises(WrongStep):
        note(town, published + 14 * DAY)
    for words, problem in (
        ("", "required"),
        (" \0 ", "required"),
        ("too short", "too_short"),
        ("x" * 1001, "too_long"),
    ):
        with pytest.raises(Invalid) as refusal:
            note(town, published, words)
        assert (refusal.value.field, refusal.value.problem) == ("objection", problem)
    one = note(town, published)
    with pytest.raises(NotFound), transaction() as session:
        objections.answer(
            session, town.second_organiser, town.round.id, one.id + 1, "It was right: page two.", at=published
        )


def test_everyone_reads_it_and_the_journal_tells_only_that_there_is_one(town: Town, published: datetime):
    one = note(town, published, "  The amount of\nproject three is wrong.  ")
    answer(town, one, published + DAY)

    with reading() as session:
        (seen,) = objections.objections(session, town.guest, town.round.id)
        lines = [line for line in journal.entries(session, town.council, town.round.id) if "objection" in line.action]

    assert (seen.words, seen.answer) == ("The amount of project three is wrong.", "It was right: see page two.")
    assert (seen.noted_at, seen.answered_at, seen.mine) == (published, published + DAY, False)
    assert [(line.action, line.facts) for line in lines] == [
        ("note_objection", {"number": 1}), ("answer_objection", {"number": 1}),
    ]  # fmt: skip


def test_a_void_round_takes_objections_too_and_ends_as_after_a_close(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    at = town.at + DAY
    boxes.void_round(town, town.round.id, at)
    note(town, at + DAY)

    with reading() as session:
        assert closing.state(session, town.organiser, town.round.id, at=at + 15 * DAY).step is Step.objection
    assert not anonymous(at + 15 * DAY)
    assert anonymous(at + 104 * DAY)
