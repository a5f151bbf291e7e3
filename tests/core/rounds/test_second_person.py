"""Publishing, counting and voiding take two different people."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import journal, moderation, rounds
from core.errors import ConsentDiffers, Invalid, NotAllowed, NotFound, SamePerson, VotingClosed, WrongPhase
from core.ideas import corrections
from core.permissions import Action
from core.phases import Phase
from core.rounds import publishing, second_person
from core.rounds.second_person import Done, Pending
from core.store import reading
from core.texts import Texts
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
        asked = boxes.consent(session, town.organiser, draft, Action.publish_round)
        second_person.take_back(session, town.organiser, draft, Action.publish_round, at=town.at, consent=asked)

    assert isinstance(publish(town, "second_organiser", draft), Pending)


def test_a_round_that_should_have_begun_is_not_published(town: Town, draft: int):
    with pytest.raises(Invalid) as refusal, engine.transaction() as session:
        late = rounds.get(session, town.organiser, draft).dates.voting_from
        publishing.publish_round(session, town.organiser, draft, at=late)

    assert (refusal.value.field, refusal.value.problem) == ("voting_from", "past")


def test_what_a_receipt_promised_stands_on_the_board_of_a_voided_round(town: Town):
    receipt = boxes.cast(town, town.resident, ["p01"])
    void(town, "organiser", "A mistake in the list")
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


@pytest.fixture
def voted(town: Town) -> Town:
    boxes.cast(town, town.resident, ["p01"])
    return town


def asked_for(town: Town, code: str, at=None) -> Pending:
    with engine.transaction() as session:
        return corrections.ask_withdrawal(
            session, town.organiser, town.round.id, code, at=at or town.at, reason="The ground belongs to the state"
        )


def of(town: Town, name: str = "organiser") -> dict[tuple[str, str], Pending]:
    with engine.reading() as session:
        found = second_person.pending(session, town.people[name], town.round.id)
        return {(one.action, one.subject): one for one in found}


def ended(town: Town) -> dict[tuple[str, str], bool]:
    return {key: one.ended for key, one in of(town).items()}


def test_a_correction_ends_what_is_about_the_same_project_and_nothing_else(voted: Town):
    here, at = voted.round.id, voted.at
    first, _second = asked_for(voted, "p03"), asked_for(voted, "p04")
    with engine.transaction() as session:
        for code in ("p03", "p04"):
            corrections.ask_words(
                session, voted.organiser, here, code, at=at, reason="There was a typing error",
                title=Texts(bg=f"Мост {code}", en=f"Bridge {code}"), text=Texts({}),
            )  # fmt: skip
    with engine.transaction() as session:
        corrections.agree_withdrawal(session, voted.second_organiser, here, "p03", at=at, consent=first.consent)

    assert ended(voted) == {
        ("withdraw_project", "p04"): False, ("correct_words", "p03"): True, ("correct_words", "p04"): False,
    }  # fmt: skip


def test_a_withdrawal_ends_once_too_few_projects_would_be_left(voted: Town):
    first = [asked_for(voted, code) for code in ("p02", "p03", "p04", "p05", "p01")]
    for one in first[:4]:
        with engine.transaction() as session:
            corrections.agree_withdrawal(
                session, voted.second_organiser, voted.round.id, one.subject, at=voted.at, consent=one.consent
            )

    assert ended(voted) == {("withdraw_project", "p01"): True}


def test_a_withdrawal_does_not_outlive_the_count_nor_a_correction_the_round(voted: Town):
    asked_for(voted, "p03")
    with engine.transaction() as session:
        corrections.ask_words(
            session, voted.organiser, voted.round.id, "p04", at=voted.at, reason="There was a typing error",
            title=Texts(bg="Мост", en="Bridge"), text=Texts({}),
        )  # fmt: skip
    after = boxes.end_voting(voted.round.id)
    boxes.until_count(voted, voted.round.id, after)
    assert ended(voted) == {("withdraw_project", "p03"): False, ("correct_words", "p04"): False}
    boxes.count(voted, voted.round.id, after)
    assert ended(voted) == {("withdraw_project", "p03"): True, ("correct_words", "p04"): False}
    boxes.void_round(voted, voted.round.id, after)
    assert ended(voted) == {("withdraw_project", "p03"): True, ("correct_words", "p04"): True}


def test_what_one_alone_may_change_and_hidden_words_of_others_end_no_change(voted: Town):
    here, at = voted.round.id, voted.at
    now = boxes.fresh(here)
    later = replace(now.dates, voting_until=now.dates.voting_until + timedelta(days=1))
    with engine.transaction() as session:
        rounds.ask_change(
            session, voted.organiser, here, replace(now.as_draft(), dates=later), at=at, reason="The power was cut"
        )
    asked_for(voted, "p03")
    with engine.transaction() as session:
        alone = replace(boxes.fresh(here).as_draft(), intro=Texts({"bg": "Ново"}), contact_email="a@b.org")
        rounds.edit(session, voted.second_organiser, here, alone, at=at)
        why = "It insults a pupil of the school"
        moderation.hide_project(session, voted.second_organiser, here, "p02", "title", reason=why, at=at)

    assert ended(voted) == {("change_round", ""): False, ("withdraw_project", "p03"): False}


def test_a_public_reason_has_ten_signs_that_can_be_seen(voted: Town):
    for reason, problem in (
        (".", "too_short"),
        ("123456789", "too_short"),
        ("1234567\u200b\u200b\u200b89", "too_short"),
    ):
        with pytest.raises(Invalid) as refusal:
            second_person.clean_reason(reason)
        assert (refusal.value.field, refusal.value.problem, refusal.value.facts["limit"]) == ("reason", problem, 10)
    assert second_person.clean_reason(" 1234567890 ") == "1234567890"
    with pytest.raises(Invalid) as refusal:
        second_person.clean_reason("a" * 501)
    assert (refusal.value.problem, refusal.value.facts["limit"]) == ("too_long", 500)
    with pytest.raises(Invalid) as refusal:
        void(voted, "organiser", ".")
    assert (refusal.value.field, refusal.value.problem) == ("reason", "too_short")


def test_who_asked_is_told_that_it_was_declined_and_nobody_else_is(voted: Town):
    asked, here = asked_for(voted, "p03"), voted.round.id
    later = voted.at + timedelta(hours=1)
    with engine.transaction() as session:
        second_person.take_back(
            session, voted.second_organiser, here, Action.withdraw_project, at=later, consent=asked.consent,
            subject="p03",
        )  # fmt: skip

    (one,) = of(voted).values()
    assert (one.ended, one.declined_by, one.declined_at) == (True, voted.second_organiser.pseudonym, later)
    assert (one.reason, one.lines) == (asked.reason, asked.lines)
    assert of(voted, "second_organiser") == {}
    with engine.reading() as session:
        line = journal.entries(session, voted.auditor, here)[-1]
    assert line.action == "decline_withdraw_project"
    assert (line.facts["first"], len(line.facts["consent"])) == (voted.organiser.pseudonym, 64)

    def put_away(name: str):
        with engine.transaction() as session:
            second_person.put_away(
                session, voted.people[name], here, Action.withdraw_project, consent=asked.consent, subject="p03"
            )

    put_away("second_organiser")
    assert ended(voted) == {("withdraw_project", "p03"): True}
    put_away("organiser")
    assert of(voted) == {}
    assert not asked_for(voted, "p03").ended


def test_only_what_was_on_the_screen_is_declined_and_what_waits_is_not_put_away(voted: Town):
    asked = asked_for(voted, "p03")
    for wrong in ("", "0" * 64):
        with pytest.raises(ConsentDiffers), engine.transaction() as session:
            second_person.take_back(
                session, voted.second_organiser, voted.round.id, Action.withdraw_project, at=voted.at, consent=wrong,
                subject="p03",
            )  # fmt: skip
    with engine.transaction() as session:
        second_person.put_away(
            session, voted.organiser, voted.round.id, Action.withdraw_project, consent=asked.consent, subject="p03"
        )
    assert ended(voted) == {("withdraw_project", "p03"): False}


def test_what_goes_with_its_matter_leaves_nothing(voted: Town):
    asked_for(voted, "p03")
    with engine.transaction() as session:
        second_person.drop(
            session, voted.second_organiser, voted.round.id, Action.withdraw_project, at=voted.at, subject="p03"
        )
    assert of(voted) == {}


def test_that_nothing_would_change_is_told_apart_from_what_was_asked(voted: Town):
    def problem(name: str) -> str:
        with engine.reading() as session:
            return second_person.nothing(
                session, voted.people[name], voted.round.id, Action.withdraw_project, subject="p03"
            ).problem

    assert problem("organiser") == "required"
    asked_for(voted, "p03")
    assert (problem("organiser"), problem("second_organiser")) == ("asked", "required")
