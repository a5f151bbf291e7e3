"""Receipts: a number a voter can keep, say aloud and look up."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from nacl.exceptions import BadSignatureError
from sqlalchemy import Connection, text
from sqlmodel import Session

from core import letters
from core.letters import latin
from core.trust import keys, waiting
from core.trust.waiting import Box

WORDS = Path(__file__).with_name("words.txt")

SIGNED = b"glas/receipt1|"

_COMMITMENT = text("SELECT commitment FROM receipt WHERE round_id = :round_id AND number = :number")
_STATE = text(
    "SELECT pending_leaf.kind AS waits, leaf.kind, leaf.live, slot.id AS slot, round.counted_at FROM round"
    " LEFT JOIN pending_leaf ON pending_leaf.round_id = round.id AND pending_leaf.commitment = :commitment"
    " LEFT JOIN leaf ON leaf.round_id = round.id AND leaf.commitment = :commitment"
    " LEFT JOIN slot ON slot.round_id = round.id AND slot.commitment = :commitment WHERE round.id = :round_id"
)


# Letters of one shape in both alphabets: who switches the keyboard late has them mixed.


class ReceiptState(StrEnum):
    """What became of the ballot behind a receipt. `replaced`: or withdrawn; `withdrawn`: of a withdrawal itself.

    `counted` and `broken` – it was not what the board promised – are said after the count only.
    """

    accepted = "accepted"
    recorded = "recorded"
    counted = "counted"
    broken = "broken"
    replaced = "replaced"
    withdrawn = "withdrawn"
    not_found = "not_found"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The promise that a ballot counts, until `until` replaceable. It tells nothing of the choices.

    `round`: its slug. `commitment`: what will stand on the board, at latest at the close.
    """

    number: str
    revision: int
    request_id: str
    until: datetime
    round: str
    commitment: bytes

    @property
    def latin(self) -> str:
        """Return the number in Latin letters."""
        return in_latin(self.number)

    @property
    def signature(self) -> bytes:
        """Return the server's signature, made at this moment: read it only once the ballot is committed."""
        return keys.log_key().sign(signed_text(self.round, self.number, self.commitment)).signature


@cache
def words() -> tuple[str, ...]:
    """Return the 1,024 words of receipt numbers, in small Cyrillic letters."""
    return tuple(WORDS.read_text(encoding="utf-8").split())


def new_number() -> str:
    """Return a number drawn at random, like 47-KLEN-309-REKA in Cyrillic letters: one of 85 thousand million."""
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


def signed_text(slug: str, number: str, commitment: bytes) -> bytes:
    """Return what the signature of a receipt stands for."""
    fields = [slug, number, commitment.hex()]
    return SIGNED + json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def is_signed(slug: str, number: str, commitment: bytes, signature: bytes) -> bool:
    """Return whether this server has signed such a receipt."""
    try:
        keys.log_key().verify_key.verify(signed_text(slug, number, commitment), signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def commitment_of(session: Session, round_id: int, text: str) -> bytes | None:
    """Return what must stand on the board for a receipt number, None for a number that is none."""
    number = normal(text)
    if number is None:
        return None
    found = session.connection().execute(_COMMITMENT, {"round_id": round_id, "number": number}).scalar()
    if found is None:
        return waiting.opened(session.connection(), round_id).commitment_of(number)
    return bytes(found)


def by_commitment(session: Session, round_id: int, commitment: bytes) -> ReceiptState:
    """Return what became of the ballot behind a commitment, never what was in it."""
    found = session.connection().execute(_STATE, {"round_id": round_id, "commitment": commitment}).first()
    if found is None:
        return ReceiptState.not_found
    if found.waits is None and found.kind is None:
        waits = waiting.opened(session.connection(), round_id).of(commitment)
        return ReceiptState.accepted if waits else ReceiptState.not_found
    if found.waits is not None:
        return ReceiptState.accepted
    if found.live and found.counted_at is not None:
        return ReceiptState.counted
    if found.slot is None:
        return ReceiptState.replaced
    if found.kind == "withdraw":
        return ReceiptState.withdrawn
    return ReceiptState.recorded if found.counted_at is None else ReceiptState.broken


def is_free(connection: Connection, box: Box, number: str) -> bool:
    """Return whether nobody in this round has this number, in the box that is held or out of it."""
    if box.commitment_of(number) is not None:
        return False
    return connection.execute(_COMMITMENT, {"round_id": box.round_id, "number": number}).first() is None


@cache
def _by_spelling() -> dict[str, str]:
    return {spelling: word for word in words() for spelling in (word, latin(word))}


def _known(text: str) -> str | None:
    """Return the word that is meant, also where letters of the same shape come from the other alphabet."""
    known = _by_spelling()
    return next((known[one] for one in letters.either(text) if one in known), None)
