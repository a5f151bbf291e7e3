"""Receipts: a number a voter can keep, say aloud and look up."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from db.tables import Receipt as ReceiptRow
from db.tables import Slot, table_of

WORDS = Path(__file__).with_name("words.txt")

# The official transliteration (Transliteration Act, 2009), without its one exception for "България".
_LATIN = dict(zip("абвгдежзийклмнопрстуфхцчшщъьюя",
                  "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya".split(), strict=True))

_receipt, _slot = table_of(ReceiptRow), table_of(Slot)


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


def transliterate(word: str) -> str:
    """Return a small Cyrillic word in Latin letters, by the official system ("ия" at the end is "ia")."""
    if word.endswith("ия"):
        return transliterate(word[:-2]) + "ia"
    return "".join(_LATIN.get(letter, letter) for letter in word)


def new_number() -> str:
    """Return a number drawn at random, like 47-КЛЕН-309-РЕКА: one of 85 thousand million."""
    first, second = secrets.choice(words()), secrets.choice(words())
    return f"{10 + secrets.randbelow(90)}-{first.upper()}-{100 + secrets.randbelow(900)}-{second.upper()}"


def in_latin(number: str) -> str:
    """Return a receipt number in Latin letters, like 47-KLEN-309-REKA."""
    return "-".join(transliterate(part.lower()).upper() for part in number.split("-"))


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
    found = session.execute(
        select(_receipt.c.revision, _slot.c.revision, _slot.c.choices.is_(None))
        .join(_slot, _slot.c.id == _receipt.c.slot_id)
        .where(_receipt.c.round_id == round_id, _receipt.c.number == number)
    ).first()
    if found is None:
        return ReceiptState.not_found
    revision, current, empty = found
    # A withdrawal is a revision of its own: the receipt before it, and its own, speak of the withdrawn ballot.
    if empty and revision >= current - 1:
        return ReceiptState.withdrawn
    return ReceiptState.recorded if revision == current else ReceiptState.replaced


@cache
def _by_spelling() -> dict[str, str]:
    return {spelling: word for word in words() for spelling in (word, transliterate(word))}


def _known(text: str) -> str | None:
    return _by_spelling().get(text)
