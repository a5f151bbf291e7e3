"""The journal is a chain: what is altered, removed, swapped or put in is found, also where it was chained anew."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from core import chain, journal
from core.settings import settings
from core.store import reading, transaction
from core.trust import checkpoints, journals, keys, notes, readiness, voted_on
from db import engine, tables
from tests.helpers import boxes, voted
from tests.helpers.worlds import Town

FREE = {
    "sqlite": ("DROP TRIGGER journal_no_change", "DROP TRIGGER journal_no_removal"),
    "postgresql": ("SET LOCAL session_replication_role = replica",),
}


@pytest.fixture
def noted(town: Town) -> Town:
    """Give a town whose journal has lines, with a checkpoint after them and two lines since."""
    note(town, 5)
    first, second = voted.voters(town, 2)
    voted.cast(town, first, ["p01"], 0)
    voted.cast(town, second, ["p02"], 0)
    note(town, 2)
    with reading() as session:
        journals.keep(session)
    return town


def note(town: Town, times: int) -> None:
    for each in range(times):
        with transaction() as session:
            journal.write(session, town.organiser, "tested", round_id=town.round.id, at=town.at, each=each, word="Глас")


def tamper(*statements: str) -> None:
    """Do what somebody can who may write to the database and knows of the triggers."""
    with engine.engine().begin() as connection:
        for statement in (*FREE[connection.dialect.name], *statements):
            connection.execute(text(statement))


def chained_anew(town: Town) -> None:
    """Compute the chain of all lines again, as somebody can who has altered one."""
    with engine.engine().begin() as connection:
        for statement in FREE[connection.dialect.name]:
            connection.execute(text(statement.replace("TRIGGER", "TRIGGER IF EXISTS")))
        kept, former = tables.table_of(tables.Journal), chain.START
        own = kept.c.municipality_id == town.municipality.id
        for row in connection.execute(kept.select().where(own).order_by(kept.c.number)).all():
            former = chain.link(former, chain.content(row))
            connection.execute(kept.update().where(kept.c.id == row.id).values(hash=former))


def found() -> list[tuple[str, int]]:
    with reading() as session:
        return [(fault.problem, fault.number) for fault in journals.faults(session)]


def count() -> int:
    with reading() as session:
        return session.connection().execute(text("SELECT max(number) FROM journal")).scalar_one()


def test_the_form_of_a_line_is_as_it_is_documented():
    at = datetime(2026, 11, 30, 10, 0, 0, 7, tzinfo=UTC)
    line = chain.Line(1, chain.START, b"", 3, None, at, "organiser", "p", "tested", {"б": 1, "a": "ж"})

    told = (
        '{"action":"tested","at":"2026-11-30T10:00:00.000007Z","facts":{"a":"ж","б":1},"municipality":3,'
        '"number":1,"pseudonym":"p","role":"organiser","round":null}'
    )
    assert chain.content(line) == told.encode()
    assert (
        chain.link(chain.START, told.encode()).hex()
        == hashlib.sha256(b"glas/journal1\n" + bytes(32) + told.encode()).hexdigest()
    )


def test_an_untouched_journal_holds(noted: Town):
    assert found() == []
    with reading() as session:
        lines = list(journal.lines(session, noted.municipality.id))
        (head,) = journals.heads_of(session, noted.round.id)
        origin = session.get_one(tables.Round, noted.round.id).origin
    assert [line.number for line in lines] == list(range(1, count() + 1)) and all(line.whole for line in lines)
    opened = checkpoints.open_note(head, f"{origin}/journal", keys.log_key().verify_key)
    assert (opened.size, opened.root) == (lines[-3].number, lines[-3].hash)


@pytest.mark.parametrize("column", ["role", "pseudonym", "action", "at", "facts", "round_id"])
def test_an_altered_line_is_found(noted: Town, column: str):
    change = {
        "at": "at = '2026-01-01 00:00:00'", "facts": "facts = '{\"each\": 7, \"word\": \"Глас\"}'",
        "round_id": "round_id = NULL",
    }.get(column, f"{column} = 'auditor'")  # fmt: skip
    tamper(f"UPDATE journal SET {change} WHERE number = 3")

    assert found() == [("altered", 3)]


def test_a_removed_line_is_found(noted: Town):
    tamper("DELETE FROM journal WHERE number = 3")

    assert found() == [("missing", 3)]


def test_a_removed_line_whose_place_is_closed_is_found(noted: Town):
    tamper(
        "DELETE FROM journal WHERE number = 3",
        *(f"UPDATE journal SET number = {each} WHERE number = {each + 1}" for each in range(3, count())),
    )

    assert found() == [("altered", 3)]


def test_swapped_lines_are_found(noted: Town):
    tamper(*(f"UPDATE journal SET number = {new} WHERE number = {old}" for old, new in ((2, -1), (3, 2), (-1, 3))))

    assert found() == [("altered", 2)]


def test_an_inserted_line_is_found(noted: Town):
    last = count()
    with engine.engine().begin() as connection:
        kept = tables.table_of(tables.Journal)
        row = dict(connection.execute(kept.select().where(kept.c.number == 3)).mappings().one())
        connection.execute(kept.insert().values(**row | {"id": row["id"] + 1000, "number": last + 1}))

    assert found() == [("altered", last + 1)]


def test_lines_that_are_cut_off_are_found(noted: Town):
    last = count()
    tamper(f"DELETE FROM journal WHERE number = {last}")
    assert found() == [("behind", last)]

    # Down to before the checkpoint, which is found without what lies beside the keys.
    tamper_again = f"DELETE FROM journal WHERE number >= {last - 3}"
    (settings().key_dir / "journal" / str(noted.municipality.id)).unlink()
    with engine.engine().begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(FREE["postgresql"][0]))
        connection.execute(text(tamper_again))
    assert found() == [("behind", last - 3)]


@pytest.mark.parametrize("number", [2, -1])
def test_a_chain_that_was_computed_anew_is_found(noted: Town, number: int):
    number = number if number > 0 else count()
    tamper(f"UPDATE journal SET action = 'other' WHERE number = {number}")
    chained_anew(noted)

    # By the head beside the checkpoint; a line since then by the head beside the keys.
    assert found() == [("other_line", number if number > 2 else count() - 2)]


def test_control_without_signed_heads_a_chain_computed_anew_is_believed(noted: Town):
    tamper("UPDATE journal SET action = 'other' WHERE number = 2", "DELETE FROM journal_head", "DELETE FROM voted_on")
    (settings().key_dir / "journal" / str(noted.municipality.id)).unlink()
    chained_anew(noted)

    assert found() == []


def test_removed_heads_are_found_where_the_round_began_with_them(noted: Town):
    with reading() as session:
        (first,) = voted_on.told(session, noted.round.id)
        late = notes.sign(replace(first, facts={**first.facts, "ballots": 2}), keys.log_key())
    boxes.change("DELETE FROM journal_head")
    assert found() == [("headless", count())]
    with reading() as session:
        assert journals.headless(session, noted.round.id)

    # The control: of a round whose ballots were in before it had notes, nobody knows which heads there were.
    boxes.change("DELETE FROM voted_on")
    with transaction() as session:
        session.add(tables.VotedOn(round_id=noted.round.id, number=0, note=late))
    assert found() == []


def test_a_forged_head_is_found(noted: Town):
    tamper("UPDATE journal_head SET note = replace(note, 'journal', 'journal ')")

    assert found() == [("unsigned", 0)]


def test_what_is_kept_beside_the_keys_never_moves_onto_another_journal(noted: Town, caplog):
    before = keys.kept("journal", str(noted.municipality.id))
    tamper("UPDATE journal SET action = 'other' WHERE number = 2")
    chained_anew(noted)
    with reading() as session:
        journals.keep(session)
    assert keys.kept("journal", str(noted.municipality.id)) == before and "glas doctor" in caplog.text


def test_an_erased_person_changes_no_line(noted: Town):
    with transaction() as session:
        session.delete(session.get_one(tables.Person, noted.organiser.person_id))

    assert found() == []


def test_checkpoints_have_the_form_they_always_had(noted: Town):
    with reading() as session:
        readiness.prepare(session, noted.round.id)
        (note,) = session.connection().execute(text("SELECT note FROM checkpoint")).scalars()
    origin, size, _root, empty, signature = note.rstrip("\n").split("\n")
    assert (size, empty) == ("2", "") and signature.startswith(f"— {origin} ") and "journal" not in note


def test_facts_are_hashed_as_a_database_gives_them_back():
    assert (
        chain.canonical({"b": (1, 2), "a": {1: 0.1}})
        == json.dumps({"a": {"1": 0.1}, "b": [1, 2]}, separators=(",", ":")).encode()
    )


def test_the_head_is_signed_as_a_note_of_its_own_beside_a_checkpoint(noted: Town):
    with transaction() as session:
        size = session.connection().execute(text("SELECT max(size) FROM checkpoint")).scalar_one()
        before = journals.heads_of(session, noted.round.id)
        session.connection().execute(text("DELETE FROM journal_head WHERE size = :size"), {"size": size})
        made = checkpoints.Checkpoint("glas/test", size, bytes(32))
        note = journals.sign(session, noted.round.id, made)
        number, last = journal.head(session, noted.municipality.id)

        assert len(before) == len(journals.heads_of(session, noted.round.id))
        assert journals.heads_of(session, noted.round.id)[-1] == note
    assert note.splitlines()[:2] == ["glas/test" + chain.OF_HEAD, str(number)]
    assert base64.b64encode(last).decode() in note
