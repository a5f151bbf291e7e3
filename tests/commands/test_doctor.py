"""`glas doctor`: what is unsafe or missing is named with what to do, in both languages; what is good is not."""

from __future__ import annotations

import json
import re
import resource
import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from nacl.secret import SecretBox
from sqlalchemy import text

from core import clock, journal, store, trust
from core.operations import backups, doctor, machine
from core.operations.machine import Finding
from core.permissions import operator
from core.settings import settings
from core.trust import journals, keys, readiness, serving, slots
from db import engine, files, tables
from pages import terminal
from pages.commands import doctor as command
from pages.parts import i18n
from tests.helpers import voted, worlds
from tests.helpers.worlds import Town

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Give SQLite; what is other on PostgreSQL has tests of its own below."""
    return sqlite_database


@pytest.fixture
def healthy(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Give a real town in public, voted in, of which nothing is bad."""
    monkeypatch.setenv("GLAS_URL", "https://glas.example.org")
    monkeypatch.setenv("DEMO", "0")
    settings.cache_clear()
    first, second = voted.voters(town, 2)
    voted.cast(town, first, ["p01"], 0)
    voted.cast(town, second, ["p02"], 0)
    keys.pepper()
    with store.transaction() as session:
        for role in session.connection().execute(text("SELECT DISTINCT person_id FROM person_role")).scalars().all():
            session.add(tables.SecondStep(person_id=role, secret=sealed(), last_step=0, confirmed_at=town.at))
    backups.note_made(clock.now())
    with store.reading() as session:
        journals.keep(session)
    return town


def sealed() -> bytes:
    return bytes(SecretBox(keys.totp_key()).encrypt(bytes(20)))


def looked() -> tuple[Finding, ...]:
    return doctor.examine(store.reading, settings(), at=clock.now())


def bad() -> set[tuple[str, str]]:
    return {(each.name, each.problem) for each in looked() if each.bad}


def sql(*statements: str) -> None:
    with engine.engine().begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_healthy_server_is_told_so_and_nothing_is_changed(healthy: Town, capsys):
    before = sorted((str(path), path.stat().st_mtime_ns) for path in settings().key_dir.rglob("*"))
    for language, told in (("en", "Nothing bad was found."), ("bg", "Всичко е наред.")):
        i18n.use(language)
        assert command.run(terminal.parser().parse_args(["doctor"])) == 0
        said = capsys.readouterr().out
        assert told in said and "✗" not in said and "✓" in said
        assert not re.search(r"\{\w+\}", said)
    assert sorted((str(path), path.stat().st_mtime_ns) for path in settings().key_dir.rglob("*")) == before


def _older_copy(town: Town) -> None:
    (settings().key_dir / str(town.round.id) / "checkpoint").write_text("x\n9\ny\n\n")


def _swap(path: str):
    return lambda _town: (settings().key_dir / path).write_bytes(bytes(32))


ILLS = {
    ("key_folder", "open_to_others"): lambda _town: (settings().key_dir / "log").chmod(0o640),
    ("data_folder", "open_to_others"): lambda _town: (
        settings().data_dir.chmod(0o755), (settings().data_dir / "glas.db").chmod(0o644),
    ),
    ("round_keys", "rests"): lambda town: _swap(f"{town.round.id}/link")(town),
    ("round_keys", "totp"): _swap("totp"),
    ("round_keys", "no_log_key"): lambda _town: (settings().key_dir / "log").unlink(),
    ("boards", "broken"): lambda _town: sql("UPDATE leaf SET kind = 'withdraw' WHERE position = 0"),
    ("boards", "behind"): lambda _town: sql("DELETE FROM leaf WHERE position = 1"),
    ("journal", "altered"): lambda _town: sql(
        "DROP TRIGGER journal_no_change", "UPDATE journal SET action = 'other' WHERE number = 1"
    ),
    ("journal", "behind"): lambda _town: sql("DROP TRIGGER journal_no_removal", "DELETE FROM journal"),
    ("journal", "unsigned"): lambda _town: sql("UPDATE journal_head SET note = 'x'"),
    ("clocks", "behind"): lambda _town: _line_of_tomorrow(),
    ("town", "demo_accounts"): lambda _town: sql("UPDATE person SET demo = true WHERE nickname = 'resident'"),
    ("town", "demo_in_public"): lambda _town: sql("UPDATE municipality SET demo = true"),
    ("town", "no_contact"): lambda _town: sql("UPDATE municipality SET contact_email = ''"),
    ("staff", "alone"): lambda town: sql(f"DELETE FROM person WHERE id = {town.second_organiser.person_id}"),
    ("staff", "no_second_step"): lambda town: sql(
        f"UPDATE second_step SET confirmed_at = NULL WHERE person_id = {town.council.person_id}"
    ),
    ("backup", "never"): lambda _town: (settings().data_dir / "last-backup").unlink(),
    ("backup", "old_in_voting"): lambda _town: backups.note_made(clock.now() - timedelta(days=2)),
    ("overdue", "waits"): lambda _town: sql("UPDATE round SET keep_until = '2020-01-01 00:00:00'"),
    ("schema", "other"): lambda _town: sql("UPDATE alembic_version SET version_num = '0007'"),
}  # fmt: skip


