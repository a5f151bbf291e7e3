"""A server that could not keep its promises does not start, and says why."""

import argparse

import pytest
from sqlalchemy import text

from core.errors import KeyMissing, LinkRefused, RehearsalMissing, SettingWrong
from core.settings import settings
from core.store import reading, transaction
from core.trust import keys, readiness, slots
from db import engine, files, tables
from pages.commands import serve
from pages.parts import i18n, refusals
from tests.helpers import boxes, voted


def refused() -> SettingWrong | None:
    """Return why the server does not start, None if it does."""
    try:
        with reading() as session:
            readiness.refuse_unsafe(session)
    except SettingWrong as refusal:
        return refusal
    return None


@pytest.mark.parametrize("name", ["", "log", "pepper", "1", "1/link", "1/count"])
@pytest.mark.parametrize("rights", [0o040, 0o004, 0o010])
def test_keys_that_others_can_read_are_refused(sqlite_database, at, name, rights):
    keys.log_key(), keys.pepper(), keys.link_key(1), keys.make_count_key(1)
    assert refused() is None
    path = settings().key_dir / name
    path.chmod(path.stat().st_mode | rights)

    refusal = refused()

    assert refusal is not None and (refusal.name, refusal.problem) == ("GLAS_KEY_DIR", "open_to_others")
    assert "chmod" in refusals.sentence(refusal)


def test_a_database_that_forgets_in_a_power_cut_is_refused(town, database, monkeypatch):
    # The PostgreSQL of the tests runs without fsync.
    forgetful = database.startswith("postgresql")

    refusal = refused()

    assert (refusal is not None) == forgetful
    if refusal is not None:
        assert refusal.problem == "not_durable" and "fsync" in refusals.sentence(refusal)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "fuse.sshfs"])
@pytest.mark.parametrize("language", ["bg", "en"])
def test_sqlite_in_a_shared_folder_is_refused_with_what_to_do(
    sqlite_database, at, monkeypatch, tmp_path, kind, language
):
    assert refused() is None
    mounts = tmp_path / "mounts"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 / {tmp_path}/data rw - {kind} there rw\n")
    monkeypatch.setattr(files, "MOUNTS", mounts)

    refusal = refused()

    assert refusal is not None and (refusal.name, refusal.problem) == ("GLAS_DATABASE_URL", "network")
    i18n.use(language)
    assert "NFS, SMB" in refusals.sentence(refusal) and "PostgreSQL" in refusals.sentence(refusal)


@pytest.mark.parametrize("language", ["bg", "en"])
def test_a_sqlite_that_does_not_write_ahead_is_refused(sqlite_database, at, monkeypatch, language):
    with engine.engine().connect() as connection:
        connection.commit()
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA journal_mode = DELETE")
        cursor.close()
        connection.invalidate()
    # As on a file system that cannot share memory: WAL is asked for, and the answer is another one.
    monkeypatch.setattr(engine, "_set_up_sqlite", lambda connection, _: setattr(connection, "isolation_level", None))
    engine.open_engine.cache_clear()
    engine._reader.cache_clear()
    with reading() as session:
        assert engine.unsafe_place(session) == "no_wal"
    with engine.use(settings().database_url):
        refusal = refused()
    engine.open_engine.cache_clear()
    engine._reader.cache_clear()

    assert refusal is not None and refusal.problem == "no_wal"
    i18n.use(language)
    assert "WAL" in refusals.sentence(refusal) and "PostgreSQL" in refusals.sentence(refusal)


def test_every_connection_waits_for_the_disk(town, database):
    # The PostgreSQL of the tests is configured not to.
    asked, wanted = ("PRAGMA synchronous", 2) if database.startswith("sqlite") else ("SHOW synchronous_commit", "on")
    with reading() as session:
        assert session.connection().exec_driver_sql(asked).scalar_one() == wanted


def test_control_without_asking_for_it_a_connection_does_not(postgres_database, monkeypatch):
    monkeypatch.setattr(engine, "_set_up_postgresql", lambda *_: None)
    other = f"{postgres_database}&application_name=control"
    with engine.use(other) as opened, reading() as session:
        assert session.connection().exec_driver_sql("SHOW synchronous_commit").scalar_one() == "off"
        session.close()
        opened.dispose()


