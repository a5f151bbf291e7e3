"""The store: what transactions promise on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from core import clock
from db import engine, tables
from tests.helpers.worlds import Town


def test_a_transaction_commits_at_its_end(town: Town):
    with engine.transaction() as session:
        session.get_one(tables.Municipality, town.municipality.id).names = {"en": "Village"}

    with engine.reading() as session:
        assert session.get_one(tables.Municipality, town.municipality.id).names == {"en": "Village"}


def test_an_error_undoes_everything(town: Town):
    with pytest.raises(RuntimeError), engine.transaction() as session:
        session.get_one(tables.Municipality, town.municipality.id).names = {"en": "Village"}
        session.flush()
        raise RuntimeError

    with engine.reading() as session:
        assert session.get_one(tables.Municipality, town.municipality.id).names["en"] == "Selo Municipality"


def test_reading_cannot_write(town: Town):
    with engine.reading() as session, pytest.raises(DBAPIError):
        session.connection().execute(text("UPDATE municipality SET contact_email = 'x'"))


def test_writing_works_on_a_connection_that_was_read_on(town: Town):
    with engine.reading() as session:
        session.exec(select(tables.Area)).all()
    with engine.transaction() as session:
        session.get_one(tables.Municipality, town.municipality.id).names = {"en": "Village"}


def test_foreign_keys_are_kept(town: Town):
    with pytest.raises(IntegrityError), engine.transaction() as session:
        session.add(
            tables.Area(
                municipality_id=999,
                code="x",
                names={"bg": "x", "en": "x"},
            )
        )


def test_moments_come_back_aware_and_in_utc(town: Town):
    with engine.reading() as session:
        kept = session.get_one(tables.Municipality, town.municipality.id).created_at

    assert kept == town.at and kept.tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        tables.Moment().process_bind_param(datetime(2026, 1, 1), None)


def test_the_databases_clock_agrees_with_ours_and_moves_within_a_transaction(database: str):
    with engine.transaction() as session:
        first = engine.database_now(session)
        session.connection().exec_driver_sql(
            "SELECT pg_sleep(0.02)"
            if "postgres" in database
            else "SELECT count(*) FROM (WITH RECURSIVE n(i) AS "
            "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n)"
        )
        second = engine.database_now(session)

    assert abs(first - clock.now()) < timedelta(seconds=5)
    assert first < second


def test_an_exclusive_lock_waits_for_the_shared_one(town: Town):
    told = []

    def close() -> None:
        with engine.transaction() as session:
            engine.lock_round(session, town.round.id, exclusive=True)
            told.append("closed")

    with engine.transaction() as session:
        engine.lock_round(session, town.round.id)
        closing = Thread(target=close)
        closing.start()
        closing.join(0.2)
        told.append("voted")
    closing.join(5)

    assert told == ["voted", "closed"]


def test_sqlite_syncs_every_commit(sqlite_database: str):
    with engine.reading() as session:
        found = [
            session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert found == ["wal", 2, 1]


@pytest.mark.parametrize("url", ["postgresql://a@b/c", "postgres://a@b/c", "postgresql+psycopg://a@b/c"])
def test_every_spelling_of_postgresql_gets_the_same_driver(url: str):
    assert engine.normal(url).drivername == "postgresql+psycopg"
