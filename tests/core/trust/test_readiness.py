"""A server that could not keep its promises does not start, and says why."""

import argparse

import pytest

from core.errors import KeyMissing, SettingWrong
from core.settings import settings
from core.store import reading
from core.trust import keys, readiness
from db import engine
from pages.commands import serve
from pages.parts import refusals
from tests.helpers import voted


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


def test_control_without_the_check_a_ballot_is_taken_that_nobody_can_open(town, monkeypatch):
    (first, second) = voted.voters(town, 2)
    voted.cast(town, first, ["p01"], 0)
    lose("count", town)
    monkeypatch.setattr(readiness, "refuse_without_keys", lambda *_: None)

    assert voted.cast(town, second, ["p01"], 0)
