"""A server that is killed in mid-work keeps every promise it has made. `make torture` does it more often."""

from __future__ import annotations

import random
import time

import pytest

from tests.trust import rounds
from tests.trust.sizes import KILLS
from tests.trust.voters import Promises, Station, crowd

ACKNOWLEDGEMENTS = KILLS * 100


def torment(town, station, kills, acknowledgements) -> Promises:
    """Kill the server again and again under load, until so many ballots were acknowledged between the kills."""
    people = [actor.person_id for actor in rounds.voters(town, 40)]
    promises, chance = Promises(), random.Random(2)
    with station.open(), crowd(station, town, people, promises):
        for number in range(1, kills + 1):
            wanted, patience = acknowledgements * number // kills, time.monotonic() + 30
            while promises.given < wanted and time.monotonic() < patience:
                time.sleep(0.002)
            time.sleep(chance.random() * 0.01)
            station.kill()
            station.start()
    return promises


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request):
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")


@pytest.mark.slow
def test_nothing_that_was_acknowledged_is_lost_or_counted_twice(town):
    promises = torment(town, Station(), KILLS, ACKNOWLEDGEMENTS)

    outcome = promises.outcome(town)
    print(f"FIGURES kills {KILLS}", *(f"{name} {number}" for name, number in outcome.items()))
    assert outcome["acknowledged"] >= ACKNOWLEDGEMENTS
    assert (outcome["lost"], outcome["twice"]) == (0, 0)


def test_a_server_that_acknowledges_before_it_commits_is_found_out(town):
    # The control: with the promise given too early some are lost, and the check sees it.
    promises = torment(town, Station("early"), min(KILLS, 10), 200)

    assert promises.outcome(town)["lost"] > 0
