"""Ballots of an earlier Glas: opened where voting is over, refused where it is not, for they cannot be sealed now."""

import pytest
from alembic import command
from sqlalchemy import text

from core import store
from db import engine, migrate

TOWN = (
    "INSERT INTO municipality (id, slug, name_bg, name_en, contact_email, imprint_bg, imprint_en, language, timezone,"
    " read_only, demo, created_at) VALUES (1, 's', '', '', '', '', '', 'bg', 'UTC', 0, 0, '2026-01-01 00:00:00')"
)
SLOT = "INSERT INTO slot (id, round_id, lookup, revision, choices, request_id) VALUES (:id, 1, :id, 1, :choices, 'r')"


def old(tmp_path, until):
    """Write a database as version 0002 knew it, with two ballots and a withdrawal."""
    made = engine.open_engine(f"sqlite:///{tmp_path}/glas.db")
    with made.connect() as connection, connection.begin():
        config = migrate.Config()
        config.set_main_option("script_location", migrate.config().get_main_option("script_location"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(text(TOWN))
        columns = connection.exec_driver_sql("PRAGMA table_info(round)").all()
        row = {each.name: until if each.type == "DATETIME" else 0 for each in columns if each.notnull}
        row |= {"id": 1, "slug": "r", "municipality_id": 1, "age_on": "2026-01-01", "rule_settings": "{}"}
        names = ", ".join(row)
        connection.execute(text(f"INSERT INTO round ({names}) VALUES (:{', :'.join(row)})"), row)
        for name, choices in (("a", '["p1"]'), ("b", '["p2"]'), ("c", None)):
            connection.execute(text(SLOT), {"id": name, "choices": choices})
    return made


def test_where_voting_is_over_they_lie_in_the_open(tmp_path):
    made = old(tmp_path, "2026-01-02 00:00:00")
    with engine.use(str(made.url)):
        store.upgrade()
        with made.connect() as connection:
            assert sorted(connection.execute(text("SELECT choices FROM open_ballot")).scalars()) == ['["p1"]', '["p2"]']
            assert connection.execute(text("SELECT opened_at FROM round")).scalar() is not None
            assert connection.execute(text("SELECT count(*) FROM slot")).scalar() == 0


def test_where_it_is_not_the_upgrade_is_refused_and_nothing_has_changed(tmp_path):
    made = old(tmp_path, "2999-01-02 00:00:00")
    with engine.use(str(made.url)):
        with pytest.raises(RuntimeError):
            store.upgrade()
        assert migrate.current(made) == "0002"
        with made.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM slot")).scalar() == 3
