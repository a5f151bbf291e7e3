"""PostgreSQL's own log of old changes: what becomes of it depends on how the server is configured, and so we say it."""

from datetime import timedelta

import pytest

from core import closing, store
from core.settings import settings
from core.store import reading, transaction
from db import engine
from tests.guarantees import test_linkage
from tests.helpers import boxes, postgres, power, worlds

pytestmark = pytest.mark.postgres


@pytest.fixture
def cluster():
    """Give a function that starts a PostgreSQL with these settings."""
    binaries = postgres.binaries()
    if binaries is None:
        pytest.skip(postgres.HOW_TO_GET_IT)
    made = []

    def start(*more):
        made.append(power.Cluster(binaries, (*power.SAFE, *more)))
        return made[0]

    yield start
    for each in made:
        each.remove()


def old_log(cluster, known):
    """Return the slots in the order in which PostgreSQL's old log names them."""
    raw = b"".join(each.read_bytes() for each in sorted((cluster.home / "data/pg_wal").glob("0*")))
    places = {name: raw.find(mark) for mark, name in known.items() if mark in raw}
    return sorted(places, key=lambda name: places[name])


@pytest.mark.parametrize(("recycle", "stays"), [("off", False), ("on", True)])
def test_the_old_log_goes_with_the_links_to_people_unless_it_is_used_again(cluster, monkeypatch, at, recycle, stays):
    # What waits in a box leaves no order in any log; this is about ballots from before there were boxes.
    test_linkage.without_the_box(monkeypatch)
    server = cluster(f"wal_recycle={recycle}")
    url = server.start()
    monkeypatch.setenv("GLAS_DATABASE_URL", url)
    settings.cache_clear()
    with engine.use(url) as opened:
        store.upgrade()
        with transaction() as session:
            town = worlds.build(session, at)
        round_ = boxes.round_in_voting(town, tally_step=test_linkage.K)
        order, known, found = test_linkage.vote(town, round_), test_linkage.marks(), test_linkage.batches()
        known = {mark: name for mark, name in known.items() if mark == name.encode()}
        # While people vote, and as long as there are keys, it tells everything.
        assert test_linkage.best(order, [old_log(server, known)], found) > test_linkage.BOUND
        anonymise(town, round_)
        assert bool(old_log(server, known)) == stays
        opened.dispose()


def test_of_what_waited_in_a_box_the_log_tells_no_order(cluster, monkeypatch, at):
    server = cluster()
    url = server.start()
    monkeypatch.setenv("GLAS_DATABASE_URL", url)
    settings.cache_clear()
    with engine.use(url) as opened:
        store.upgrade()
        with transaction() as session:
            town = worlds.build(session, at)
        order = test_linkage.vote(town, boxes.round_in_voting(town, tally_step=test_linkage.K))
        known = {mark: name for mark, name in test_linkage.marks().items() if mark == name.encode()}
        assert test_linkage.best(order, [old_log(server, known)], test_linkage.batches()) <= test_linkage.BOUND
        opened.dispose()


def anonymise(town, round_):
    at = boxes.end_voting(round_.id)
    boxes.until_count(town, round_.id, at)
    boxes.count(town, round_.id, at)
    boxes.publish(town, round_.id, at)
    with transaction() as session:
        closing.anonymise(session, town.organiser, round_.id, at=at + timedelta(days=40))
    assert closing.finish(reading)
