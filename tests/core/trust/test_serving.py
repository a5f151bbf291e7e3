"""One process serves a town: whose seat it is, and that its database is the one it began with."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from core.errors import DatabaseReplaced, ServerRuns, SettingWrong
from core.settings import settings
from core.store import reading, transaction
from core.trust import readiness, serving
from db import engine, leftovers
from db.presence import SERVING, Presence
from pages.parts import i18n, refusals
from tests.helpers import voted
from tests.helpers.paths import ROOT
from tests.helpers.worlds import Town


@pytest.fixture(autouse=True)
def nobody_serves():
    yield
    serving.end()


def other_keys(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GLAS_KEY_DIR", str(tmp_path / "other-keys"))
    settings.cache_clear()


SQLITE, POSTGRES = "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)


def mark() -> None:
    with transaction() as session:
        serving.mark(session)


def test_a_second_server_is_refused_and_told_of_the_first(database, at):
    serving.begin(at)

    with pytest.raises(ServerRuns) as refusal:
        serving.begin(at)
    first = refusal.value
    assert (first.what, first.pid, first.parent, first.host, first.since) == (
        "keys", os.getpid(), os.getppid(), socket.gethostname(), at,
    )  # fmt: skip
    i18n.use("en")
    assert f"process {os.getpid()} on {socket.gethostname()}, since " in refusals.sentence(first)
    i18n.use("bg")
    assert f"процес {os.getpid()} на {socket.gethostname()}, от " in refusals.sentence(first)


def test_two_key_folders_on_one_database_are_refused(database, at, monkeypatch, tmp_path):
    serving.begin(at)
    other_keys(monkeypatch, tmp_path)

    with pytest.raises(ServerRuns) as refusal:
        serving.begin(at)
    assert (refusal.value.what, refusal.value.pid, refusal.value.since) == ("database", os.getpid(), at)
    # What it had taken until then is free again.
    serving.end()
    serving.begin(at)


def test_a_database_with_a_second_name_is_served_by_nobody(sqlite_database, at, tmp_path):
    file = settings().data_dir / "glas.db"
    (tmp_path / "second").mkdir()
    os.link(file, tmp_path / "second" / "glas.db")
    for take in (serving.begin, lambda at: serving.alone(at).__enter__()):
        with pytest.raises(SettingWrong) as refusal:
            take(at)
    assert (refusal.value.problem, refusal.value.value) == ("second_name", str(file.resolve()))
    i18n.use("en")
    assert "a hard link" in refusals.sentence(refusal.value)
    i18n.use("bg")
    assert "твърда връзка" in refusals.sentence(refusal.value)
    # The control: with one name it is served.
    (tmp_path / "second" / "glas.db").unlink()
    serving.begin(at)


def test_a_link_to_the_database_leads_to_the_same_seat(sqlite_database, at, monkeypatch, tmp_path):
    serving.begin(at)
    other_keys(monkeypatch, tmp_path)
    (tmp_path / "elsewhere").symlink_to(tmp_path / "data")
    monkeypatch.setenv("GLAS_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere/glas.db")
    settings.cache_clear()

    with pytest.raises(ServerRuns):
        serving.begin(at)


def test_two_databases_with_one_key_folder_are_refused(database, at, monkeypatch, tmp_path):
    serving.begin(at)
    monkeypatch.setenv("GLAS_DATABASE_URL", f"sqlite:///{tmp_path}/other/glas.db")
    settings.cache_clear()

    with pytest.raises(ServerRuns) as refusal:
        serving.begin(at)
    assert refusal.value.what == "keys"


def test_control_other_keys_and_another_database_are_another_town(database, at, monkeypatch, tmp_path):
    serving.begin(at)
    other_keys(monkeypatch, tmp_path)
    monkeypatch.setenv("GLAS_DATABASE_URL", f"sqlite:///{tmp_path}/other/glas.db")
    settings.cache_clear()

    serving.begin(at)


def test_who_serves_can_be_asked(database, at, monkeypatch, tmp_path):
    assert serving.holder() is None
    serving.begin(at)
    assert serving.holder().pid == os.getpid()
    other_keys(monkeypatch, tmp_path)
    assert (serving.holder().pid, serving.holder().since) == (os.getpid(), at)
    serving.end()
    assert serving.holder() is None


CRASH = """
import os, signal, sys
from core import clock
from core.trust import serving
serving.begin(clock.now())
print("sits", flush=True)
if sys.argv[1] == "fork":
    child = os.fork()
    if child == 0:
        import time
        for handle in (0, 1, 2):
            os.close(handle)
        time.sleep(60)
        os._exit(0)
    print(child, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("how", ["alone", "fork"])
def test_a_lock_left_by_a_crash_does_not_hold(database, at, how):
    killed = subprocess.run([sys.executable, "-c", CRASH, how], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE)
    sits, *child = killed.stdout.split()
    assert killed.returncode == -9 and sits == b"sits"
    told = (settings().key_dir / ".server").read_text()
    assert re.search(r'"pid": \d+', told)

    for _ in range(50):  # PostgreSQL notices the end of a connection a moment later
        try:
            serving.begin(at)
            break
        except ServerRuns as first:
            assert first.what == "database"
            time.sleep(0.1)
    assert serving.holder().pid == os.getpid()
    for each in child:
        # Until now it was there.
        os.kill(int(each), signal.SIGKILL)


def test_a_lock_file_that_was_removed_is_taken_again(database, at):
    serving.begin(at)
    (settings().key_dir / ".server").unlink()
    serving.watch(at)

    with pytest.raises(ServerRuns):
        serving.begin(at)


@pytest.mark.parametrize("database", [SQLITE], indirect=True)
def test_who_lost_a_removed_lock_to_another_takes_no_ballot_any_more(town: Town, database, at):
    serving.begin(at)
    mark()
    (settings().key_dir / ".server").unlink()
    mine, serving._seats[:] = serving._seats[:], []
    (settings().data_dir / "glas.db.server").unlink()
    serving.begin(at)
    theirs, serving._seats[:] = serving._seats[:], mine

    with pytest.raises(ServerRuns):
        serving.watch(at)
    with pytest.raises(DatabaseReplaced):
        voted.cast(town, voted.voters(town, 1)[0], ["p01"], 0)
    serving._seats.extend(theirs)


def cut() -> None:
    """End the connection that holds the lock, as when PostgreSQL is started anew."""
    with engine.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objid = :id"
        ), {"id": SERVING})  # fmt: skip