def _line_of_tomorrow() -> None:
    with store.transaction() as session:
        at = clock.now() + timedelta(days=1)
        journal.write(session, operator(1), "tested", municipality_id=1, at=at)


@pytest.mark.parametrize("ill", ILLS, ids=" ".join)
def test_what_is_bad_is_found_and_told_in_both_languages(healthy: Town, ill, monkeypatch, capsys):
    assert bad() == set()
    ILLS[ill](healthy)
    keys._cache.clear()
    trust.forget()
    readiness._kept.clear()
    slots._right.clear()

    assert ill in bad()
    for language in ("bg", "en"):
        i18n.use(language)
        assert command.run(terminal.parser().parse_args(["doctor"])) == 1
        said = capsys.readouterr().out
        assert "✗" in said and not re.search(r"\{\w+\}", said)


def test_the_machine_is_looked_at(healthy: Town, monkeypatch, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / {tmp_path} rw - nfs4 there rw\n")
    monkeypatch.setattr(files, "MOUNTS", mounts)
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (1024, 1024))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10, 9, 1))

    assert {("key_folder", "network"), ("database", "network"), ("open_files", "few"), ("disk", "full")} <= bad()


def test_a_real_town_as_the_defaults_leave_it_is_told_what_is_missing(town: Town):
    assert {("town", "loopback"), ("town", "demo_setting"), ("staff", "no_second_step"), ("backup", "never")} <= bad()


def test_who_serves_is_told(healthy: Town):
    assert Finding("server", "stopped") in looked()
    serving.begin(clock.now())
    try:
        (found,) = (each for each in looked() if each.name == "server")
        assert found.facts["pid"] and not found.problem
    finally:
        serving.end()


def test_without_a_key_folder_or_a_database_it_says_so_and_makes_none(sqlite_database, monkeypatch, tmp_path):
    monkeypatch.setenv("GLAS_KEY_DIR", str(tmp_path / "nowhere"))
    settings.cache_clear()
    assert ("key_folder", "missing") in bad() and not (tmp_path / "nowhere").exists()
    assert ("town", "none") in {(each.name, each.problem) for each in looked()}

    monkeypatch.setenv("GLAS_DATABASE_URL", "postgresql://nobody@/none?host=/nowhere")
    settings.cache_clear()
    with engine.use("postgresql://nobody@/none?host=/nowhere"):
        assert ("schema", "unreachable") in bad()


def test_a_program_reads_json(healthy: Town, capsys):
    assert command.run(terminal.parser().parse_args(["doctor", "--json"])) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["good"] is True and {"name", "bad", "problem", "sentence"} == set(told["findings"][0])


@pytest.mark.postgres
def test_on_postgresql_the_disk_is_asked_for_and_the_chain_read(postgres_database, at):
    with store.transaction() as session:
        worlds.build(session, at)
    keys.log_key()
    found = {(each.name, each.problem) for each in looked()}
    # The PostgreSQL of the tests runs without fsync.
    assert {("database", "not_durable"), ("journal", ""), ("schema", ""), ("clocks", "")} <= found


def test_every_word_is_said_in_both_languages():
    facts = {
        "pid": 1, "host": "h", "since": None, "path": "p", "kind": "k", "keys": "k", "file": "f", "free": 1 << 30,
        "needed": 2, "found": 3, "known": "k", "seconds": 4, "last": None, "round": "r", "checkpoints": 5,
        "expected": 6, "lines": 7, "heads": 8, "town": "t", "number": 9, "url": "u", "count": 1, "made": None,
    }  # fmt: skip
    for name, problem in command.WORDS:
        said = set()
        for language in ("bg", "en"):
            i18n.use(language)
            said.add(command.sentence(Finding(name, problem, True, facts)))
        assert len(said) == 2 and not any("{" in each for each in said), (name, problem)
    assert machine.LEAST_FILES == 4_096
