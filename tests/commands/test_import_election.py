"""`glas import`: a real election from a file, at once or as if it were voted on now."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from core import clock, rounds, store, tally
from core.imports import elections
from core.permissions import OPERATOR
from core.phases import Phase
from tests.commands.conftest import glas

pytestmark = pytest.mark.usefixtures("sqlite_database", "english")

ELECTION = """META
key;value
description;Bench
country;Bulgaria
unit;Selo
instance;2025
num_projects;3
num_votes;{votes}
budget;1000
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name
a;600;Lights
b;500;Gym
c;400;Trees
VOTES
voter_id;vote
1;a,c
2;a
3;{third}
"""


@pytest.fixture
def election(tmp_path: Path) -> Path:
    file = tmp_path / "selo.pb"
    file.write_text(ELECTION.format(votes=3, third="b,c"))
    return file


def test_an_election_is_imported_once_and_counted_by_its_rule(election, capsys):
    assert glas("import", str(election)) == 0
    slug = re.search(r"round (\S+)\.", capsys.readouterr().out)
    assert slug

    assert glas("import", str(election)) == 2
    assert slug[1] in capsys.readouterr().err
    assert glas("import", "--again", str(election)) == 0
    capsys.readouterr()

    assert glas("count", "--json", slug[1], str(election)) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    # a and c have two ballots each: by the rule that a file declares, its own order decides.
    assert [line["funded"] for line in lines] == [["a", "c"], ["a", "c"]]


def test_what_is_odd_in_the_file_is_told_and_again_by_the_count_of_its_round(election, capsys):
    election.write_text(ELECTION.format(votes=3, third="b,c").replace("approval", "choose-1"))

    assert glas("import", str(election)) == 0
    told = capsys.readouterr().out
    said = "Note: 2 ballots choose more than one project, though the file calls its ballots choose-1."
    assert said in told

    slug = re.search(r"round (\S+)\.", told)
    assert slug and glas("count", slug[1]) == 0 and said in capsys.readouterr().out
    with store.reading() as session:
        (made,) = rounds.rounds(session, OPERATOR, imported=True)
    # One choice a ballot is what the file says; that two ballots do not keep it stands beside it.
    assert made.ballot.max_choices == 1
    assert [(note.kind, note.count) for note in elections.notes(made)] == [("over_choose_1", 2)]


def test_a_replay_lets_the_ballots_arrive_and_closes(election, capsys):
    assert glas("import", str(election), "--replay", "1") == 0

    assert "closed" in capsys.readouterr().out
    with store.reading() as session:
        (made,) = rounds.rounds(session, OPERATOR, imported=True)
        assert tally.turnout(session, made.id).ballots == 3
    assert made.phase(clock.now()) is Phase.counting


def test_a_file_with_a_mistake_is_refused_with_its_line_and_changes_nothing(election, capsys):
    election.write_text(ELECTION.format(votes=3, third="nobody"))

    assert glas("import", str(election)) == 2

    assert "Line 21" in capsys.readouterr().err
    with store.reading() as session:
        assert not rounds.rounds(session, OPERATOR, imported=True)


def test_a_file_that_is_not_there_is_named(capsys):
    assert glas("import", "nowhere.pb") == 2

    assert "nowhere.pb" in capsys.readouterr().err
