"""Receipts: a number a voter can keep, say aloud and look up."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlmodel import Session

from core.latin import latin
from db.tables import Moment

WORDS = Path(__file__).with_name("words.txt")

_KEPT = (
    "SELECT receipt.number, receipt.revision, receipt.request_id, round.voting_until"
    " FROM receipt JOIN round ON round.id = receipt.round_id WHERE receipt.slot_id = :slot_id AND "
)
_OF_REQUEST = text(_KEPT + "receipt.request_id = :request_id").columns(voting_until=Moment)
_OF_REVISION = text(_KEPT + "receipt.revision = :revision").columns(voting_until=Moment)
_WRITE = text(
    "INSERT INTO receipt (round_id, number, slot_id, revision, request_id)"
    " VALUES (:round_id, :number, :slot_id, :revision, :request_id) ON CONFLICT DO NOTHING"
)
_STATE = text(
    "SELECT receipt.revision, slot.revision, slot.choices IS NULL FROM receipt JOIN slot ON slot.id = receipt.slot_id"
    " WHERE receipt.round_id = :round_id AND receipt.number = :number"
)


class ReceiptState(StrEnum):
    """What became of the ballot behind a receipt number."""

    accepted = "accepted"
    recorded = "recorded"
    replaced = "replaced"
    withdrawn = "withdrawn"
    not_found = "not_found"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The promise that a ballot counts, until `until` replaceable. It tells nothing of the choices."""

    number: str
    revision: int
    request_id: str
    until: datetime

    @property
    def latin(self) -> str:
        """Return the number in Latin letters."""
        return in_latin(self.number)


@cache
def words() -> tuple[str, ...]:
    """Return the 1,024 words of receipt numbers, in small Cyrillic letters."""
    return tuple(WORDS.read_text(encoding="utf-8").split())


def new_number() -> str:
    """Return a number drawn at random, like 47-КЛЕН-309-РЕКА: one of 85 thousand million."""
    first, second = secrets.choice(words()), secrets.choice(words())
    return f"{10 + secrets.randbelow(90)}-{first.upper()}-{100 + secrets.randbelow(900)}-{second.upper()}"


def in_latin(number: str) -> str:
    """Return a receipt number in Latin letters, like 47-KLEN-309-REKA."""
    return latin(number).upper()


def normal(text: str) -> str | None:
    """Return the number that `text` means – either alphabet, any case, spaces or dashes – or None if it is none."""
    parts = re.findall(r"\d+|[^\W\d_]+", text[:200].lower())
    if len(parts) != 4 or not (parts[0].isdecimal() and parts[2].isdecimal()):
        return None
    first, second = _known(parts[1]), _known(parts[3])
    if first is None or second is None:
        return None
    return f"{int(parts[0]):02}-{first.upper()}-{int(parts[2]):03}-{second.upper()}"


def look_up(session: Session, round_id: int, text: str) -> ReceiptState:
    """Return what became of the ballot behind a receipt number, never what was in it."""
    number = normal(text)
    if number is None:
        return ReceiptState.not_found
    found = session.connection().execute(_STATE, {"round_id": round_id, "number": number}).first()
    if found is None:
        return ReceiptState.not_found
    revision, current, empty = found
    # A withdrawal is a revision of its own: the receipt before it, and its own, speak of the withdrawn ballot.
    if empty and revision >= current - 1:
        return ReceiptState.withdrawn
    return ReceiptState.recorded if revision == current else ReceiptState.replaced


def write(connection: Connection, round_id: int, slot_id: str, revision: int, request_id: str) -> str:
    """Write down a new receipt and return its number, which no other receipt of the round has."""
    values = {"round_id": round_id, "slot_id": slot_id, "revision": revision, "request_id": request_id}
    while True:
        number = new_number()
        if connection.execute(_WRITE, {"number": number, **values}).rowcount == 1:
            return number


def of_request(connection: Connection, slot_id: str, request_id: str) -> Receipt | None:
    """Return the receipt that a request for this slot was given, None if it has not come."""
    return _kept(connection.execute(_OF_REQUEST, {"slot_id": slot_id, "request_id": request_id}).first())


def of_revision(connection: Connection, slot_id: str, revision: int) -> Receipt | None:
    """Return the receipt of one revision of a slot."""
    return _kept(connection.execute(_OF_REVISION, {"slot_id": slot_id, "revision": revision}).first())


def _kept(row: Row[Any] | None) -> Receipt | None:
    return None if row is None else Receipt(row.number, row.revision, row.request_id, row.voting_until)


@cache
def _by_spelling() -> dict[str, str]:
    return {spelling: word for word in words() for spelling in (word, latin(word))}


def _known(text: str) -> str | None:
    return _by_spelling().get(text)
