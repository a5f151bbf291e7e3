"""What a commit leaves to be done is done in the end, whatever comes in between: a crash, a reader, a full disk."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from core import closing
from core.privacy import erasure
from core.settings import settings
from core.store import reading, transaction
from core.trust import keys, readiness, verifying
from db import engine, leftovers, migrate
from pages.server import lifespan
from tests.helpers import aside, boxes, leaks

COPY = "glas.db.0001.backup"


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture
def published(town, database):
    """Give the town with a published round and a copy of its database; and the moment when objections are over."""
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01", "p02"])
    at = boxes.end_voting(town.round.id)
    boxes.until_count(town, town.round.id, at)
    boxes.count(town, town.round.id, at)
    boxes.publish(town, town.round.id, at)
    lifespan.finish()
    migrate._back_up(engine.engine(), "0001")
    return town, at + timedelta(days=40)


def anonymise(town, at):
    with transaction() as session:
        closing.anonymise(session, town.organiser, town.round.id, at=at)
    closing.finish(reading)


def traces(round_id, secrets):
    """Return what still leads to people: keys, copies, rows, and what SQLite's files hold."""
    folder = settings().data_dir
    found = {name for name in ("link", "count", "published") if (settings().key_dir / str(round_id) / name).exists()}
    found |= {each.name for each in folder.glob("*.backup")}
    found |= {place for place, _ in leaks.find(leaks.files(folder), secrets)}
    return found | ({"lookup"} if boxes.rows("SELECT 1 FROM slot WHERE lookup IS NOT NULL") else set())


def lookups():
    return {f"lookup {number}": bytes(row.lookup) for number, row in enumerate(boxes.rows("SELECT lookup FROM slot"))}


def crash(*_args, **_more):
    raise Crash


def crash_second(real):
    """Return a function that does its work once, and crashes when it is called again."""
    calls = []

    def work(*args):
        if calls:
            raise Crash
        calls.append(args)
        return real(*args)

    return work


POINTS = {
    "before the keys are destroyed": (keys, "forget_people", lambda _: crash),
    "between two keys": (keys, "_destroy", crash_second),
    "before the copies go": (migrate, "forget_copies", lambda _: crash),
    "before the files are cleared": (leftovers, "scrub", lambda _: crash),
    "before it is marked": (keys, "remember", lambda _: crash),
}


@pytest.mark.parametrize("point", POINTS)
def test_what_a_crash_breaks_off_is_finished_at_the_next_start(published, monkeypatch, point):
    town, at = published
    secrets = lookups()
    where, name, how = POINTS[point]
    with monkeypatch.context() as patch:
        patch.setattr(where, name, how(getattr(where, name)))
        with pytest.raises(Crash):
            anonymise(town, at)
    # The control: but for the last point something is still there, and nothing is called finished.
    assert traces(town.round.id, secrets) or point == "before it is marked" or "sqlite" not in str(engine.engine().url)
    assert not keys.remembered(town.round.id, "finished").startswith("anonymous")

    lifespan.finish()

    assert traces(town.round.id, secrets) == set()
    assert keys.remembered(town.round.id, "finished").startswith("anonymous")


@pytest.mark.parametrize("trouble", ["scrub", "copies", "key", "mark"])
def test_what_does_not_succeed_is_done_again(published, monkeypatch, trouble):
    town, at = published
    secrets = lookups()

    def refuse(*_):
        raise PermissionError

    def unlink(path, real=Path.unlink, **more):
        return refuse() if path.name == COPY else real(path, **more)

    with monkeypatch.context() as patch:
        if trouble == "scrub":
            patch.setattr(leftovers, "scrub", lambda *_: False)
        elif trouble == "copies":
            patch.setattr(Path, "unlink", unlink)
        elif trouble == "mark":
            patch.setattr(keys, "remember", refuse)
        with transaction() as session:
            closing.anonymise(session, town.organiser, town.round.id, at=at)
        if trouble == "key":
            keys.link_key(town.round.id)
            patch.setattr(keys, "_destroy", refuse)
        assert closing.finish(reading) is (trouble == "copies" and "postgresql" in str(engine.engine().url))

    assert closing.finish(reading) is True
    assert traces(town.round.id, secrets) == set()


