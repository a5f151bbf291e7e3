"""A round that was voided, or that nobody closed, ends as one that was closed: leftovers, copies and the link go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import closing, voting
from core.codes import holders
from core.errors import KeyMissing, WrongPhase
from core.permissions import OPERATOR
from core.privacy import retention
from core.settings import settings
from core.store import reading, transaction
from core.trust import keys, readiness
from db import engine, leftovers, migrate, tables
from tests.helpers import boxes
from tests.helpers.worlds import Town

YEAR = timedelta(days=365)


def void(town: Town) -> None:
    boxes.void_round(town, town.round.id, town.at)


def key_names(town: Town) -> set[str]:
    folder = settings().key_dir / str(town.round.id)
    return {each.name for each in folder.iterdir()} & {"link", "count"} if folder.exists() else set()


def test_a_void_round_is_compacted_as_after_a_close(town: Town, monkeypatch: pytest.MonkeyPatch):
    boxes.cast(town, town.resident, ["p01"])
    done: list[str] = []
    monkeypatch.setattr(leftovers, "compact", lambda *_names: done.append("compact") or True)
    monkeypatch.setattr(leftovers, "scrub", lambda *_names: done.append("scrub") or True)
    assert closing.finish(reading) and done == []

    void(town)
    assert closing.finish(reading) and closing.finish(reading)
    assert done == ["compact"]

    assert retention.carry_out(transaction, at=town.at + timedelta(days=14)).rounds == (town.round.slug,)
    assert closing.finish(reading) and closing.finish(reading)
    assert done == ["compact", "scrub"]


def test_the_link_and_the_copies_of_a_void_round_go_after_a_crash_too(town: Town, monkeypatch: pytest.MonkeyPatch):
    boxes.cast(town, town.resident, ["p01"])
    void(town)
    closing.finish(reading)
    monkeypatch.setattr(keys, "forget_people", lambda _round: None)
    retention.carry_out(transaction, at=town.at + timedelta(days=14))
    monkeypatch.undo()
    migrate._back_up(engine.engine(), "0001")
    assert key_names(town) == {"link", "count"}

    assert closing.finish(reading)

    assert key_names(town) == set()
    assert migrate._copies(engine.engine()) == []


def test_links_of_a_round_that_nobody_closes_go_after_a_year_and_it_can_still_be_counted(town: Town):
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01", "p02"])
    end = boxes.end_voting(town.round.id)
    until = boxes.fresh(town.round.id).dates.voting_until
    assert retention.carry_out(transaction, at=until + YEAR - timedelta(seconds=1)).parted == ()

    gone = retention.carry_out(transaction, at=until + YEAR)
    again = retention.carry_out(transaction, at=until + YEAR)

    assert (gone.parted, again.parted) == ((town.round.slug,), ())
    assert boxes.rows("SELECT 1 FROM slot WHERE lookup IS NOT NULL OR request_id IS NOT NULL") == []
    assert boxes.rows("SELECT 1 FROM roll") == [] and boxes.rows("SELECT 1 FROM code") == []
    assert key_names(town) == {"count"}
    assert closing.finish(reading)
    with reading() as session:
        assert readiness.resting(session) == ()
    state = boxes.until_count(town, town.round.id, end)
    assert (state.ballots, state.turnout) == (3, {"ballots": 3, "ages": [], "areas": []})


def test_control_nobody_votes_again_in_it_with_a_new_key(town: Town):
    boxes.cast(town, town.resident, ["p01"])
    boxes.end_voting(town.round.id)
    until = boxes.fresh(town.round.id).dates.voting_until
    retention.carry_out(transaction, at=until + YEAR)
    with transaction() as session:
        session.get_one(tables.Round, town.round.id).voting_until = town.at + timedelta(days=700)

    with pytest.raises(KeyMissing) as refusal:
        boxes.cast(town, town.resident, ["p02"])
    with pytest.raises(KeyMissing), transaction() as session:
        holders.sealed(session, town.resident, town.round.id, b"digest")

    assert refusal.value.key == "link"
    assert key_names(town) == {"count"}
    with reading() as session:
        assert isinstance(readiness.refusal(session, town.round.id), KeyMissing)
        assert voting.my_ballot(session, town.resident, town.round.id) is None


def test_no_round_is_parted_before_its_time(town: Town):
    end = boxes.end_voting(town.round.id)

    with pytest.raises(WrongPhase), transaction() as session:
        closing.part(session, OPERATOR, town.round.id, at=end)
