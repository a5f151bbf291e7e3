"""Publishing, counting and voiding take two different people."""

import pytest

from core import journal, rounds
from core.errors import ConsentDiffers, Invalid, NotAllowed, NotFound, SamePerson, VotingClosed, WrongPhase
from core.permissions import Action
from core.phases import Phase
from core.rounds import publishing, second_person
from core.rounds.second_person import Done, Pending
from core.store import reading
from core.trust import board
from core.voting import receipts
from db import engine, tables
from tests.helpers import boxes
from tests.helpers.worlds import Town, round_in


@pytest.fixture
def draft(town: Town) -> int:
    with engine.transaction() as session:
        return round_in(session, town.municipality.id, Phase.preparation, town.at, slug="draft", published=False).id


def publish(town: Town, name: str, draft: int):
    with engine.transaction() as session:
        agreed = boxes.consent(session, town.people[name], draft, Action.publish_round)
        mine = name == "organiser"
        return publishing.publish_round(session, town.people[name], draft, at=town.at, consent=None if mine else agreed)


def void(town: Town, name: str, reason: str = ""):
    with engine.transaction() as session:
        agreed = boxes.consent(session, town.people[name], town.round.id, Action.void_round)
        return publishing.void_round(
            session, town.people[name], town.round.id, at=town.at, reason=reason, consent=agreed
        )


def test_the_second_organiser_publishes_what_the_first_has_asked_for(town: Town, draft: int):
    asked = publish(town, "organiser", draft)
    with engine.reading() as session:
        assert rounds.get(session, town.organiser, draft).draft
        (waiting,) = second_person.pending(session, town.second_organiser, draft)
        assert not waiting.mine and waiting.asked_by == town.organiser.pseudonym

    agreed = publish(town, "second_organiser", draft)

    assert isinstance(asked, Pending) and asked.mine and isinstance(agreed, Done)
    with engine.reading() as session:
        assert rounds.get(session, town.guest, draft).published_at == town.at
        assert second_person.pending(session, town.organiser, draft) == ()


def test_nobody_agrees_with_herself(town: Town, draft: int):
    publish(town, "organiser", draft)

    with pytest.raises(SamePerson):
        publish(town, "organiser", draft)


@pytest.mark.parametrize("name", ["reviewer", "council", "auditor"])
def test_the_second_person_is_an_organiser_too(town: Town, draft: int, name: str):
    publish(town, "organiser", draft)

    with pytest.raises(NotAllowed):
        publish(town, name, draft)


def test_a_change_in_between_undoes_the_first_ones_wish(town: Town, draft: int):
    publish(town, "organiser", draft)
    with engine.transaction() as session:
        before = rounds.get(session, town.second_organiser, draft).as_draft()
        changed = before.__class__(**{
            **{name: getattr(before, name) for name in before.__dataclass_fields__}, "budget": 1_000_00
        })  # fmt: skip
        rounds.edit(session, town.second_organiser, draft, changed, at=town.at)

    assert isinstance(publish(town, "second_organiser", draft), Pending)


def test_a_wish_can_be_taken_back(town: Town, draft: int):
    publish(town, "organiser", draft)
    with engine.transaction() as session:
        second_person.take_back(session, town.organiser, draft, Action.publish_round, at=town.at)

    assert isinstance(publish(town, "second_organiser", draft), Pending)


def test_a_round_that_should_have_begun_is_not_published(town: Town, draft: int):
    with pytest.raises(Invalid) as refusal, engine.transaction() as session:
        late = rounds.get(session, town.organiser, draft).dates.voting_from
        publishing.publish_round(session, town.organiser, draft, at=late)

    assert (refusal.value.field, refusal.value.problem) == ("voting_from", "past")