def test_what_is_finished_is_not_done_again(published, monkeypatch):
    town, at = published
    anonymise(town, at)
    for name in ("scrub", "compact"):
        monkeypatch.setattr(leftovers, name, crash)

    lifespan.finish()

    assert closing.finish(reading) is True


def test_a_key_that_is_there_again_goes_again(published):
    town, at = published
    anonymise(town, at)
    keys.link_key(town.round.id)

    lifespan.finish()

    assert not keys.has_link_key(town.round.id)


def test_a_round_that_is_closed_anew_is_finished_anew(published, monkeypatch):
    # Such as one from a backup, which was closed later than the mark says.
    town, _ = published
    called = []
    monkeypatch.setattr(leftovers, "compact", lambda *names: called.append(names) or True)
    with transaction() as session:
        boxes.run(session, "UPDATE round SET closed_at = published_at WHERE id = :id", id=town.round.id)

    lifespan.finish()
    lifespan.finish()

    assert len(called) == 1


def test_the_mark_is_in_nobodys_way(published):
    town, at = published
    anonymise(town, at)

    keys.check_folder()
    with reading() as session:
        verifying.refuse_stale(session)
        assert readiness.resting(session) == ()
    keys.forget_round(town.round.id)
    assert not (settings().key_dir / str(town.round.id)).exists()


def test_a_round_in_voting_keeps_its_keys_and_its_copies(town, database):
    for voter in boxes.people(town, 3):
        boxes.cast(town, voter, ["p01"])
    migrate._back_up(engine.engine(), "0001")

    lifespan.finish()

    assert keys.has_link_key(town.round.id) and keys.has_count_key(town.round.id)
    assert (settings().data_dir / COPY).exists() == database.startswith("sqlite")


def test_the_house_is_kept_at_the_start_and_then_every_minute(monkeypatch):
    done = []
    monkeypatch.setattr(erasure, "settle", lambda: done.append("settle"))
    for name in ("carry_out", "keep_checkpoints", "finish", "keep_seen"):
        monkeypatch.setattr(lifespan, name, lambda name=name: done.append(name))
    monkeypatch.setattr(lifespan, "MINUTE", 0.01)

    async def two_rounds() -> None:
        keeping = asyncio.create_task(lifespan.keep_house())
        while len(done) < 7 and not keeping.done():
            await asyncio.sleep(0.001)
        keeping.cancel()

    aside.run(two_rounds())

    assert done[:6] == ["carry_out", "settle", "keep_checkpoints", "finish", "keep_seen", "finish"]
    assert done.count("carry_out") == 1


# Copies from before a migration


@pytest.fixture
def copies(town, sqlite_database):
    """Give copies of the database, 13 and 15 days old, one that was broken off, and files that are none of ours."""
    folder = settings().data_dir
    for revision in ("0001", "0002"):
        migrate._back_up(engine.engine(), revision)
    ages = {COPY: 15, "glas.db.0002.backup": 13, ".glas.db.0003.draft": 15, "glas.db.mine.backup": 99, "other.db": 99}
    for name, days in ages.items():
        (folder / name).touch(mode=0o600)
        then = (town.at - timedelta(days=days)).timestamp()
        os.utime(folder / name, (then, then))
    return folder


def left(folder):
    return {each.name for each in folder.iterdir()} - {"glas.db", "glas.db-wal", "glas.db-shm"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_copy_goes_after_two_weeks(copies):
    lifespan.carry_out()

    assert left(copies) == {"glas.db.0002.backup", "glas.db.mine.backup", "other.db"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_all_copies_go_with_the_links_to_people(copies, town):
    with transaction() as session:
        row = "UPDATE round SET closed_at = published_at, anonymised_at = published_at WHERE id = :id"
        boxes.run(session, row, id=town.round.id)

    lifespan.finish()

    assert left(copies) == {"glas.db.mine.backup", "other.db"}
