"""What was acknowledged is on the disk: a sync of the database's journal comes before each acknowledgement.

The system calls of the server that gives the receipts are watched, and with PostgreSQL those of all its processes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from core import store
from core.settings import settings
from core.store import transaction
from db import engine
from tests.helpers import postgres, power, voted, worlds
from tests.helpers.voters import Promises, Station, crowd

pytestmark = pytest.mark.durable

COMMITS = 20
NO_TRACING = "strace is missing, or tracing other processes is forbidden here (apt-get install strace)"
CALL = re.compile(r"(?P<process>\d+) +(?P<name>\w+)\((?P<rest>.*)")
RESUMED = re.compile(r"(?P<process>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)")
JOURNAL = re.compile(r"\d+<[^>]*(-wal|/pg_wal/\w+)>")


def unsynced(trace: str) -> tuple[int, int]:
    """Return how many acknowledgements a trace shows, and before how many of them no sync of the journal ended."""
    found = without = 0
    synced, begun = False, set()
    for line in trace.splitlines():
        if resumed := RESUMED.match(line):
            if resumed["process"] in begun:
                begun.remove(resumed["process"])
                synced |= resumed["rest"].endswith("= 0")
        elif called := CALL.match(line):
            if called["name"] in ("fsync", "fdatasync") and JOURNAL.match(called["rest"]):
                if "unfinished" in called["rest"]:
                    begun.add(called["process"])
                synced |= called["rest"].endswith("= 0")
            elif '\\"number\\"' in called["rest"]:
                found, without, synced = found + 1, without + (not synced), False
    return found, without


def watched(town: worlds.Town, file: Path, *how: str, also: tuple[int, ...] = ()) -> tuple[int, int]:
    """Have people vote at a server that is watched, one after the other; return what `unsynced` finds."""
    people = [actor.person_id for actor in voted.voters(town, COMMITS)]
    # Batches sync for reasons of their own; none of them shall come in between.
    with transaction() as session:
        session.connection().execute(text("UPDATE round SET tally_step = 100"))
    promises = Promises()
    with Station(*how).open() as station:
        assert station.process
        with power.trace(file, (station.process.pid, *also)), crowd(station, town, people, promises, threads=1):
            while promises.given < COMMITS:
                pass
    return unsynced(file.read_text(errors="replace"))


@pytest.fixture(autouse=True)
def tracing() -> None:
    if not power.may_trace():
        pytest.skip(NO_TRACING)


def figures(database: str, found: int, without: int) -> None:
    print(f"FIGURES {database}: acknowledgements {found} before the disk {without}")


# SQLite


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite; PostgreSQL has a server of its own here, whose processes are known."""
    return sqlite_database


def test_the_journal_is_on_the_disk_before_each_acknowledgement(town, tmp_path):
    found, without = watched(town, tmp_path / "trace")

    figures("SQLite", found, without)
    assert found >= COMMITS
    assert without == 0


def test_control_a_careless_journal_is_found_out(town, tmp_path):
    # synchronous=NORMAL acknowledges what is not on the disk.
    found, without = watched(town, tmp_path / "trace", "normal")

    assert found >= COMMITS
    assert without > 0


# PostgreSQL


@pytest.fixture
def watched_postgres(at, tmp_path, monkeypatch) -> Iterator:
    """Give a function that votes at a server of this configuration and returns what was found."""
    binaries = postgres.binaries()
    if binaries is None:
        pytest.skip(postgres.HOW_TO_GET_IT)
    clusters = []

    def of(configuration: tuple[str, ...], *how: str) -> tuple[int, int]:
        cluster = power.Cluster(binaries, configuration)
        clusters.append(cluster)
        url = cluster.start()
        monkeypatch.setenv("GLAS_DATABASE_URL", url)
        settings.cache_clear()
        with engine.use(url) as opened:
            store.upgrade()
            with transaction() as session:
                town = worlds.build(session, at)
            assert cluster.process
            found = watched(town, tmp_path / "trace", *how, also=(cluster.process.pid,))
            opened.dispose()
        return found

    yield of
    for cluster in clusters:
        cluster.remove()


@pytest.mark.postgres
@pytest.mark.parametrize("configuration", [power.SAFE, power.CARELESS], ids=["safe", "careless"])
def test_postgresql_has_it_on_the_disk_whatever_its_configuration_says(watched_postgres, configuration):
    found, without = watched_postgres(configuration)

    figures(f"PostgreSQL, {'safe' if configuration == power.SAFE else 'careless'}", found, without)
    assert found >= COMMITS
    assert without == 0


@pytest.mark.postgres
def test_control_a_postgresql_that_nobody_asks_to_wait_is_found_out(watched_postgres):
    found, without = watched_postgres(power.CARELESS, "unasked")

    assert found >= COMMITS
    assert without > 0


@pytest.mark.parametrize(
    ("trace", "expected"),
    [
        ('1  fdatasync(5</x/glas.db-wal>) = 0\n1  write(7<s>, "{\\"number\\"', (1, 0)),
        ('1  fdatasync(5</x/glas.db>) = 0\n1  write(7<s>, "{\\"number\\"', (1, 1)),
        ('1  fdatasync(5</x/pg_wal/0001>) = -1 EIO\n1  write(7<s>, "{\\"number\\"', (1, 1)),
        ('1  fdatasync(5</x/pg_wal/0001> <unfinished ...>\n2  write(7<s>, "{\\"number\\"', (1, 1)),
        (
            "1  fdatasync(5</x/pg_wal/0001> <unfinished ...>\n1  <... fdatasync resumed>) = 0\n"
            '2  write(7<s>, "{\\"number\\"\n2  write(7<s>, "{\\"number\\"',
            (2, 1),
        ),
        (
            '1  fsync(5</x/base/1> <unfinished ...>\n1  <... fsync resumed>) = 0\n2  write(7<s>, "{\\"number\\"',
            (1, 1),
        ),
    ],
)
def test_control_only_a_sync_of_the_journal_that_has_ended_counts(trace, expected):
    assert unsynced(trace) == expected