def test_a_broken_connection_is_made_anew_and_its_lock_taken_again(postgres_database, at, monkeypatch, tmp_path):
    serving.begin(at)
    cut()
    other_keys(monkeypatch, tmp_path)
    assert serving.holder() is None
    serving.watch(at)

    assert serving.holder().pid == os.getpid()


@pytest.mark.parametrize("database", [POSTGRES], indirect=True)
def test_who_lost_its_connection_to_another_server_is_told_and_takes_no_ballot(town: Town, database, at):
    voters = voted.voters(town, 3)
    serving.begin(at)
    mark()
    voted.cast(town, voters[0], ["p01"], 0)
    cut()
    other = Presence(database, "glas 77 2026-11-30T10:00:00Z elsewhere")
    assert other.take()
    # The other one has begun: by its value in the database the first is stopped before it looks at its lock.
    with engine.engine().begin() as connection:
        connection.execute(text("UPDATE mark SET value = 'another' WHERE name = 'server'"))
    with pytest.raises(DatabaseReplaced):
        voted.cast(town, voters[1], ["p01"], 0)

    with pytest.raises(ServerRuns) as refusal:
        serving.watch(at)
    assert (refusal.value.what, refusal.value.pid, refusal.value.host, refusal.value.since) == (
        "database", 77, "elsewhere", datetime(2026, 11, 30, 10, tzinfo=UTC),
    )  # fmt: skip
    other.leave()


