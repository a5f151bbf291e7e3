"""What Glas writes reads back the same, and passes the checks of others."""

import random

import pytest

from core.counting import pabulib
from core.counting.election import Instance, Profile, Project
from core.counting.pabulib.writing import write_election
from tests.helpers.elections import FOLDER, needs_real_elections

REAL = sorted(FOLDER.glob("*.pb"))
META = {
    "description": "Youth budget; with a mark",
    "country": "Bulgaria",
    "unit": "Kyustendil",
    "instance": "2026",
    "rule": "unknown",
    "date_begin": "01.05.2026",
    "date_end": "14.05.2026",
    "currency": "EUR",
}


@needs_real_elections
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_file_reads_back_the_same(path):
    file = pabulib.read(path)

    again = pabulib.read(pabulib.write(file))

    assert again.instance == file.instance
    assert sorted(again.profile) == sorted(file.profile)
    assert list(again.ballots) == list(file.ballots)
    assert (again.selected, again.declared, again.period) == (file.selected, file.declared, file.period)
    assert dict(again.meta) == dict(file.meta)


def election(kind):
    draw = random.Random(kind)
    projects = (
        Project("p1", 1050, '"Bench"; long', categories=("green", "sport"), latitude=42.1, longitude=22.7, area="East"),
        Project("p2", 20000, "Път", area="Център"),
        Project("p3", 5000, "Cinema", area="East"),
    )
    ballots = [draw.sample(["p1", "p2", "p3"], draw.randint(1, 3)) for _ in range(30)]
    if kind in ("cumulative", "scoring"):
        ballots = [{name: draw.randint(1, 3) for name in ballot} for ballot in ballots]
    return Instance(projects, 22000, 100), Profile.of(kind, ballots, ("p1", "p2", "p3"))


KINDS = ("approval", "ordinal", "cumulative", "scoring")


@pytest.mark.parametrize("kind", KINDS)
def test_own_election_reads_back_the_same(kind):
    instance, profile = election(kind)

    file = pabulib.read(write_election(instance, profile, META, selected={"p1": 1}))

    assert (file.instance.ids, file.instance.budget, file.instance.unit) == (instance.ids, instance.budget, 100)
    assert [project.name for project in file.instance.projects] == [project.name for project in instance.projects]
    assert sorted(file.profile) == sorted(profile)
    assert (file.winners, file.meta["description"]) == (("p1",), META["description"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_casting_cannot_be_seen(kind):
    instance, profile = election(kind)
    ballots = [choices for choices, weight in profile for _ in range(weight)]
    other = Profile.of(kind, reversed(ballots), profile.projects)

    assert write_election(instance, profile, META) == write_election(instance, other, META)


@pytest.mark.parametrize("kind", KINDS)
def test_checker_of_pabulib_accepts_it(kind):
    checker = pytest.importorskip("pabulib.checker", reason="pabulib-checker is not installed")
    instance, profile = election(kind)

    found = checker.Checker().process_files([write_election(instance, profile, META, selected={"p1": 1})])

    errors = [value["results"]["errors"] for key, value in found.items() if key not in ("metadata", "summary")]
    assert errors == [{}]


@pytest.mark.parametrize("kind", KINDS)
def test_pabutools_reads_the_same_election(kind):
    theirs = pytest.importorskip("pabutools.election.pabulib", reason="pabutools is not installed")
    instance, profile = election(kind)

    their_instance, their_profile = theirs.parse_pabulib_from_string(write_election(instance, profile, META))

    assert {project.name: float(project.cost) for project in their_instance} == {
        project.id: project.cost / 100 for project in instance.projects
    }
    assert (len(their_profile), float(their_instance.budget_limit)) == (profile.ballots, 220)


def test_conflicts_have_a_column_of_their_own():
    projects = (Project("p1", 1), Project("p2", 1, conflicts=frozenset({"p1"})))

    file = pabulib.read(write_election(Instance(projects, 1), Profile.of("approval", [["p1"]], ("p1", "p2")), META))

    assert [project.conflicts for project in file.instance.projects] == [frozenset(), {"p1"}]
