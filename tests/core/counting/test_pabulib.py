"""Reading Pabulib files: what cities really write, and what nobody can read."""

from datetime import date
from fractions import Fraction

import pytest

from core.counting import pabulib
from core.errors import FileWrong
from tests.helpers.elections import FOLDER, needs_real_elections

META = """META
key;value
budget;{budget}
vote_type;{kind}
rule;{rule}
currency;PLN
date_begin;2020
date_end;24.06.2020
"""
PROJECTS = "PROJECTS\nproject_id;cost;votes;name;selected\np1;100;2;One;1\np/2;50.25;1;Two;0\n"
VOTES = "VOTES\nvoter_id;vote\n1;p1\n2;p1,p/2\n"


def text(*, budget="120", kind="approval", rule="greedy", projects=PROJECTS, votes=VOTES):
    return META.format(budget=budget, kind=kind, rule=rule) + projects + votes


def refusal(content):
    with pytest.raises(FileWrong) as caught:
        pabulib.read(content if isinstance(content, bytes) else content.encode())
    return caught.value


def test_plain_file():
    file = pabulib.read(text())

    assert [(project.id, project.cost, project.name) for project in file.instance.projects] == [
        ("p1", 10000, "One"),
        ("p/2", 5025, "Two"),
    ]
    assert (file.instance.budget, file.instance.unit, file.currency) == (12000, 100, "PLN")
    assert list(file.ballots) == [("p1",), ("p1", "p/2")]
    assert (file.profile.ballots, file.winners, file.rule) == (2, ("p1",), "greedy")
    assert file.period == (date(2020, 1, 1), date(2020, 6, 24))
    assert file.notes == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace("\n", "\r\n"),
        lambda content: "\ufeff" + content,
        lambda content: content.rstrip("\n"),
        lambda content: content.replace("META", "meta").replace("PROJECTS", "projects").replace("VOTES", "votes"),
        lambda content: content.replace("50.25", "50,25"),
        lambda content: content.replace("2;p1,p/2", '2;"p1,p/2"'),
        lambda content: content.replace("VOTES\n", "\nVOTES\n\n").replace("1;p1\n", "1;p1\n\n"),
        lambda content: content.replace("PROJECTS\n", "PROJECTS;;;;\n"),
    ],
    ids=["CRLF", "BOM", "no final newline", "lower case", "decimal comma", "quotes", "blank lines", "padded section"],
)
def test_legal_but_rare(change):
    file, plain = pabulib.read(change(text()).encode()), pabulib.read(text())

    assert file.instance == plain.instance
    assert list(file.ballots) == list(plain.ballots)


def test_identical_ballots_are_one_class_in_whatever_order_they_name_projects():
    file = pabulib.read(text(votes="VOTES\nvoter_id;vote\n1;p1,p/2\n2;p/2,p1\n3;\n"))

    assert list(file.profile) == [(("p1", "p/2"), 2), ((), 1)]
    assert file.ballot_classes.tolist() == [0, 0, 1]


def test_finer_amounts_than_the_currency_has():
    file = pabulib.read(text(budget="120.125"))

    assert (file.instance.unit, file.instance.budget, file.instance.projects[0].cost) == (1000, 120125, 100000)


def test_project_named_twice_counts_once_and_is_told():
    file = pabulib.read(text(votes="VOTES\nvoter_id;vote\n1;p1\n2;p/2,p1,p/2\n"))

    assert list(file.ballots) == [("p1",), ("p1", "p/2")]
    assert [(note.kind, note.line, note.value) for note in file.notes] == [("project_twice", 16, "p/2")]


def test_spaces_and_empty_places_are_cleaned_and_told():
    file = pabulib.read(text(votes="VOTES\nvoter_id;vote\n1;p1\n2;p1, p/2,\n"))

    assert list(file.ballots)[1] == ("p1", "p/2")
    assert [note.kind for note in file.notes] == ["cleaned"]