def test_a_database_that_does_not_answer_is_waited_for(postgres_database, at, monkeypatch):
    serving.begin(at)
    (seat,) = serving._seats
    cut()
    monkeypatch.setattr(engine, "normal", engine.normal)
    right = seat.presence._engine
    seat.presence._engine = Presence("postgresql://nobody@/nowhere?host=/nowhere", "x")._engine
    serving.watch(at)
    seat.presence._engine = right
    serving.watch(at)

    assert serving.holder().pid == os.getpid()


# The database that is served


def test_votes_go_on_while_the_marks_change(town: Town, at):
    voters = voted.voters(town, 4)
    voted.cast(town, voters[0], ["p01"], 0)
    serving.begin(at)
    for voter in voters[1:]:
        mark()
        voted.cast(town, voter, ["p02"], 0)
    assert not serving.replaced()


@pytest.mark.parametrize(
    ("database", "how"),
    [
        *((SQLITE, how) for how in ("moved", "copied", "removed", "older rows")),
        pytest.param("postgresql", "older rows", marks=pytest.mark.postgres),
    ],
    indirect=["database"],
)
def test_a_database_that_was_replaced_under_the_server_takes_no_ballot_until_a_restart(
    town: Town, database, at, how, caplog, tmp_path
):
    sqlite = database.startswith("sqlite")
    file, kept = settings().data_dir / "glas.db", tmp_path / "kept.db"
    first, second = voted.voters(town, 2)
    serving.begin(at)
    mark()
    with engine.engine().connect() as connection:
        before = connection.execute(text("SELECT value FROM mark WHERE name = 'server'")).scalar()
    if sqlite:
        leftovers.empty_journal()
        shutil.copy(file, kept)
    for _ in range(2):
        mark()
    voted.cast(town, first, ["p01"], 0)
    engine.engine().dispose()
    if how == "moved":
        shutil.copy(file, kept)
        kept.replace(file)
    elif how == "copied":
        for name in ("glas.db-wal", "glas.db-shm"):
            (file.parent / name).unlink(missing_ok=True)
        file.write_bytes(kept.read_bytes())
    elif how == "removed":
        shutil.copy(file, kept)
        file.unlink()
        shutil.copy(kept, file)
    else:
        with engine.engine().begin() as connection:
            connection.execute(text("UPDATE mark SET value = :value WHERE name = 'server'"), {"value": before})

    for _ in range(2):
        with pytest.raises(DatabaseReplaced):
            voted.cast(town, second, ["p01"], 0)
    with reading() as session:
        assert isinstance(readiness.refusal(session, town.round.id), DatabaseReplaced)
        with pytest.raises(DatabaseReplaced):
            serving.refuse_replaced(session.connection())
    assert serving.replaced() and "not the one this server began with" in caplog.text
    with pytest.raises(DatabaseReplaced):
        mark()

    serving.end()
    serving.begin(at)
    mark()
    with reading() as session:
        serving.refuse_replaced(session.connection())
    assert voted.cast(town, second, ["p01"], 0)


def test_control_without_looking_a_ballot_goes_into_the_other_database(town: Town, at, monkeypatch):
    (voter,) = voted.voters(town, 1)
    serving.begin(at)
    mark()
    with engine.engine().begin() as connection:
        connection.execute(text("DELETE FROM mark WHERE name = 'server'"))
    monkeypatch.setattr(serving, "refuse_replaced", lambda _: None)

    assert voted.cast(town, voter, ["p01"], 0)


@pytest.mark.parametrize("language", ["bg", "en"])
def test_voters_are_told_and_what_to_do(language):
    i18n.use(language)
    told = refusals.sentence(DatabaseReplaced())

    assert ("Базата е сменена" if language == "bg" else "The database was replaced") in told
