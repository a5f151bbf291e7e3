"""Lines that were there before are chained by the migration and out of an old backup alike, and the triggers hold."""

import pytest
from alembic import command
from sqlalchemy import DateTime, MetaData, insert, text
from sqlalchemy.exc import DatabaseError

from core import journal, store
from core.operations import backups
from core.permissions import operator
from core.store import reading
from core.trust import journals
from db import engine, tables
from tests.db.test_text_columns import AT, before, empty, go_to
from tests.helpers.worlds import Town

__all__ = ["empty"]


def more_lines(made) -> MetaData:
    """Fill an empty database as version 0006 knew it, with lines of two municipalities in turns."""
    known = before(made)
    town, lines = known.tables["municipality"], known.tables["journal"]
    with made.begin() as connection:
        row = dict(connection.execute(town.select()).mappings().one())
        connection.execute(insert(town), row | {"id": 2, "slug": "other"})
        for each in range(2, 7):
            connection.execute(insert(lines), {
                "id": each, "municipality_id": 1 + each % 2, "round_id": None, "at": AT, "role": "organiser",
                "pseudonym": "p", "action": "tested", "facts": {"дума": each, "b": [1, None, 0.1]},
            })  # fmt: skip
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('journal', 'id'), 10)"))
    return known


def see_the_chain() -> None:
    with reading() as session:
        found = {town: list(journal.lines(session, town)) for town in (1, 2)}
        assert journals.faults(session) == ()
    assert [[line.number for line in lines] for lines in found.values()] == [[1, 2, 3, 4], [1, 2]]
    assert all(line.whole for lines in found.values() for line in lines)
    with store.transaction() as session:
        journal.write(session, operator(1), "tested", municipality_id=1, at=AT)
    with reading() as session:
        assert journal.head(session, 1)[0] == 5 and journals.faults(session) == ()
    for change in ("UPDATE journal SET action = 'nothing'", "DELETE FROM journal"):
        with pytest.raises(DatabaseError), engine.engine().begin() as connection:
            connection.execute(text(change))


def test_lines_that_were_there_are_chained_and_cannot_be_changed(empty):
    more_lines(empty[0])
    with engine.use(empty[0].url.render_as_string(hide_password=False)):
        store.upgrade()
        see_the_chain()


def test_lines_of_an_old_backup_are_chained(empty, tmp_path, monkeypatch):
    known = more_lines(empty[0])
    for table in known.tables.values():
        for column in table.c:
            if isinstance(column.type, DateTime):
                column.type = tables.Moment()
    known.remove(known.tables["alembic_version"])
    kept = tmp_path / "old.tar.gz"
    old_one = engine.use(empty[0].url.render_as_string(hide_password=False))
    with old_one, monkeypatch.context() as old, engine.reading() as session:
        old.setattr(tables, "metadata", known)
        assert backups.write(session, kept, at=AT).revision == "0006"

    with engine.use(empty[1].url.render_as_string(hide_password=False)):
        backups.restore(kept)
        see_the_chain()


def test_a_new_backup_keeps_the_chain(town: Town, tmp_path, database):
    for _ in range(3):
        with store.transaction() as session:
            journal.write(session, town.organiser, "tested", round_id=town.round.id, at=town.at)
    with engine.reading() as session:
        backups.write(session, tmp_path / "kept.tar.gz", at=AT)
        head = journal.head(session, town.municipality.id)
    with engine.use(f"sqlite:///{tmp_path}/again/glas.db"):
        backups.restore(tmp_path / "kept.tar.gz")
        with reading() as session:
            assert journal.head(session, town.municipality.id) == head and journals.faults(session) == ()


def test_taking_it_back_and_forth_gives_the_same_chain(empty):
    more_lines(empty[0])
    with engine.use(empty[0].url.render_as_string(hide_password=False)) as made:
        store.upgrade()
        with reading() as session:
            head = journal.head(session, 1)
        with made.connect() as connection, connection.begin():
            go_to(connection, "0008", command.downgrade)
        store.upgrade()
        with reading() as session:
            assert journal.head(session, 1) == head
        see_the_chain()