def test_ranked_ballots_keep_their_order():
    file = pabulib.read(text(kind="ordinal", votes="VOTES\nvoter_id;vote\n1;p/2,p1\n2;p1\n3;p/2,p1,p/2\n"))

    assert list(file.ballots) == [("p/2", "p1"), ("p1",), ("p/2", "p1")]


def test_points():
    votes = "VOTES\nvoter_id;vote;points;sex\n1;p1;3;F\n2;p/2,p1;2,1;M\n3;p1,p/2;1,2;M\n4;;;M\n"

    file = pabulib.read(text(kind="cumulative", votes=votes))

    assert list(file.ballots) == [(("p1", 3),), (("p1", 1), ("p/2", 2)), (("p1", 1), ("p/2", 2)), ()]
    assert file.profile.weights.tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    ("kind", "votes", "told"),
    [
        ("approval", "voter_id;vote\n1;p1\n2;p1,p/2\n", ("score_not_counted", "p1", "7 / 2", 2)),
        ("cumulative", "voter_id;vote;points\n1;p1;7\n2;p/2;2\n", ("scores_differ", "p/2", "0.5 / 2", 1)),
        ("ordinal", "voter_id;vote\n1;p1\n2;p1,p/2\n", ("scores_differ", "p1", "7 / 3", 2)),
    ],
)
def test_a_score_that_the_ballots_do_not_bear_out_is_told(kind, votes, told):
    projects = "PROJECTS\nproject_id;cost;score\np1;100;7\np/2;50;0,5\n"

    (note,) = pabulib.read(text(kind=kind, projects=projects, votes=f"VOTES\n{votes}")).notes

    assert (note.kind, note.column, note.value, note.count) == told


def test_columns_of_projects_are_kept_and_those_of_voters_are_told():
    projects = (
        "PROJECTS\nproject_id;cost;score;category;beneficiaries;latitude;longitude;neighborhood;proposer\n"
        "p1;100;2.5;sport, culture;youth;52.1;;Wola;Ann\np/2;50;0;;;;;;\n"
    )
    file = pabulib.read(text(projects=projects, votes="VOTES\nvoter_id;vote;age\n1;p1;30\n"))

    project = file.instance.projects[0]
    assert (project.score, project.categories, project.targets) == (Fraction(5, 2), ("sport", "culture"), ("youth",))
    assert (project.latitude, project.longitude, project.area) == (52.1, None, "Wola")
    assert ("proposer", "Ann") in project.more
    assert [(note.kind, note.column) for note in file.notes] == [
        ("score_not_counted", "p1"),
        ("columns_not_kept", "age"),
    ]


def test_sentinel_cost_is_a_withdrawn_project():
    file = pabulib.read(text(projects=PROJECTS.replace("50.25", "999999999")))

    assert [project.withdrawn for project in file.instance.projects] == [False, True]


def test_declared_rule_with_threshold():
    file = pabulib.read(text(rule="greedy-no-skip\nmin_project_score_threshold;50"))

    assert file.declared == ("greedy-no-skip", {"threshold": 50, "ties": ["lot"]})