def lose(name, town):
    """Take a key away, as when the key folder is lost and a new one is made."""
    path = settings().key_dir / {"log": "log", "link": f"{town.round.id}/link", "count": f"{town.round.id}/count"}[name]
    path.unlink()
    keys._cache.clear()


@pytest.mark.parametrize("name", ["link", "count", "log"])
def test_a_round_whose_key_is_lost_rests_and_is_named_at_the_start(town, name, monkeypatch, capsys):
    first, second = voted.voters(town, 2)
    # Two leaves, so that a checkpoint is signed.
    voted.cast(town, first, ["p01"], 0)
    voted.cast(town, first, ["p02"], 1)
    with reading() as session:
        assert readiness.resting(session) == ()
    lose(name, town)
    for voter, replaces in ((second, 0), (first, 2)):
        with pytest.raises(KeyMissing):
            voted.cast(town, voter, ["p03"], replaces)
    with reading() as session:
        assert readiness.resting(session) == (town.round.slug,)
    monkeypatch.setattr(readiness, "refuse_unsafe", lambda _: None)
    monkeypatch.setattr(serve, "taken", lambda _: False)
    monkeypatch.setattr(serve, "become_server", lambda _: None)

    serve.run(argparse.Namespace())

    told = capsys.readouterr().err
    assert f"“{town.round.slug}”" in told or f"„{town.round.slug}“" in told
    assert "--link" in told


def test_another_count_key_in_its_place_is_a_lost_one(town):
    (first, second) = voted.voters(town, 2)
    voted.cast(town, first, ["p01"], 0)
    lose("count", town)
    keys.make_count_key(town.round.id)

    with pytest.raises(KeyMissing):
        voted.cast(town, second, ["p01"], 0)


@pytest.mark.parametrize("running", [True, False])
def test_another_link_in_its_place_is_a_lost_one(town, running):
    (first, second) = voted.voters(town, 2)
    voted.cast(town, first, ["p01"], 0)
    path = settings().key_dir / str(town.round.id) / "link"
    kept = path.read_bytes()
    path.write_bytes(bytes(range(32)))
    if not running:
        keys._cache.clear()
        slots._right.clear()

        # Under the other link the first one would have not voted yet.
        for voter in (first, second):
            with pytest.raises(KeyMissing) as refusal:
                voted.cast(town, voter, ["p02"], 0)
            assert refusal.value.key == "link"
        with reading() as session:
            assert readiness.resting(session) == (town.round.slug,)
            # The right one is put back, and no other.
            with pytest.raises(LinkRefused):
                slots.put_back(session, town.round.id, bytes(32))
            slots.put_back(session, town.round.id, kept)
    # A server that runs goes on with the one it has begun with.
    assert voted.cast(town, first, ["p02"], 1).revision == 2
    assert voted.cast(town, second, ["p02"], 0)


def test_a_link_that_nobody_has_used_may_be_made_anew(town):
    with transaction() as session:
        readiness.prepare(session, town.round.id)
    lose("link", town)
    slots._right.clear()
    (first, second) = voted.voters(town, 2)

    voted.cast(town, first, ["p01"], 0)
    slots._right.clear()
    assert voted.cast(town, second, ["p01"], 0)


def test_a_round_from_before_gets_its_mark_with_the_next_ballot(town):
    first, second, third = voted.voters(town, 3)
    voted.cast(town, first, ["p01"], 0)
    with transaction() as session:
        session.connection().execute(text("DELETE FROM mark"))
    slots._right.clear()
    voted.cast(town, second, ["p01"], 0)
    lose("link", town)
    keys.link_key(town.round.id)

    with pytest.raises(KeyMissing):
        voted.cast(town, third, ["p01"], 0)


def test_control_without_the_mark_everybody_votes_twice(town, monkeypatch):
    (first,) = voted.voters(town, 1)
    voted.cast(town, first, ["p01"], 0)
    lose("link", town)
    keys.link_key(town.round.id)
    monkeypatch.setattr(slots, "mark_of", lambda *_: b"same")
    monkeypatch.setattr(slots, "mark", lambda *_: b"same")

    assert voted.cast(town, first, ["p01"], 0)


