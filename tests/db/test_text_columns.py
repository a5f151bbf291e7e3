"""What people wrote in two columns a text lies in one by language, after a migration and out of an old backup alike."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, DateTime, Engine, MetaData, insert, text
from sqlalchemy.exc import DatabaseError

from core import ideas, journal, municipalities, rounds, store
from core.counting.allocation import canonical_input
from core.ideas import projects
from core.operations import backups
from core.permissions import OPERATOR
from core.tally import loading
from core.texts import Texts
from db import engine, migrate, tables
from tests.helpers import postgres, worlds

AT = datetime(2026, 1, 1, tzinfo=UTC)
EMPTY = {str: "", int: 0, bool: False, datetime: AT, date: AT.date()}
ROWS = (
    ("municipality", {"id": 1, "slug": "selo", "name_bg": "Село", "name_en": "Selo", "imprint_bg": "пл. 1",
                      "imprint_en": "", "language": "en"}),
    ("area", {"id": 1, "municipality_id": 1, "code": "c", "name_bg": "Център", "name_en": "Centre"}),
    ("category", {"id": 1, "municipality_id": 1, "code": "s", "name_bg": "Спорт", "name_en": "Sport"}),
    ("round", {"id": 1, "slug": "r", "municipality_id": 1, "title_bg": "Бюджет", "title_en": "Budget",
               "intro_bg": "Въведение", "intro_en": "Introduction", "eligible_source_bg": "НСИ",
               "eligible_source_en": "NSI", "published_at": AT}),
    ("idea", {"id": 1, "round_id": 1, "title": "Пейки", "title_en": "", "problem": "Няма", "problem_en": "None",
              "solution": "", "solution_en": "Ten", "status": "accepted"}),
    ("review", {"id": 1, "idea_id": 1, "verdict": "accepted", "reason": "Може", "reason_en": "It can be done"}),
    ("project", {"id": 1, "round_id": 1, "code": "p01", "title": "Пейки", "title_en": "Benches", "text": "Десет",
                 "text_en": "Ten"}),
    ("journal", {"id": 1, "municipality_id": 1, "round_id": 1, "role": "organiser", "action": "create_round"}),
)  # fmt: skip


def go_to(connection: Connection, revision: str, way=command.upgrade) -> None:
    config = migrate.Config()
    config.set_main_option("script_location", migrate.config().get_main_option("script_location") or "")
    config.attributes["connection"] = connection
    way(config, revision)


def before(made: Engine) -> MetaData:
    """Fill an empty database with a row a table as version 0006 knew them, and return its tables."""
    with made.connect() as connection, connection.begin():
        go_to(connection, "0006")
        known = MetaData()
        known.reflect(connection)
        for name, row in ROWS:
            needed = [each for each in known.tables[name].c if not each.nullable and each.name not in row]
            rest = {each.name: EMPTY.get(each.type.python_type, {}) for each in needed}
            connection.execute(insert(known.tables[name]), rest | row)
    return known


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Give two databases without any table."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path}/one/glas.db", f"sqlite:///{tmp_path}/other/glas.db"]
    else:
        server, stamp = request.getfixturevalue("postgres_server"), tmp_path.name
        urls = [postgres.create(server, f"{name}-{stamp}") for name in ("one", "other")]
    opened = [engine.open_engine(url) for url in urls]
    yield opened[0], opened[1]
    for each in opened:
        each.dispose()


def see_the_texts() -> None:
    """Look at every text through core, the way pages do."""
    with engine.reading() as session:
        town = municipalities.municipality(session, 1)
        assert (town.names, town.imprint) == (Texts(bg="Село", en="Selo"), Texts(bg="пл. 1"))
        assert (town.languages, town.language) == (("bg", "en"), "bg")
        assert (town.areas[0].names, town.categories[0].names) == (
            Texts(bg="Център", en="Centre"), Texts(bg="Спорт", en="Sport"),
        )  # fmt: skip
        round_ = rounds.get(session, OPERATOR, 1)
        assert round_.titles == Texts(bg="Бюджет", en="Budget")
        assert round_.intro == Texts(bg="Въведение", en="Introduction")
        assert round_.eligible_source == Texts(bg="НСИ", en="NSI")
        idea = ideas.idea(session, OPERATOR, 1)
        assert (idea.language, idea.title, idea.problem, idea.solution) == (
            "bg", Texts(bg="Пейки"), Texts(bg="Няма", en="None"), Texts(en="Ten"),
        )  # fmt: skip
        assert idea.review is not None and idea.review.reason == Texts(bg="Може", en="It can be done")
        (project,) = projects.projects(session, OPERATOR, 1)
        assert (project.title, project.text) == (Texts(bg="Пейки", en="Benches"), Texts(bg="Десет", en="Ten"))
        assert [line.action for line in journal.entries(session, OPERATOR, 1)] == ["create_round"]


def test_a_migration_takes_every_text_along(empty):
    before(empty[0])
    with engine.use(_address(empty[0])):
        store.upgrade()
        see_the_texts()


def test_the_journal_still_only_grows(empty):
    before(empty[0])
    with engine.use(_address(empty[0])) as made:
        store.upgrade()
        for change in ("UPDATE journal SET action = 'nothing'", "DELETE FROM journal"):
            with pytest.raises(DatabaseError), made.begin() as connection:
                connection.execute(text(change))


def test_an_old_backup_is_restored(empty, tmp_path, monkeypatch):
    known = before(empty[0])
    for table in known.tables.values():
        for column in table.c:
            if isinstance(column.type, DateTime):
                column.type = tables.Moment()
    known.remove(known.tables["alembic_version"])
    kept = tmp_path / "old.tar.gz"
    with engine.use(_address(empty[0])), monkeypatch.context() as old, engine.reading() as session:
        old.setattr(tables, "metadata", known)
        assert backups.write(session, kept, at=AT).revision == "0006"

    with engine.use(_address(empty[1])):
        assert backups.restore(kept).rows["idea"] == 1
        see_the_texts()


def test_it_can_be_taken_back(empty):
    before(empty[0])
    with engine.use(_address(empty[0])) as made:
        store.upgrade()
        with made.connect() as connection, connection.begin():
            go_to(connection, "0006", command.downgrade)
        with made.connect() as connection:
            asked = text("SELECT title, title_en, problem_en, solution FROM idea")
            assert connection.execute(asked).one() == ("Пейки", "", "None", "")
            asked = text("SELECT name_bg, name_en, imprint_bg FROM municipality")
            assert connection.execute(asked).one() == ("Село", "Selo", "пл. 1")


def test_words_stand_in_the_file_as_they_were_written(tmp_path):
    file = tmp_path / "glas.db"
    with engine.use(f"sqlite:///{file}") as made:
        before(made)
        store.upgrade()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT names FROM municipality").fetchone() == ('{"bg": "Село", "en": "Selo"}',)


def test_no_text_is_part_of_what_is_counted(town: worlds.Town):
    rounds_ = []
    for change in (
        None,
        "UPDATE project SET title = '{}', text = '{}'",
        "UPDATE round SET titles = '{}', intro = '{}'",
    ):
        with engine.engine().begin() as connection:
            connection.execute(text(change or "SELECT 1"))
        with store.reading() as session:
            seen = rounds.get(session, town.operator, town.round.id)
            instance, profile = loading.load_election(session, seen)
            rounds_.append(canonical_input(instance, profile, seen.rule, seen.rule_settings))

    assert rounds_[0] == rounds_[1] == rounds_[2] and b"p01" in rounds_[0]


def _address(made: Engine) -> str:
    return made.url.render_as_string(hide_password=False)
