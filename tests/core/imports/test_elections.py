"""A real election becomes a whole round, or nothing happens."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core import results, rounds, tally, voting
from core.counting import pabulib
from core.errors import AlreadyImported, FileWrong, Invalid, NotAllowed, NotFound, NotSignedIn
from core.ideas import projects
from core.imports import elections
from core.permissions import OPERATOR, Action
from core.phases import Phase
from core.rounds import second_person
from core.store import reading, transaction
from core.tally.loading import load_election
from core.texts import Texts
from tests.helpers.paths import ROOT

FOLDER = Path(os.environ.get("GLAS_PABULIB") or ROOT.parent / "shared" / "data" / "pabulib")
REAL = [
    "Poland_Gdynia_2022_Kamienna_Gora__small.pb",
    "US_Stanford_Dataset_PB_Rochester_NY_2019_vote_rankings.pb",
    "France_Toulouse_2019.pb",
    "Worldwide_Mechanical_Turk_Utilities_3.pb",
    "Poland_Swiecie_2023.pb",
    "Hungary_Budapest_2024_VIII_Jozsefvaros.pb",
]

APPROVAL = """META
key;value
description;A small election
country;Poland
unit;Łódź
instance;2022
num_projects;3
num_votes;3
budget;1000.50
currency;PLN
vote_type;approval
rule;greedy
date_begin;2022
date_end;2022
min_length;1
max_length;2
PROJECTS
project_id;cost;votes;name;category;target;latitude;longitude;selected;score
b/1;500;2;Park;green,sport;children;51.7;19.4;1;2
a2;500.5;1;Road;transport;adults;;;1;1
c3;900;1;Hall;sport;adults;;;0;1
VOTES
voter_id;vote;age
1;b/1,a2;20
2;c3,b/1;30
3;;40
"""


@pytest.fixture(autouse=True)
def fresh():
    tally.forget()


SMALL = APPROVAL.encode()
HOME = Texts(bg="Внесени избори", en="Imported elections")


def take_in(source=SMALL, **options):
    at = options.pop("at", datetime(2026, 11, 23, tzinfo=UTC))
    actor = options.pop("actor", OPERATOR)
    return elections.import_election(transaction, actor, source, home=HOME, at=at, **options)


def whole(profile):
    """Return the ballots with their numbers, in no order."""
    form = tuple if profile.kind == "ordinal" else frozenset
    return {form(choices): weight for choices, weight in profile}


def counted(query, **values):
    with reading() as session:
        return session.connection().execute(text(query), values).scalar_one()


def test_a_file_becomes_a_round_that_is_ready_to_count(database):
    told = []
    made = take_in(progress=told.append)
    assert (made.slug, made.titles.exactly("en"), made.imported, made.locked) == (
        "poland-lodz-2022",
        "Łódź 2022",
        True,
        True,
    )
    assert (made.budget, made.currency, made.tally_step, made.rule) == (1000_50, "PLN", 1, "greedy")
    assert (made.ballot.type, made.ballot.min_choices, made.ballot.max_choices) == ("approval", 1, 2)
    assert (made.dates.voting_from, made.dates.voting_until) == (
        datetime(2022, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert made.phase(datetime(2026, 11, 23, tzinfo=UTC)) is Phase.counting
    assert told == sorted(told)
    assert told[-1] == 1

    with reading() as session:
        listed = projects.projects(session, OPERATOR, made.id)
        assert [(each.code, each.cost, each.lat) for each in listed] == [
            ("b/1", 500_00, 51.7), ("a2", 500_50, None), ("c3", 900_00, None),
        ]  # fmt: skip
        instance, profile = load_election(session, made)
    file = pabulib.read(APPROVAL.encode())
    assert instance.projects == file.instance.projects
    assert (instance.budget, instance.unit) == (file.instance.budget, file.instance.unit)
    assert whole(profile) == whole(file.profile)
    assert counted("SELECT count(*) FROM open_ballot") == 3
    assert counted("SELECT count(*) FROM project WHERE selected = 1") == 2
    assert counted("SELECT count(*) FROM category") == 3


def test_one_person_counts_it_and_everyone_sees_it(database):
    made = take_in()
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with transaction() as session:
        found = results.count_round(session, OPERATOR, made.id, at=at)
    assert [project.id for project in found.allocation.funded] == ["b/1", "a2"]
    assert found.published_at == at
    with reading() as session:
        assert rounds.get(session, OPERATOR, made.id).phase(at) is Phase.results
        seen = tally.live(session, rounds.get(session, OPERATOR, made.id), at)
    assert seen.supports == (("b/1", 2), ("a2", 1), ("c3", 1))
    assert (seen.ballots, seen.final) == (3, True)


def test_the_same_file_is_refused_unless_asked_for(database):
    made = take_in()
    with pytest.raises(AlreadyImported) as refusal:
        take_in()
    assert refusal.value.slug == made.slug
    assert take_in(again=True).slug == "poland-lodz-2022-2"


def test_a_malformed_file_changes_nothing(database):
    for wrong in (APPROVAL.replace("a2;500.5", "a2;much"), APPROVAL.replace("VOTES", "VOICES"), "", "PK\x03\x04"):
        with pytest.raises(FileWrong):
            take_in(wrong.encode())
    assert counted("SELECT count(*) FROM round") == 0


def test_an_unknown_rule_is_asked_for(database):
    made = take_in(APPROVAL.replace("rule;greedy", "rule;unknown").encode())
    at = datetime(2026, 11, 23, tzinfo=UTC)
    with pytest.raises(Invalid), transaction() as session:
        results.count_round(session, OPERATOR, made.id, at=at)
    with transaction() as session:
        assert results.count_round(session, OPERATOR, made.id, at=at, rule="greedy").rule == "greedy"


def test_an_election_that_is_dated_into_the_future_is_over_all_the_same(database):
    at = datetime(2026, 11, 23, tzinfo=UTC)
    made = take_in(APPROVAL.replace(";2022\n", ";2026\n").encode(), at=at)
    assert made.dates.voting_until == at
    assert made.phase(at) is Phase.counting


def test_only_organisers_and_the_operator_import(town):
    for actor in (town.guest, town.resident, town.reviewer, town.council):
        with pytest.raises((NotAllowed, NotSignedIn)):
            take_in(actor=actor)
    made = take_in(actor=town.organiser)
    with transaction() as session:
        # Nobody casts a ballot there, and one person counts.
        with pytest.raises(NotFound):
            voting.cast_ballot(session, town.resident, made.id, ["a2"], at=town.at, request_id="request-1", replaces=0)
        assert second_person.ask(session, town.organiser, made.id, Action.count, at=town.at).action is Action.count


def test_a_replay_opens_voting_and_lets_the_ballots_arrive(database):
    at = datetime.now(UTC).replace(microsecond=0)
    take_in()
    made = take_in(replay=True, at=at)
    assert made.phase(at) is Phase.voting
    seen = []
    for second, batch in enumerate(elections.replay(made.id, 2)):
        with transaction() as session:
            elections.append(session, OPERATOR, made.id, batch, at=at)
        with reading() as session:
            answer = tally.live(session, made, at + timedelta(seconds=second))
        seen.append(answer.ballots)
    assert seen == [1, 3]
    with reading() as session:
        assert tally.turnout(session, made.id).by_day == ((at.date(), 3),)
    with transaction() as session:
        closed = elections.close_replay(session, OPERATOR, made.id, at=at + timedelta(seconds=1))
    assert closed.phase(at + timedelta(seconds=1)) is Phase.counting
    with pytest.raises(NotFound):
        next(elections.replay(made.id, 2))


def test_an_import_is_no_replay(database):
    made = take_in()
    with transaction() as session, pytest.raises(NotFound):
        elections.append(session, OPERATOR, made.id, ["[]"], at=made.dates.voting_from)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="no real elections: set GLAS_PABULIB to a folder of .pb files")
@pytest.mark.parametrize("name", REAL)
def test_real_elections_come_in_whole(database, name):
    file = pabulib.read(FOLDER / name)
    made = take_in(FOLDER / name)
    with reading() as session:
        instance, profile = load_election(session, made)
    assert instance.projects == file.instance.projects
    assert (instance.budget, instance.unit) == (file.instance.budget, file.instance.unit)
    assert profile.kind == file.profile.kind
    assert whole(profile) == whole(file.profile)


def test_zero_characters_of_a_file_are_left_out_and_its_ballots_count(database: str):
    odd = APPROVAL.replace("Road", "Ro\0ad").replace("a2", "a\0" + "2").replace("A small", "A\0 small")
    made = elections.import_election(transaction, OPERATOR, odd.encode(), home=HOME, at=datetime.now(UTC))
    with reading() as session:
        listed = projects.projects(session, OPERATOR, made.id)
        counted = load_election(session, made)[1].ballots

    assert {one.code: one.title.in_("en") for one in listed}["a2"] == "Road"
    assert counted == 3


@pytest.mark.parametrize(
    ("cost", "kept"), [("500.5", 500_50), ("500.50", 500_50), ("500.125", None), ("0.0000001", None)]
)
def test_an_amount_finer_than_money_is_refused_and_not_made_ten_times_larger(database, cost: str, kept: int | None):
    source = SMALL.replace(b"a2;500.5;", f"a2;{cost};".encode())
    if kept is None:
        with pytest.raises(FileWrong) as refusal:
            take_in(source)
        assert refusal.value.reason == "decimals"
        return
    made = take_in(source)
    with reading() as session:
        listed = projects.projects(session, OPERATOR, made.id)
    assert [one.cost for one in listed if one.code == "a2"] == [kept]
