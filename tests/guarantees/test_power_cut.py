"""PostgreSQL stopped at once, in mid-work: nothing acknowledged is lost, and asking again gives the same receipt."""

from __future__ import annotations

import random
import time
from threading import Event, Thread

import pytest
from sqlalchemy.exc import SQLAlchemyError

from core import store
from core.errors import LogBroken
from core.settings import settings
from core.store import transaction
from db import engine
from tests.helpers import postgres, power, voted, worlds
from tests.helpers.sizes import POWER_CUTS
from tests.helpers.voters import Promises

EACH = 40  # voters a cut
pytestmark = [pytest.mark.postgres, pytest.mark.durable]


def torment(at, monkeypatch, how, cuts) -> tuple[dict[str, int], int]:
    """Cut the power again and again; return what became of the promises, and how many receipts changed later."""
    binaries = postgres.binaries()
    if binaries is None:
        pytest.skip(postgres.HOW_TO_GET_IT)
    cluster, promises, chance = power.Cluster(binaries, how), Promises(), random.Random(4)
    try:
        url = cluster.start()
        monkeypatch.setenv("GLAS_DATABASE_URL", url)
        settings.cache_clear()
        with engine.use(url) as opened:
            store.upgrade()
            with transaction() as session:
                town = worlds.build(session, at)
            changed = 0
            for cut in range(cuts):
                people = voted.voters(town, EACH, first=cut * EACH)
                # What happened before the votes is not what is tested; it shall be there afterwards.
                with transaction() as session:
                    session.connection().exec_driver_sql("SET LOCAL synchronous_commit = on; SELECT txid_current()")
                given = _vote_until_dark(town, people, cluster, promises, chance)
                changed += _ask_again(town, people, promises, given)
            outcome = promises.outcome(town)
            opened.dispose()
        return outcome, changed
    finally:
        cluster.remove()


def _vote_until_dark(town, people, cluster, promises, chance) -> dict[int, str]:
    """Have four threads vote until the power is cut; return the receipts that were given."""
    given: dict[int, str] = {}
    dark = Event()

    def vote(share):
        for person in share:
            if dark.is_set():
                return
            try:
                receipt = voted.cast(town, person, ["p01"], 0)
            except SQLAlchemyError:
                return
            given[person.person_id] = receipt.number
            promises.note(person.person_id, {"number": receipt.number, "revision": 1})

    threads = [Thread(target=vote, args=(people[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 60
    wanted = chance.randrange(3, EACH - 10)
    while len(given) < wanted and time.monotonic() < until:
        time.sleep(0.001)
    cluster.stop()
    dark.set()
    for thread in threads:
        thread.join(60)
    engine.engine().dispose()
    cluster.start()
    return given


def _ask_again(town, people, promises, given) -> int:
    """Send every request once more; return how many got another receipt than before."""
    changed = 0
    for person in people:
        number = voted.cast(town, person, ["p01"], 0).number
        changed += given.get(person.person_id, number) != number
        if person.person_id not in given:
            promises.note(person.person_id, {"number": number, "revision": 1})
    return changed


@pytest.mark.slow
def test_a_power_cut_loses_nothing_and_asking_again_gives_the_same_receipt(at, monkeypatch):
    outcome, changed = torment(at, monkeypatch, power.SAFE, POWER_CUTS)
    print(
        f"FIGURES power cuts {POWER_CUTS}",
        *(f"{name} {number}" for name, number in outcome.items()),
        f"receipts changed {changed}",
    )
    assert outcome["acknowledged"] == POWER_CUTS * EACH
    assert (outcome["lost"], outcome["twice"], changed) == (0, 0, 0)


def test_a_careless_configuration_loses_nothing_either(at, monkeypatch):
    outcome, changed = torment(at, monkeypatch, power.CARELESS, 2)
    assert (outcome["lost"], outcome["twice"], changed) == (0, 0, 0)


def test_control_without_waiting_for_the_disk_receipts_are_broken(at, monkeypatch):
    # Receipts were given for ballots that never reached the disk.
    monkeypatch.setattr(engine, "_set_up_postgresql", lambda *_: None)
    try:
        _outcome, changed = torment(at, monkeypatch, power.CARELESS, 2)
    except LogBroken:
        # The board itself says so: more was signed than there is.
        return
    assert changed > 0
