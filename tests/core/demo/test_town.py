"""The demo town has everything to try, stands on this computer only, and leaves nothing behind."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from core import clock, codes, ideas, results, rounds, tally, voting
from core.demo import town as demo
from core.errors import Invalid, NotFound, SettingWrong
from core.ideas import projects
from core.people import accounts
from core.permissions import OPERATOR, Role, guest
from core.phases import Phase
from core.settings import settings
from core.store import reading, transaction
from core.voting import roll
from db import tables
from tests.helpers import worlds


@pytest.fixture(autouse=True)
def fresh():
    tally.forget()


@pytest.fixture
def now():
    return clock.now().replace(microsecond=0)


def create(at):
    with transaction() as session:
        return demo.create(session, at)


def by_slug(slug):
    with reading() as session:
        return rounds.round_by_slug(session, slug, OPERATOR)


def census():
    """Return how many rows every table has."""
    with reading() as session:
        connection = session.connection()
        names = sorted(tables.metadata.tables)
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def test_three_rounds_in_three_phases(database, now):
    create(now)
    voting_, finished, following = (by_slug(f"demo-{name}") for name in ("voting", "finished", "next"))
    assert (voting_.ballot.type, voting_.ballot.min_choices, voting_.ballot.max_choices) == ("approval", 3, 5)
    assert (voting_.phase(now), voting_.rule, voting_.tally_step) == (Phase.voting, "equal-shares", 1)
    assert voting_.dates.voting_until == now + timedelta(days=60)
    assert (finished.phase(now), finished.ballot.type) == (Phase.implementation, "knapsack")
    assert (following.phase(now), following.ballot.type) == (Phase.preparation, "ranking")
    assert all(each.demo for each in (voting_, finished, following))

    with reading() as session:
        anyone = guest(voting_.municipality_id)
        assert len(projects.projects(session, anyone, voting_.id)) == 24
        seen = tally.live(session, voting_, now)
        result = results.result(session, anyone, finished.id)
        listed = ideas.ideas(session, anyone, voting_.id)
    assert seen.ballots > 100
    assert seen.supports[0][1] > 2 * seen.supports[-1][1]
    assert len(result.allocation.funded) >= 3
    assert result.ballots > 100
    assert {each.status for each in listed} == {"accepted", "rejected"}
    tally.settle("demo-voting")


def test_there_is_a_sign_in_for_every_role(database, now):
    found = create(now)
    with reading() as session:
        town = by_slug("demo-voting").municipality_id
        for each in found.people:
            actor = accounts.check_password(session, town, each.nickname, each.password, at=now)
            assert each.role in actor.roles
            assert len(each.password) >= 12
    assert sorted(each.role for each in found.people) == sorted(
        ["resident", "reviewer", "organiser", "organiser", "council", "auditor"]
    )
    assert demo.sign_ins().people == found.people


def test_the_resident_may_vote_and_has_not(database, now):
    found, round_ = create(now), by_slug("demo-voting")
    resident = next(each for each in found.people if each.role is Role.resident)
    with transaction() as session:
        actor = accounts.check_password(session, round_.municipality_id, resident.nickname, resident.password, at=now)
        assert voting.my_ballot(session, actor, round_.id) is None
        assert roll.eligibility(session, actor, round_).may_vote
        before = tally.turnout(session, round_.id).ballots
        voting.cast_ballot(session, actor, round_.id, ["p01", "p02", "p03"], at=now, request_id="request-1", replaces=0)
    with reading() as session:
        assert tally.turnout(session, round_.id).ballots == before + 1


def test_a_newcomer_enters_with_a_printed_code(database, now):
    found, round_ = create(now), by_slug("demo-voting")
    joined = accounts.join(
        transaction, round_.municipality_id, nickname="Нова", password="dalga-parola-77", birth_year=now.year - 18,
        area_id=None, language="bg", at=now, address="",
    )  # fmt: skip
    with transaction() as session:
        codes.enter(session, joined.actor, round_.id, found.codes[0], at=now)
        assert roll.eligibility(session, joined.actor, round_).may_vote


def test_it_is_refused_where_others_can_reach_the_server(database, now, monkeypatch):
    monkeypatch.setenv("GLAS_URL", "https://glas.example.org")
    settings.cache_clear()
    with pytest.raises(SettingWrong):
        create(now)
    assert not any(census()[name] for name in ("person", "round", "municipality"))


def test_there_is_one_demo_town(database, now):
    create(now)
    with pytest.raises(Invalid):
        create(now)


def test_renewing_opens_the_vote_anew_and_keeps_the_ballots(database, now):
    create(now - timedelta(days=90))
    before, later = census(), now + timedelta(seconds=1)
    assert by_slug("demo-voting").phase(later) is Phase.counting
    with transaction() as session:
        demo.renew(session, later)
    assert by_slug("demo-voting").phase(later) is Phase.voting
    assert by_slug("demo-voting").dates.voting_until == later + timedelta(days=60)
    assert by_slug("demo-next").phase(later) is Phase.preparation
    assert census() == before


def test_nothing_is_renewed_where_there_is_no_demo(database, now):
    with transaction() as session, pytest.raises(NotFound):
        demo.renew(session, now)


def test_removing_leaves_no_demo_row_and_touches_no_other(town):
    with transaction() as session:
        voting.cast_ballot(
            session, town.resident, town.round.id, ["p01"], at=town.at, request_id="request-1", replaces=0
        )
    before = census()
    create(town.at)
    demo_round = by_slug("demo-voting")
    assert (settings().key_dir / str(demo_round.id) / "link").exists()
    with transaction() as session:
        demo.remove(session)
    assert census() == before
    assert not (settings().key_dir / str(demo_round.id)).exists()
    assert (settings().key_dir / str(town.round.id) / "link").exists()
    with reading() as session:
        assert voting.my_ballot(session, town.resident, town.round.id).choices == ("p01",)
        assert len(projects.projects(session, town.guest, town.round.id)) == len(worlds.COSTS)
    with transaction() as session:
        demo.remove(session)
    create(town.at)