def test_what_a_receipt_promised_stands_on_the_board_of_a_voided_round(town: Town):
    receipt = boxes.cast(town, town.resident, ["p01"])
    void(town, "organiser", "x")
    void(town, "second_organiser")

    with reading() as session:
        assert boxes.state_of(session, town.round.id, receipt.number) == receipts.ReceiptState.recorded
        assert board.leaves(session, town.round.id)[0].commitment == receipt.commitment
    with pytest.raises(VotingClosed):
        boxes.cast(town, town.neighbour, ["p01"])


def test_voiding_needs_a_public_reason_and_ends_the_round(town: Town):
    with pytest.raises(Invalid):
        void(town, "organiser")
    void(town, "organiser", "Списъкът с проекти беше сгрешен")
    assert isinstance(void(town, "second_organiser"), Done)

    with engine.reading() as session:
        voided = rounds.get(session, town.guest, town.round.id)
    assert voided.void_reason == "Списъкът с проекти беше сгрешен" and voided.phase(town.at) is Phase.results


def test_counting_is_asked_for_after_the_close_only(town: Town):
    with pytest.raises(WrongPhase), engine.transaction() as session:
        second_person.ask(session, town.organiser, town.round.id, Action.count, at=town.at)


def test_an_imported_election_needs_no_second_person(town: Town):
    with engine.transaction() as session:
        imported = round_in(session, town.municipality.id, Phase.counting, town.at, slug="lodz")
        session.get_one(tables.Round, imported.id).imported = True
        session.flush()

        assert isinstance(second_person.ask(session, town.organiser, imported.id, Action.count, at=town.at), Done)


def test_both_steps_stand_in_the_journal(town: Town, draft: int):
    publish(town, "organiser", draft)
    publish(town, "second_organiser", draft)

    with engine.reading() as session:
        lines = journal.entries(session, town.council, draft)
    assert [(line.action, line.name) for line in lines] == [
        ("ask_publish_round", "organiser"), ("agree_publish_round", "second_organiser"),
    ]  # fmt: skip
    (asked, agreed) = (line.facts for line in lines)
    assert agreed == {"first": town.organiser.pseudonym, "consent": asked["consent"]} and len(asked["consent"]) == 64


def test_a_resident_does_not_learn_of_a_draft(town: Town, draft: int):
    with pytest.raises(NotFound):
        publish(town, "resident", draft)


def test_what_is_agreed_to_is_returned_and_any_other_hash_is_refused(town: Town, draft: int):
    asked = publish(town, "organiser", draft)
    with engine.transaction() as session:
        told = publishing.whole(session, rounds.get(session, town.organiser, draft))
        assert asked.lines == told
        assert {"titles", "budget", "rule", "voting_until", "cost", "title"} <= {line.field for line in told}
        for wrong in ("", "0" * 64, asked.consent.upper()):
            with pytest.raises(ConsentDiffers):
                second_person.agree(
                    session, town.second_organiser, draft, Action.publish_round, at=town.at, consent=wrong
                )
        with pytest.raises(SamePerson):
            second_person.agree(session, town.organiser, draft, Action.publish_round, at=town.at, consent=asked.consent)
        done = second_person.agree(
            session, town.second_organiser, draft, Action.publish_round, at=town.at, consent=asked.consent
        )
    assert (done.action, done.lines, done.consent) == (Action.publish_round, told, asked.consent)


def test_what_a_request_rests_on_ends_it_only_where_it_has_changed(town: Town, draft: int):
    publish(town, "organiser", draft)

    def ended() -> list[bool]:
        with engine.transaction() as session:
            second_person.end_changed(session, town.organiser, draft, at=town.at)
            return [each.ended for each in second_person.pending(session, town.organiser, draft)]

    assert ended() == [False]
    boxes.change("UPDATE project SET cost = cost + 1 WHERE round_id = :id AND code = 'p01'", id=draft)
    assert ended() == [True]
    with engine.reading() as session:
        assert [line.action for line in journal.entries(session, town.council, draft)][-1] == "end_publish_round"
