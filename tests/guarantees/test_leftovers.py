"""What a commit leaves behind is cleared away after it, and trouble with that takes nobody's receipt."""

import random
import sqlite3

import pytest
from sqlalchemy import event

from core.codes import holders
from core.settings import settings
from core.store import reading, transaction
from core.trust import board
from db import engine, leftovers
from tests.core.codes import test_batches
from tests.helpers import boxes

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def failing(database):
    """Have SQLite fail whenever its journal is to be emptied, as on a full disk."""
    base = engine.open_engine(database)

    def asked(action, first, *_):
        emptying = action == sqlite3.SQLITE_PRAGMA and first == "wal_checkpoint"
        return sqlite3.SQLITE_DENY if emptying else sqlite3.SQLITE_OK

    def on_connect(connection, _record):
        connection.set_authorizer(asked)

    base.dispose()
    event.listen(base, "connect", on_connect)
    yield
    event.remove(base, "connect", on_connect)
    base.dispose()


def patience():
    """Return for how long the connections that are at hand wait for others."""
    with reading() as session:
        return session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar_one()


@SQLITE
def test_a_voter_gets_her_receipt_though_the_journal_cannot_be_emptied(town, failing, caplog):
    round_ = boxes.round_in_voting(town, tally_step=1)
    one, other = boxes.people(town, 2)

    receipts = [boxes.cast(town, each, ["p01"], round_=round_) for each in (one, other)]

    assert all(receipt.number for receipt in receipts)
    with reading() as session:
        assert len(board.leaves(session, round_.id)) == 2
    assert "not authorized" in caplog.text
    assert leftovers.empty_journal() is False and leftovers.scrub("slot") is False
    assert patience() == engine.BUSY_MS


@SQLITE
def test_a_code_is_entered_though_the_journal_cannot_be_emptied(town, failing, monkeypatch):
    monkeypatch.setattr(holders, "TOGETHER", 1)
    (code,) = test_batches.batch(town, 1)

    test_batches.enter(town, code)

    assert boxes.rows("SELECT 1 FROM roll WHERE round_id = :id", id=town.round.id)


@SQLITE
def test_control_trouble_that_nobody_catches_would_reach_the_voter(town, failing, monkeypatch):
    monkeypatch.setattr(leftovers, "_done", lambda _what, work: work())
    round_ = boxes.round_in_voting(town, tally_step=1)
    one, other = boxes.people(town, 2)
    boxes.cast(town, one, ["p01"], round_=round_)
    with pytest.raises(sqlite3.Error):
        boxes.cast(town, other, ["p01"], round_=round_)
    # It was committed all the same.
    assert len(boxes.rows("SELECT 1 FROM leaf")) == 2


def test_the_answer_says_whether_the_journal_is_empty(town, database):
    with reading() as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM person").all()
        boxes.people(town, 1)
        assert leftovers.empty_journal() is not database.startswith("sqlite")

    assert leftovers.empty_journal() is True


def test_the_files_are_cleared_by_a_connection_that_has_only_read(town):
    engine.engine().dispose()
    with reading() as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM slot").all()

    assert leftovers.scrub("slot", "receipt") is True


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_role_that_may_not_clear_a_table_is_told_so_and_changes_nothing_else(town, database):
    with engine.engine().begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
        connection.exec_driver_sql("GRANT pg_read_all_data TO stranger")
    with engine.use(database.replace("glas@", "stranger@")) as opened:
        assert leftovers.compact("slot") is False
        with reading() as session:
            assert session.connection().exec_driver_sql("SHOW lock_timeout").scalar_one() == "0"
        opened.dispose()
    # The owner may, and that the old log is not hers to end makes no difference.
    owner(database, "slot")
    with engine.use(database.replace("glas@", "stranger@")) as opened:
        assert leftovers.scrub("slot") is True
        opened.dispose()


@pytest.fixture(autouse=True)
def given_back(database):
    yield
    if not database.startswith("sqlite"):
        owner(database, "slot", "glas")


def owner(database, table, role="stranger"):
    with engine.open_engine(database).begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} OWNER TO {role}")


def number_of_the_file() -> int:
    with reading() as session:
        return session.connection().exec_driver_sql("PRAGMA user_version").scalar_one()


def removed_from_split_pages(seed: int) -> list[bytes]:
    """Write rows that grow and split their pages, remove every second one, and return the names of those removed."""
    chance = random.Random(seed)
    numbers = chance.sample(range(1, 1 << 40), 300)
    with transaction() as session:
        told = session.connection().exec_driver_sql
        told("DROP TABLE IF EXISTS probe")
        told("CREATE TABLE probe (id INTEGER PRIMARY KEY, name TEXT, more TEXT)")
        for number in numbers:
            told(
                "INSERT INTO probe VALUES (?, ?, ?)", (number, f"Zlatka-{seed}-{number}-", "q" * chance.randrange(200))
            )
    with transaction() as session:
        for number in numbers:
            more = "w" * chance.randrange(300)
            session.connection().exec_driver_sql("UPDATE probe SET more = ? WHERE id = ?", (more, number))
    with transaction() as session:
        for number in numbers[::2]:
            session.connection().exec_driver_sql("DELETE FROM probe WHERE id = ?", (number,))
        leftovers.owe(session.connection())
    assert leftovers.empty_journal()
    return [f"Zlatka-{seed}-{number}-".encode() for number in numbers[::2]]


def in_the_file(names: list[bytes]) -> bool:
    found = b"".join(file.read_bytes() for file in settings().data_dir.glob("glas.db*"))
    return any(name in found for name in names)


@SQLITE
def test_what_a_split_page_keeps_goes_when_the_file_is_written_anew(database):
    # The control: that SQLite overwrites what is removed does not hold where a page was split.
    names = next(names for seed in range(50) if in_the_file(names := removed_from_split_pages(seed)))

    assert leftovers.settle()

    assert not in_the_file(names) and number_of_the_file() == 0


@SQLITE
def test_what_is_owed_outlives_trouble_and_a_rollback_owes_nothing(database, monkeypatch):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        leftovers.owe(session.connection())
        raise ZeroDivisionError
    assert number_of_the_file() == 0 and leftovers.settle()

    with transaction() as session:
        leftovers.owe(session.connection())
    with monkeypatch.context() as patched:
        patched.setattr(leftovers, "_vacuum", lambda: False)
        assert not leftovers.settle() and number_of_the_file() == 1
    assert leftovers.settle() and number_of_the_file() == 0


@SQLITE
def test_what_comes_to_be_owed_meanwhile_stays_owed(database, monkeypatch):
    real = leftovers._vacuum

    def meanwhile() -> bool:
        done = real()
        with transaction() as session:
            leftovers.owe(session.connection())
        return done

    with transaction() as session:
        leftovers.owe(session.connection())
    monkeypatch.setattr(leftovers, "_vacuum", meanwhile)

    assert not leftovers.settle() and number_of_the_file() == 2
