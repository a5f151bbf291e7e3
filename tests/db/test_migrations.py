"""Migrations: one head, the model and nothing else, on both databases; never backwards, never without a copy."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import column, table, text
from sqlalchemy.exc import DatabaseError

from core import store
from core.errors import SchemaNewer
from db import engine, migrate, tables
from tests.helpers.worlds import Town

TOWN = {
    "slug": "selo", "name_bg": "Село", "name_en": "Selo", "contact_email": "", "imprint_bg": "", "imprint_en": "",
    "language": "bg", "timezone": "Europe/Sofia", "read_only": False, "demo": False,
    "created_at": "2026-01-01 00:00:00",
}  # fmt: skip


def test_there_is_one_head():
    assert len(ScriptDirectory.from_config(migrate.config()).get_heads()) == 1


def test_migrations_make_what_the_model_says(database: str):
    with engine.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})

        assert compare_metadata(context, tables.metadata) == []


def test_an_empty_database_gets_every_table(tmp_path: Path):
    with engine.use(f"sqlite:///{tmp_path}/new/glas.db") as made:
        assert store.upgrade() is None
        with made.connect() as connection:
            found = {
                name for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            }

    assert set(tables.metadata.tables) <= found


def test_a_second_upgrade_changes_nothing(database: str):
    assert store.upgrade() is None


def test_a_newer_schema_is_refused(database: str):
    with engine.engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(SchemaNewer) as refusal:
            store.upgrade()
    finally:
        # The PostgreSQL database serves other tests as well.
        with engine.engine().begin() as connection:
            head = ScriptDirectory.from_config(migrate.config()).get_current_head()
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})

    assert refusal.value.found == "9999"


def test_an_older_file_is_copied_before_it_is_migrated(tmp_path: Path):
    file = tmp_path / "glas.db"
    with engine.use(f"sqlite:///{file}") as made:
        with made.connect() as connection, connection.begin():
            _go_to(connection, "0001")
            connection.execute(table("municipality", *map(column, TOWN)).insert(), TOWN)
        copy = store.upgrade()

    assert copy == tmp_path / "glas.db.0001.backup"
    assert copy.stat().st_mode & 0o077 == 0
    with sqlite3.connect(copy) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert old.execute("SELECT slug FROM municipality").fetchall() == [("selo",)]


def test_every_migration_can_be_taken_back_on_an_empty_database(tmp_path: Path):
    with engine.use(f"sqlite:///{tmp_path}/glas.db") as made:
        store.upgrade()
        with made.connect() as connection, connection.begin():
            config = migrate.config()
            config.attributes["connection"] = connection
            command.downgrade(config, "base")
            del config.attributes["connection"]
        assert migrate.current(made) is None


@pytest.mark.parametrize("change", ["UPDATE journal SET action = 'nothing'", "DELETE FROM journal"])
def test_the_database_keeps_every_line_of_the_journal(town: Town, change: str):
    with pytest.raises(DatabaseError), engine.engine().begin() as connection:
        connection.execute(text(change))


def test_the_lines_of_a_demo_town_go_with_it(town: Town):
    with engine.engine().begin() as connection:
        connection.execute(text("UPDATE municipality SET demo = true"))
        connection.execute(text("DELETE FROM journal"))


def test_requests_without_a_hash_are_asked_for_anew_and_the_journal_keeps_its_triggers(tmp_path: Path):
    file = tmp_path / "glas.db"
    with engine.use(f"sqlite:///{file}") as made:
        with made.connect() as connection, connection.begin():
            _go_to(connection, "0007")
        # Past the engine, for which each request is of a round.
        with sqlite3.connect(file) as old:
            old.executemany(
                "INSERT INTO second_person (round_id, action, subject, asked_by, asked_at, reason)"
                " VALUES (1, ?, '7', 'p-1', '2026-01-01 00:00:00', '')",
                [("publish_round",), ("release_codes",)],
            )
        with made.connect() as connection, connection.begin():
            _go_to(connection, "0009")
            kept = connection.execute(text("SELECT action, lines, consent FROM second_person")).all()
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()

    assert kept == [("release_codes", "[]", "")]
    assert {"journal_no_change", "journal_no_removal"} <= set(names)


def _go_to(connection, revision: str) -> None:
    config = migrate.Config()
    config.set_main_option("script_location", migrate.config().get_main_option("script_location"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
