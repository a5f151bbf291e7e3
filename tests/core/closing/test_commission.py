"""Sealed rounds: three people hold the key in shares, all rehearse, and two of them open the ballots."""

from datetime import timedelta

import pytest
from nacl.public import PrivateKey

from core import closing, phases, voting
from core.closing import commission
from core.errors import Locked, NotAllowed, NotFound, RehearsalMissing, ShareRefused
from core.store import reading, transaction
from core.trust import keys, shares
from db import tables
from tests.helpers import boxes, worlds


@pytest.fixture
def sealed(town):
    """Give a sealed draft with a commission and its three shares."""
    with transaction() as session:
        draft = worlds.round_in(
            session, town.municipality.id, phases.Phase.preparation, town.at, slug="sealed", visibility="sealed",
            published=False,
        )  # fmt: skip
        commission.appoint(session, town.organiser, draft.id, ["Ана", "Борис", "Вера"], at=town.at)
        split = commission.split_key(session, town.organiser, draft.id, at=town.at)
    return draft, [share.text for share in split]


def rehearse(town, draft, one, other):
    with transaction() as session:
        return commission.rehearse(session, town.second_organiser, draft.id, one, other, at=town.at)


def publish_draft(town, draft):
    boxes.publish_round(town, draft.id, town.at)


def test_a_sealed_round_is_not_published_before_everybody_has_rehearsed(town, sealed):
    draft, (one, two, three) = sealed
    with pytest.raises(RehearsalMissing):
        publish_draft(town, draft)
    assert rehearse(town, draft, two, one) == (1, 2)
    with pytest.raises(RehearsalMissing) as refusal:
        publish_draft(town, draft)
    assert refusal.value.seats == (3,)
    rehearse(town, draft, three, one)
    publish_draft(town, draft)
    assert boxes.fresh(draft.id).published_at == town.at


def test_a_new_splitting_needs_a_new_rehearsal_and_voids_old_shares(town, sealed):
    draft, (one, two, three) = sealed
    rehearse(town, draft, one, two)
    with transaction() as session:
        commission.split_key(session, town.organiser, draft.id, at=town.at)
    with pytest.raises(ShareRefused) as refusal:
        rehearse(town, draft, one, three)
    assert refusal.value.problem == "key"
    with reading() as session:
        seats = commission.members(session, town.auditor, draft.id)
    assert [each.rehearsed_at for each in seats] == [None] * 3


def test_wrong_shares_are_told_apart(town, sealed):
    draft, (one, two, _three) = sealed
    for pair, problem in (((one, one), "differ"), ((one, two[:-3] + "AAA"), "wrong"), (("", two), "wrong")):
        with pytest.raises(ShareRefused) as refusal:
            rehearse(town, draft, *pair)
        assert refusal.value.problem == problem


def test_nobody_changes_who_holds_the_key_once_the_round_is_public(town, sealed):
    draft, (one, two, three) = sealed
    rehearse(town, draft, one, two)
    rehearse(town, draft, two, three)
    publish_draft(town, draft)
    for act in (
        lambda session: commission.split_key(session, town.organiser, draft.id, at=town.at),
        lambda session: commission.appoint(session, town.organiser, draft.id, ["А", "Б", "В"], at=town.at),
    ):
        with pytest.raises(Locked), transaction() as session:
            act(session)


def test_a_sealed_vote_is_opened_by_two_shares_and_by_nothing_else(town, sealed):
    draft, (one, two, three) = sealed
    rehearse(town, draft, one, two)
    rehearse(town, draft, two, three)
    publish_draft(town, draft)
    with transaction() as session:
        row = session.get_one(tables.Round, draft.id)
        row.voting_from, row.published_at = town.at - timedelta(days=1), town.at - timedelta(days=2)
        row.ideas_from = row.ideas_until = None
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01"], round_=draft)
    assert not keys.has_count_key(draft.id)
    with reading() as session:
        mine = voting.my_ballot(session, town.resident, draft.id)
        assert mine is None
    at = boxes.end_voting(draft.id)
    boxes.close(town, draft.id, at)
    boxes.draw(town, draft.id, at)
    for wrong in (None, (one,), (one, one), shares.split(bytes(32))[:2]):
        with pytest.raises(ShareRefused):
            boxes.open_all(town, draft.id, at, wrong)
    assert boxes.open_all(town, draft.id, at, (three, one)).ballots == 3


def test_a_sealed_round_that_was_never_rehearsed_takes_no_ballot(town):
    round_ = boxes.round_in_voting(town, "unrehearsed", visibility="sealed")
    with pytest.raises(RehearsalMissing):
        boxes.cast(town, town.resident, ["p01"], round_=round_)
    assert boxes.rows("SELECT 1 FROM slot") == []


def test_two_shares_make_the_key_that_the_server_gave_away(town, sealed):
    draft, (one, two, three) = sealed
    with reading() as session:
        public = session.get_one(tables.Round, draft.id).count_public
        made = {bytes(commission.joined(session, draft, pair)) for pair in ((one, two), (three, one), (two, three))}
        (key,) = made
        assert bytes(PrivateKey(key).public_key) == public


def test_no_other_shares_make_a_key(town, sealed):
    draft, (one, two, three) = sealed
    foreign = shares.split(bytes(32))
    for typed, problem in (
        ((), "wrong"), ((one,), "wrong"), ((one, two, three), "wrong"), ((one, one), "differ"),
        ((foreign[0], two), "differ"), ((foreign[0], foreign[1]), "key"),
    ):  # fmt: skip
        with reading() as session, pytest.raises(ShareRefused) as refusal:
            commission.joined(session, draft, typed)
        assert refusal.value.problem == problem


def test_a_round_without_a_key_has_none_to_hold_shares_against(town, sealed):
    _draft, (one, two, _three) = sealed
    with reading() as session, pytest.raises(NotFound):
        commission.joined(session, town.round, (one, two))


def test_the_key_of_a_sealed_round_is_in_nobodys_hands_alone(town, sealed):
    draft, (one, two, _three) = sealed
    boxes.cast(town, town.resident, ["p01"])
    with reading() as session:
        assert bytes(closing.key_of(session, town.round, None)) == bytes(keys.count_key(town.round.id))
        assert bytes(closing.key_of(session, draft, (one, two))) == bytes(commission.joined(session, draft, (one, two)))
        for typed in (None, (), (one,)):
            with pytest.raises(ShareRefused):
                closing.key_of(session, draft, typed)


def test_who_split_the_key_is_told_so_and_nobody_else_may_ask(town, sealed):
    draft, _shares = sealed
    with reading() as session:
        told = [commission.split_by_me(session, who, draft.id) for who in (town.organiser, town.second_organiser)]
        assert told == [True, False]
        for who in (town.auditor, town.council):
            with pytest.raises(NotAllowed):
                commission.split_by_me(session, who, draft.id)
    with transaction() as session:
        commission.split_key(session, town.second_organiser, draft.id, at=town.at)
        assert not commission.split_by_me(session, town.organiser, draft.id)
