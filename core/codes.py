"""Participation codes: made in batches, shown once, used once. Who used which stands nowhere."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, func, select

from core import journal, letters, roll, rounds
from core.errors import CodeSpent, CodeUnknown, Invalid
from core.permissions import Action, Actor
from core.trust import keys
from db import tables

# 5 symbols to find a code by, 10 to prove it (49.5 bits), 1 to catch typing errors.
SELECTOR, VERIFIER = 5, 10
LENGTH = SELECTOR + VERIFIER + 1
MOST_IN_A_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes made together: how many, and how many of them have been used."""

    id: int
    label: str
    count: int
    used: int
    created_at: datetime


def make_batch(
    session: Session, organiser: Actor, round_id: int, label: str, count: int, *, at: datetime
) -> tuple[str, ...]:
    """Return new codes for a school or library. They are shown this once: only keyed digests are kept."""
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.make_codes, round_, at)
    label = " ".join(label.split())
    if not label:
        raise Invalid("label", "required")
    if len(label) > 80:
        raise Invalid("label", "too_long", limit=80)
    if not 1 <= count <= MOST_IN_A_BATCH:
        raise Invalid("count", "range", least=1, most=MOST_IN_A_BATCH)
    batch = tables.CodeBatch(
        round_id=round_id, label=label, size=count, made_by=organiser.pseudonym, created_at=at
    )  # fmt: skip
    session.add(batch)
    session.flush()
    made = _fresh(count)
    # Sorted by digest, so that the order of rows tells nothing about the order of slips.
    digests = sorted(digest(round_id, code) for code in made)
    batch_id = tables.id_of(batch)
    session.add_all(tables.Code(batch_id=batch_id, round_id=round_id, digest=each) for each in digests)
    journal.write(session, organiser, Action.make_codes, round_id=round_id, at=at, label=label, count=count)
    return tuple(letters.grouped(code, 5, 5, 6) for code in made)


def batches(session: Session, actor: Actor, round_id: int) -> tuple[Batch, ...]:
    """Return the batches of a round in the order in which they were made."""
    rounds.require(actor, Action.see_codes, rounds.get(session, actor, round_id), None)
    used = func.count(col(tables.Code.id)).filter(col(tables.Code.spent).is_(True))
    found = session.exec(
        select(tables.CodeBatch, used)
        .join(tables.Code, col(tables.Code.batch_id) == tables.CodeBatch.id, isouter=True)
        .where(tables.CodeBatch.round_id == round_id)
        .group_by(col(tables.CodeBatch.id))
        .order_by(col(tables.CodeBatch.id))
    )
    return tuple(Batch(tables.id_of(row), row.label, row.size, count, row.created_at) for row, count in found)


def enter(session: Session, actor: Actor, round_id: int, code: str, *, at: datetime) -> None:
    """Spend a code and put the actor on the roll. Who is on it already keeps her code for somebody else.

    Raises CodeUnknown (`typing` if the check symbol shows an error), CodeSpent, or what permissions refuse.
    """
    round_ = rounds.get(session, actor, round_id)
    rounds.require(actor, Action.enter_code, round_, at)
    if roll.on_roll(session, actor, round_id):
        return
    given = check(code)
    mine = col(tables.Code.round_id) == round_id, col(tables.Code.digest) == digest(round_id, given)
    spent: CursorResult[tuple[()]] = session.execute(  # type: ignore[assignment]
        update(tables.Code).where(*mine, col(tables.Code.spent).is_(False)).values(spent=True)
    )
    # One statement decides, so of two people with one code exactly one gets in.
    if spent.rowcount != 1:
        if session.exec(select(tables.Code.id).where(*mine)).first() is None:
            raise CodeUnknown
        raise CodeSpent
    roll.enrol(session, actor, round_id)


def check(code: str) -> str:
    """Return a code without spaces and dashes. Raises CodeUnknown(typing=True) where it cannot be one."""
    given = letters.plain(code)
    if len(given) != LENGTH or not letters.well_formed(given) or letters.check_symbol(given[:-1]) != given[-1]:
        raise CodeUnknown(typing=True)
    return given


def digest(round_id: int, code: str) -> bytes:
    """Return HMAC-SHA256(pepper, "code‖round‖code"): without the key the database cannot be searched for codes."""
    return hmac.digest(keys.pepper(), f"code‖{round_id}‖{code}".encode(), hashlib.sha256)


def _fresh(count: int) -> tuple[str, ...]:
    """Return `count` different codes."""
    made: dict[str, None] = {}
    while len(made) < count:
        body = letters.random_text(SELECTOR + VERIFIER)
        made[body + letters.check_symbol(body)] = None
    return tuple(made)
