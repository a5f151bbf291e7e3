"""A thief of the database, who knows who voted in which order, and her guesses at whose slot is whose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.permissions import Actor
from core.rounds import Round
from core.store import reading
from core.trust import waiting
from db import engine
from tests.helpers import boxes

# Where PostgreSQL keeps what could tell an order: four tables, what of them is long, and their indexes.
FILES = """
    WITH own AS (
        SELECT oid, reltoastrelid FROM pg_class
        WHERE relname IN ('slot', 'receipt', 'pending_leaf', 'waiting_box') AND relkind = 'r'
    ), data AS (SELECT oid FROM own UNION SELECT reltoastrelid FROM own WHERE reltoastrelid <> 0)
    SELECT pg_relation_filepath(oid) FROM data
    UNION SELECT pg_relation_filepath(indexrelid) FROM pg_index JOIN data ON indrelid = oid
"""


def tell(*statements: str) -> list[Any]:
    """Say something to the database outside of a transaction, and return the last answer if there is one."""
    with engine.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            answer = connection.exec_driver_sql(statement)
        return list(answer.all()) if answer.returns_rows else []


def in_boxes() -> list[waiting.Entry]:
    """Return what waits, a round's oldest first; the thief cannot read it, those who check her guesses can."""
    numbers = [row.round_id for row in boxes.rows("SELECT round_id FROM waiting_box")]
    with reading() as session:
        return [each for number in numbers for each in waiting.opened(session.connection(), number).entries]


def slot_of(round_: Round, voter: Actor) -> str:
    """Return the slot in which a person's ballot lies or is to lie."""
    with reading() as session:
        held = waiting.find(session.connection(), round_.id, voter.person_id or 0)
    assert held is not None
    return held.id


def contents(database: str) -> list[bytes]:
    """Return what lies in the database's files, its write-ahead log only on SQLite."""
    if database.startswith("sqlite"):
        file = Path(database.removeprefix("sqlite:///"))
        return [each.read_bytes() for each in sorted(file.parent.glob(file.name + "*"))]
    tell("CHECKPOINT")
    return [bytes(tell(f"SELECT pg_read_binary_file('{path}')")[0][0]) for (path,) in tell(FILES)]


def marks() -> dict[bytes, str]:
    """Return by what a slot is known again in a file: its name, its commitment, its receipt, the end of its ballot."""
    found = {}
    rows = boxes.rows("SELECT id, commitment, number, sealed FROM slot")
    for row in (*rows, *(each.held for each in in_boxes())):
        for mark in (row.id.encode(), bytes(row.commitment), row.number.encode(), bytes(row.sealed)[-32:]):
            found[mark] = row.id
    return found


def linked(order: Sequence[str], guess: Sequence[str], found: Sequence[Sequence[str]]) -> float:
    """Return the share of voters whose slot an attacker names who puts this guess into the known batches."""
    rank, hits, start = {name: number for number, name in enumerate(guess)}, 0, 0
    for batch in found:
        guessed = sorted(batch, key=lambda name: rank.get(name, len(rank)))
        hits += sum(one == other for one, other in zip(order[start : start + len(batch)], guessed, strict=True))
        start += len(batch)
    return hits / start
