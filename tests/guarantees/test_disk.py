"""A disk that is full acknowledges nothing, and loses nothing of what was acknowledged before."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError

from core import store
from core.settings import settings
from core.store import reading, transaction
from db import engine, leftovers
from tests.helpers import postgres, power, voted, worlds
from tests.helpers.voters import Promises

pytestmark = pytest.mark.durable

ROOMS = 24  # so many pages more than there are, one page after the other

# Every page: SQLite


@pytest.fixture
def pages(sqlite_database):
    """Give a function that limits the database to so many pages; None lifts the limit."""
    # Pages that a migration has left empty would be room.
    assert leftovers.scrub()
    limit: list[int | None] = [None]

    def on_connect(connection, _record):
        if limit[0]:
            connection.execute(f"PRAGMA max_page_count = {limit[0]}")

    base = engine.open_engine(sqlite_database)
    event.listen(base, "connect", on_connect)

    def at_most(number: int | None) -> None:
        limit[0] = number
        base.dispose()

    yield at_most
    event.remove(base, "connect", on_connect)
    base.dispose()


def page_count() -> int:
    with reading() as session:
        return session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_acknowledges_nothing_and_recovers(town, pages):
    promises, refusals, first = Promises(), 0, 0
    for room in range(ROOMS):
        people = voted.voters(town, 16, first=first)
        first += 16
        pages(page_count() + room)
        refused = voted.cast_all(town, people, promises)
        refusals += refused
        outcome = promises.outcome(town)
        assert (outcome["lost"], outcome["twice"]) == (0, 0)
        pages(None)
        # With room again the same requests get through, and who was acknowledged keeps her receipt.
        assert voted.cast_all(town, people, promises) == 0
        outcome = promises.outcome(town)
        assert (outcome["lost"], outcome["twice"]) == (0, 0)
    print(f"FIGURES SQLite, full at {ROOMS} pages in turn: refused {refusals} lost {outcome['lost']}")
    assert refusals > 5


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_control_a_server_that_acknowledges_on_a_full_disk_is_found_out(town, pages):
    promises, people = Promises(), voted.voters(town, 12)
    pages(page_count())
    assert voted.cast_all(town, people, promises, lying=True) > 0
    pages(None)
    assert promises.outcome(town)["lost"] > 0


# A small disk: PostgreSQL


@pytest.mark.postgres
def test_a_full_disk_under_postgresql_acknowledges_nothing_and_recovers(monkeypatch, at):
    binaries = postgres.binaries()
    if binaries is None:
        pytest.skip(postgres.HOW_TO_GET_IT)
    with power.small_disk(24) as disk:
        if disk is None:
            pytest.skip(power.NO_MOUNTING)
        cluster = power.Cluster(binaries)
        try:
            base = cluster.start()
            postgres._as_nobody(disk)
            with psycopg.connect(base, autocommit=True) as connection:
                connection.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
                connection.execute(b"CREATE DATABASE roomy TABLESPACE small")
            url = postgres.address(base, "roomy")
            monkeypatch.setenv("GLAS_DATABASE_URL", url)
            settings.cache_clear()
            with engine.use(url) as opened:
                store.upgrade()
                with transaction() as session:
                    town = worlds.build(session, at)
                _fill_and_empty(town)
                opened.dispose()
        finally:
            cluster.remove()


def _fill_and_empty(town: worlds.Town) -> None:
    """Vote on a disk that is full, then on one that has room again."""
    promises, people = Promises(), voted.voters(town, 120)
    with transaction() as session:
        session.connection().exec_driver_sql("CREATE TABLE filler (what text)")
    for size in (1_000_000, 100_000, 8_000, 2_000):
        for _ in range(200):
            try:
                with transaction() as session:
                    session.connection().execute(
                        text(
                            "INSERT INTO filler SELECT string_agg(md5(random()::text), '') FROM generate_series(1, :n)"
                        ),
                        {"n": size // 32},
                    )
            except SQLAlchemyError:
                break
    refused = voted.cast_all(town, people, promises)
    assert refused > 0
    with transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE filler")
    outcome = promises.outcome(town)
    assert (outcome["lost"], outcome["twice"]) == (0, 0)
    assert voted.cast_all(town, people, promises) == 0
    outcome = promises.outcome(town)
    assert (outcome["lost"], outcome["twice"]) == (0, 0)
    print(f"FIGURES PostgreSQL on a small disk: refused {refused} lost {outcome['lost']}")
