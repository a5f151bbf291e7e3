"""A server that is killed in mid-work keeps every promise it has made. `make torture` does it more often."""

from __future__ import annotations

import random
import time

import pytest

from tests.helpers import boxes, voted
from tests.helpers.sizes import KILLS
from tests.helpers.voters import Promises, Station, crowd

pytestmark = pytest.mark.durable

ACKNOWLEDGEMENTS = KILLS * 100


def torment(town, station, kills, acknowledgements) -> tuple[Promises, dict[str, int]]:
    """Kill the server again and again under load, until so many ballots were acknowledged between the kills."""
    people = [actor.person_id for actor in voted.voters(town, 40)]
    promises, chance = Promises(), random.Random(2)
    with station.open(), crowd(station, town, people, promises):
        for number in range(1, kills + 1):
            wanted, patience = acknowledgements * number // kills, time.monotonic() + 120
            while promises.given < wanted and time.monotonic() < patience:
                time.sleep(0.002)
            time.sleep(chance.random() * 0.01)
            station.kill()
            station.start()
    return promises, promises.outcome(town, people)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request):
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")


@pytest.mark.slow
def test_nothing_that_was_acknowledged_is_lost_or_counted_twice(town):
    promises, outcome = torment(town, Station(), KILLS, ACKNOWLEDGEMENTS)

    voted.close(town)
    (counted,) = boxes.rows("SELECT (SELECT count(*) FROM open_ballot), (SELECT count(*) FROM mismatch)")
    print(f"FIGURES kills {KILLS}", *(f"{name} {number}" for name, number in outcome.items()), f"counted {counted[0]}")
    assert outcome["acknowledged"] >= ACKNOWLEDGEMENTS
    assert (outcome["lost"], outcome["twice"]) == (0, 0)
    # 40 people have voted, each many times; each of them has one ballot in the count.
    assert tuple(counted) == (len(promises.kept), 0) == (40, 0)


def test_control_a_server_that_acknowledges_before_it_commits_is_found_out(town):
    # With the promise given too early some are lost, and the check sees it.
    _promises, outcome = torment(town, Station("early"), min(KILLS, 10), 200)

    assert outcome["lost"] > 0


def test_control_a_server_that_takes_a_voter_for_another_is_found_out(town):
    # Then she has two ballots in the box, and nothing is lost.
    promises, outcome = torment(town, Station("forgetful"), 2, 400)

    assert outcome["twice"] > promises.doubled > 0
    assert outcome["lost"] == 0