@pytest.mark.parametrize(
    ("content", "line", "column", "reason"),
    [
        ("", None, None, "empty_file"),
        ("hello\nworld\nVOTES\nvoter_id;vote\n", 1, None, "no_section"),
        (text(budget="much"), 3, "budget", "number"),
        (text(budget="1,000"), 3, "budget", "three_digits"),
        (text(kind="telepathy"), 4, "vote_type", "vote_type"),
        (text(projects=PROJECTS.replace("100", "-100")), 11, "cost", "number"),
        (text(projects=PROJECTS.replace("p/2", "p1")), 12, "project_id", "project_twice"),
        (text(projects="PROJECTS\nproject_id;price\np1;1\n"), 10, "cost", "missing_column"),
        (text(votes="VOTES\nvoter_id;vote\n1;p1\n2;p9\n"), 16, "vote", "unknown_project"),
        (text(votes="VOTES\nvoter_id;vote\n1;p1\n2;p1;x\n"), 16, None, "too_many_cells"),
        (text(votes="VOTES\nvoter_id;vote\n1;p1\n2\n"), 16, "vote", "too_few_cells"),
        (text(votes='VOTES\nvoter_id;vote\n1;p1\n2;"p1\n'), 16, None, "quotes"),
        (text(votes="VOTES\nid;ballot\n"), 14, "voter_id", "missing_column"),
        (text(kind="cumulative", votes="VOTES\nvoter_id;vote;points\n1;p1;2,3\n"), 15, "points", "points_number"),
        (text(kind="cumulative", votes="VOTES\nvoter_id;vote;points\n1;p1;two\n"), 15, "points", "number"),
        (text().encode().replace(b"Two", b"Tw\xf3"), 12, None, "encoding"),
        (text().encode().replace(b"1;p1\n", b"\xff;p1\n"), 15, None, "encoding"),
    ],
)
def test_malformed_file_says_where(content, line, column, reason):
    error = refusal(content)

    assert (error.reason, error.line, error.column) == (reason, line, column)


def test_chunks_make_no_difference(monkeypatch):
    votes = "VOTES\nvoter_id;vote\n" + "".join(f"{n};{'p1,p/2' if n % 3 else 'p/2'}\n" for n in range(500))
    whole = pabulib.read(text(votes=votes))
    monkeypatch.setattr(pabulib, "CHUNK", 100)
    parts = pabulib.read(text(votes=votes))

    assert list(whole.ballots) == list(parts.ballots)
    with pytest.raises(FileWrong) as caught:
        pabulib.read(text(votes=votes + "500;p7\n"))
    assert caught.value.line == 515


@needs_real_elections
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.pb")), ids=lambda path: path.stem)
def test_real_files_are_read_and_their_numbers_agree(path):
    file = pabulib.read(path)

    assert file.profile.ballots == int(file.meta["num_votes"])
    assert len(file.instance.projects) == int(file.meta["num_projects"])
    assert not [note for note in file.notes if note.kind in ("count_differs", "votes_differ")]


def test_no_ballots_and_blank_ballots():
    none = pabulib.read(text(votes="VOTES\nvoter_id;vote\n"))
    blank = pabulib.read(text(votes="VOTES\nvoter_id;vote\n1;\n2;\n\n"))

    assert (none.profile.ballots, none.profile.classes, list(none.ballots)) == (0, 0, [])
    assert (blank.profile.ballots, blank.profile.classes, list(blank.ballots)) == (2, 1, [(), ()])


def test_ids_that_begin_alike_or_are_long():
    names = ["a", "a1", "a12345678", "a123456789", "2025/WIT/0010", "2025/WIT/0011", "ą" * 9]
    projects = "PROJECTS\nproject_id;cost\n" + "".join(f"{name};1\n" for name in names)
    votes = "VOTES\nvoter_id;age;vote\n" + "".join(f"{n};1,2;{','.join(names[n:])}\n" for n in range(len(names)))

    file = pabulib.read(text(projects=projects, votes=votes))

    assert list(file.ballots) == [tuple(names[number:]) for number in range(len(names))]
    assert refusal(text(projects=projects, votes=votes + "9;;a1234567\n")).reason == "unknown_project"
    assert refusal(text(projects="PROJECTS\nproject_id;cost\n")).reason == "unknown_project"


def test_voter_who_stands_there_twice_is_told():
    file = pabulib.read(text(votes="VOTES\nvoter_id;vote\n1;p1\n2;p1\n1;p1\n"))

    assert [(note.kind, note.count) for note in file.notes if note.kind == "voter_twice"] == [("voter_twice", 1)]
    assert file.profile.ballots == 3
