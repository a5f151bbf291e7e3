"""The newest signed checkpoint lies beside the keys, or an older database could be put in the place of this one."""

import time
from threading import Event, Thread

import pytest

from core import trust
from core.errors import LogRolledBack
from core.operations import backups
from core.store import reading, transaction
from core.trust import Log, _logs, checkpoints, keys, verifying
from core.trust.checkpoints import Checkpoint
from db import engine
from pages.server import lifespan
from tests.helpers import boxes, voted


class Crash(BaseException):
    """The process ends here."""


@pytest.fixture
def behind(town, monkeypatch, tmp_path):
    """Give a closed round whose last checkpoint a crash has kept from the keys, and a backup from before the close."""
    boxes.change("UPDATE round SET tally_step = 2 WHERE id = :id", id=town.round.id)
    voted.vote(town, voted.voters(town, 5), again=0)
    with reading() as session:
        backups.write(session, tmp_path / "older.tar.gz", at=town.at)
    older = kept(town)
    at = boxes.end_voting(town.round.id)

    def crash(*_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(_logs, "keep", crash)
        with pytest.raises(Crash):
            boxes.close(town, town.round.id, at)
    assert (kept(town), sizes(town)) == (older, [4, 5])
    return town


def kept(town):
    return keys.remembered(town.round.id, "checkpoint")


def sizes(town):
    return [row.size for row in boxes.rows("SELECT size FROM checkpoint WHERE round_id = :id ORDER BY size",
                                           id=town.round.id)]  # fmt: skip


def catch_up():
    with reading() as session:
        return verifying.catch_up(session)


def started_with(file, folder):
    """Start on a database that is restored from this backup."""
    with engine.use(f"sqlite:///{folder / 'elsewhere.db'}") as opened:
        backups.restore(file)
        trust.forget()
        with reading() as session:
            verifying.refuse_stale(session)
        opened.dispose()


def test_what_a_crash_kept_from_the_keys_is_kept_at_the_next_start(behind, tmp_path):
    # The control: until then the database from before the close would do.
    started_with(tmp_path / "older.tar.gz", tmp_path)
    (tmp_path / "elsewhere.db").unlink()

    lifespan.keep_checkpoints()

    assert kept(behind) == voted.root(behind)
    with pytest.raises(LogRolledBack):
        started_with(tmp_path / "older.tar.gz", tmp_path)
    assert catch_up() == ()


def test_where_none_is_kept_the_newest_is(behind):
    keys.checkpoint_file(behind.round.id).unlink()

    assert catch_up() == (behind.round.slug,)

    assert kept(behind) == voted.root(behind)


def test_an_older_one_takes_the_place_of_no_newer_one(behind):
    catch_up()
    newest = kept(behind)
    boxes.change("DELETE FROM checkpoint WHERE size = 5")
    boxes.change("DELETE FROM leaf WHERE position = 4")
    trust.forget()

    assert catch_up() == ()

    assert kept(behind) == newest
    with reading() as session, pytest.raises(LogRolledBack):
        verifying.refuse_stale(session)


def test_nothing_is_kept_of_a_log_that_does_not_agree(behind, caplog):
    (origin,) = boxes.rows("SELECT origin FROM round WHERE id = :id", id=behind.round.id)
    other = checkpoints.sign(Checkpoint(origin.origin, 3, bytes(32)), keys.log_key())
    keys.remember(behind.round.id, "checkpoint", other)

    assert catch_up() == ()

    assert kept(behind) == other
    assert behind.round.slug in caplog.text


def test_nothing_is_kept_of_leaves_that_were_changed(behind, caplog):
    older = kept(behind)
    boxes.change("UPDATE leaf SET kind = 'withdraw' WHERE position = 4")

    assert catch_up() == ()

    assert kept(behind) == older
    assert behind.round.slug in caplog.text


def test_the_log_of_a_demo_is_not_kept(behind):
    boxes.change("UPDATE round SET demo = true")
    keys.checkpoint_file(behind.round.id).unlink()

    assert catch_up() == ()


def test_of_two_at_once_the_newer_one_stays(surroundings, monkeypatch):
    log, looked, real = Log("a", "a/log/a", demo=False), Event(), keys.remembered
    notes = {size: checkpoints.sign(made(size), keys.log_key()) for size in (2, 3)}

    def look(*asked):
        found = real(*asked)
        looked.set()
        time.sleep(0.3)
        return found

    monkeypatch.setattr(keys, "remembered", look)
    with keys.alone():
        late = Thread(target=trust.keep, args=(1, log, made(2), notes[2]))
        late.start()
        # Nobody may look before we are done, or what she writes would rest on what was there before.
        assert not looked.wait(0.3)
        keys.remember(1, "checkpoint", notes[3])
    late.join()

    assert real(1, "checkpoint") == notes[3]


def made(size):
    return Checkpoint("a/log/a", size, bytes(32))


def test_a_vote_that_is_going_on_is_no_reason_to_complain(town, caplog):
    boxes.change("UPDATE round SET tally_step = 1 WHERE id = :id", id=town.round.id)
    voted.vote(town, voted.voters(town, 2), again=0)
    with transaction() as session:
        assert verifying.catch_up(session) == ()
    assert kept(town) == voted.root(town) and caplog.text == ""


def test_only_the_round_whose_board_was_changed_is_broken(town):
    other = boxes.round_in_voting(town)
    for round_ in (town.round, other):
        for replaces, choice in enumerate(("p01", "p02")):
            boxes.cast(
                town, town.resident, [choice], replaces, round_=round_, request_id=f"{round_.slug}-request-{replaces}"
            )

    def broken():
        with reading() as session:
            return verifying.broken(session)

    assert broken() == ()
    boxes.change("UPDATE leaf SET kind = 'withdraw' WHERE round_id = :id AND position = 0", id=other.id)
    assert broken() == ("other",)