def test_control_without_the_check_a_ballot_is_taken_that_nobody_can_open(town, monkeypatch):
    (first, second) = voted.voters(town, 2)
    voted.cast(town, first, ["p01"], 0)
    lose("count", town)
    monkeypatch.setattr(readiness, "refuse_without_keys", lambda *_: None)

    assert voted.cast(town, second, ["p01"], 0)


def facts(round_id):
    (row,) = boxes.rows("SELECT count_public, origin FROM round WHERE id = :id", id=round_id)
    return row.count_public and bytes(row.count_public), row.origin


def prepare(round_id):
    with transaction() as session:
        readiness.prepare(session, round_id)


def test_a_round_gets_its_key_and_the_name_of_its_log_once(town):
    assert facts(town.round.id) == (None, None)

    prepare(town.round.id)

    made = facts(town.round.id)
    assert made == (bytes(keys.count_key(town.round.id).public_key), "127.0.0.1:8501/log/2026")
    prepare(town.round.id)
    assert facts(town.round.id) == made


@pytest.mark.parametrize("change", ["published_at = NULL", "imported = true"])
def test_a_draft_and_an_import_get_neither(town, change):
    boxes.change(f"UPDATE round SET {change} WHERE id = :id", id=town.round.id)

    prepare(town.round.id)

    assert facts(town.round.id) == (None, None) and not keys.has_count_key(town.round.id)


def test_no_second_key_is_made_where_ballots_lie_under_a_lost_one(town):
    boxes.cast(town, town.resident, ["p01"])
    lose("count", town)
    boxes.change("UPDATE round SET count_public = NULL WHERE id = :id", id=town.round.id)

    with pytest.raises(KeyMissing) as refusal:
        prepare(town.round.id)

    assert refusal.value.key == "count" and not keys.has_count_key(town.round.id)


def test_of_a_sealed_round_every_share_is_tried_first(town):
    round_ = boxes.round_in_voting(town, visibility="sealed")

    def missing():
        try:
            with reading() as session:
                readiness.refuse_unrehearsed(session.connection(), round_.id)
        except RehearsalMissing as refusal:
            return refusal.seats
        return ()

    boxes.change("UPDATE round SET count_public = :key WHERE id = :id", key=bytes(32), id=round_.id)
    assert missing() == (1, 2, 3)
    for seat, left in ((2, (1, 3)), (1, (3,)), (3, ())):
        with transaction() as session:
            session.add(tables.CommissionMember(round_id=round_.id, seat=seat, name=f"{seat}", rehearsed_at=town.at))
        assert missing() == left
    # Tried shares of a key that was given up are worth nothing.
    boxes.change("UPDATE round SET count_public = NULL WHERE id = :id", id=round_.id)
    assert missing() == (1, 2, 3)
    with pytest.raises(RehearsalMissing):
        prepare(round_.id)


@pytest.mark.parametrize(("name", "told"), [("count", "count"), ("log", "log")])
def test_without_a_key_of_its_own_a_round_takes_nothing(town, name, told):
    def ask():
        with reading() as session:
            readiness.refuse_without_keys(session.connection(), town.round.id)

    # Two leaves, so that a checkpoint is signed.
    boxes.cast(town, town.resident, ["p01"])
    boxes.cast(town, town.resident, ["p02"], 1)
    ask()
    lose(name, town)

    with pytest.raises(KeyMissing) as refusal:
        ask()

    assert refusal.value.key == told


@pytest.mark.parametrize("name", ["link", "count", "log"])
def test_only_the_round_whose_key_is_lost_rests(town, name):
    other = boxes.round_in_voting(town)
    for round_ in (town.round, other):
        boxes.cast(town, town.resident, ["p01"], round_=round_)
        boxes.cast(town, town.resident, ["p02"], 1, round_=round_, request_id=f"again-{round_.slug}")

    def rests():
        with reading() as session:
            return [readiness.refusal(session, each.id) is not None for each in (town.round, other)]

    assert rests() == [False, False]
    lose(name, town)
    # The log key is everybody's.
    assert rests() == [True, name == "log"]
