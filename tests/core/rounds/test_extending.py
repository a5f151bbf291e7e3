"""Extending: two people and a public reason, also when voting has ended – while nobody knows what the projects have."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock, closing, journal, rounds, tally
from core.errors import ConsentDiffers, FiguresShown, Invalid, Locked
from core.permissions import Action
from core.rounds import extending, second_person
from core.store import reading, transaction
from tests.helpers import boxes
from tests.helpers.worlds import Town

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_tally():
    tally.forget()
    yield
    tally.forget()


@pytest.fixture
def ended(town: Town):
    """Give a round with turnout only, in which three have voted and whose end has passed while the server was down."""
    round_ = boxes.round_in_voting(town, "outage", visibility="turnout", tally_step=20)
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01"], round_=round_)
    boxes.end_voting(round_.id)
    return boxes.fresh(round_.id)


def extend(town: Town, round_, by=DAY, reason="Сървърът беше спрял", **more):
    dates = replace(round_.dates, voting_until=clock.now() + by, **more)
    return boxes.change_round(town, round_.id, clock.now(), reason, dates=dates)


def test_voting_goes_on_after_an_outage(town: Town, ended):
    extended = extend(town, ended)

    assert extended.dates.voting_until > clock.now() and extended.extended_reason == "Сървърът беше спрял"
    boxes.cast(town, town.resident, ["p02"], round_=extended)
    with reading() as session:
        (change,) = rounds.changes(session, town.guest, ended.id)
        line = journal.entries(session, town.auditor, ended.id)[-1]
    assert (change.action, change.reason) == ("change_round", "Сървърът беше спрял")
    assert [(each.field, each.old) for each in change.lines] == [("voting_until", ended.dates.voting_until.isoformat())]
    assert line.facts["changes"][0]["new"] == extended.dates.voting_until.isoformat()


def test_the_day_of_results_that_has_passed_moves_with_it(town: Town, ended):
    boxes.change("UPDATE round SET results_on = voting_until WHERE id = :id", id=ended.id)
    moved = extend(town, boxes.fresh(ended.id), results_on=clock.now() + 3 * DAY)
    assert moved.dates.results_on > clock.now()


def test_a_request_to_close_ends_with_the_extension(town: Town, ended):
    with transaction() as session:
        asked = closing.close(session, town.organiser, ended.id, at=clock.now())
    extend(town, ended)
    with reading() as session:
        found = second_person.pending(session, town.second_organiser, ended.id)
    assert [(one.action, one.ended, one.consent) for one in found] == [(Action.close_vote, True, asked.consent)]


@pytest.mark.parametrize("column", ["closed_at", "opened_at", "counted_at"])
def test_not_once_it_was_closed_opened_or_counted(town: Town, ended, column: str):
    boxes.change(f"UPDATE round SET {column} = voting_until WHERE id = :id", id=ended.id)
    with pytest.raises(FiguresShown):
        extend(town, ended)
    assert "voting_until" in rounds.locked_fields(town.organiser, boxes.fresh(ended.id), clock.now())


def test_not_where_a_live_tally_moves_with_every_ballot(town: Town):
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01"])
    later = replace(town.round.dates, voting_until=town.round.dates.voting_until + DAY)
    # While people vote it is an ordinary extension.
    assert boxes.change_round(town, town.round.id, town.at, dates=later).dates == later
    boxes.end_voting(town.round.id)
    with pytest.raises(FiguresShown):
        extend(town, boxes.fresh(town.round.id))


def test_where_the_live_tally_keeps_voters_back_it_goes_on_until_it_has_caught_up(town: Town):
    round_ = boxes.round_in_voting(town, "steps", tally_step=2)
    voters = boxes.people(town, 6)
    for voter in voters:
        boxes.cast(town, voter, ["p01"], round_=round_)
    with reading() as session:
        assert tally.live(session, round_, town.at).ballots == 4
    boxes.end_voting(round_.id)
    extended = extend(town, boxes.fresh(round_.id))
    # Those who were kept back withdraw: what was shown is now all there is.
    for voter in voters[4:]:
        boxes.withdraw(town, voter, 1, extended)
    boxes.end_voting(round_.id)
    with pytest.raises(FiguresShown):
        extend(town, boxes.fresh(round_.id))


def test_an_extension_that_was_asked_for_falls_with_the_close(town: Town, ended):
    dates = replace(ended.dates, voting_until=clock.now() + DAY)
    with transaction() as session:
        draft = replace(ended.as_draft(), dates=dates)
        asked = rounds.ask_change(session, town.organiser, ended.id, draft, at=clock.now(), reason="Токът е спрял")
    boxes.close(town, ended.id, clock.now())
    with pytest.raises((ConsentDiffers, FiguresShown)), transaction() as session:
        rounds.agree_change(session, town.second_organiser, ended.id, at=clock.now(), consent=asked.consent)


def test_voting_never_begins_anew_and_no_date_moves_back(town: Town, ended):
    with pytest.raises(Locked):
        extend(town, ended, voting_from=clock.now() + timedelta(hours=1))
    with pytest.raises(Invalid):
        extend(town, ended, by=-timedelta(hours=1))
    with pytest.raises(Invalid) as refusal:
        extend(town, ended, reason="  ")
    assert (refusal.value.field, refusal.value.problem) == ("reason", "required")


def test_a_change_of_dates_is_checked_by_the_clock_of_the_database(town: Town, ended):
    now = clock.now()

    def check(**moved) -> None:
        with reading() as session:
            extending.check(session, ended, replace(ended.dates, **moved))

    check()
    check(voting_until=now + DAY)
    with pytest.raises(Locked) as fixed:
        check(voting_from=now + DAY)
    assert fixed.value.what == "voting_from"
    with pytest.raises(Invalid) as early:
        check(voting_until=ended.dates.voting_until - timedelta(minutes=1))
    assert (early.value.field, early.value.problem) == ("voting_until", "only_later")
