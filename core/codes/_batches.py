"""Participation codes: made in batches by one person, released by a second, shown once, used once.

Who used which stands nowhere in the open: see `code_holders`.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, delete, func, select

from core import journal, letters, rounds
from core.codes import holders
from core.errors import (
    CodeNotReleased,
    CodeSpent,
    CodeStopped,
    CodeUnknown,
    GlasError,
    Invalid,
    Locked,
    NotEligible,
    NotFound,
    SamePerson,
)
from core.permissions import Action, Actor
from core.rounds import second_person
from core.trust import keys
from core.voting import roll
from db import tables

MOST_IN_A_BATCH = 5_000

# Of a batch for one person, or for a few, the number used would tell who has used hers.
LEAST_TOLD = 10


# 5 symbols to find a code by, 10 to prove it (49.5 bits), 1 to catch typing errors.
SELECTOR, VERIFIER = 5, 10

LENGTH = SELECTOR + VERIFIER + 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes made together: how many, and how many of them have been used; None of few, where that would tell of whom.

    `released`: a second person has agreed, before that none is taken. `mine`: the reader made them, so somebody else
    must agree. `reissued`: one code in place of another, which its release makes void. `forgotten`: the codes went when
    the round was anonymised, and with them how many had been used. `stopped`: its codes count no more, used or not.
    `lost`: until the release of one that stands in for another, the number of that slip; "" where it is not known.
    """

    id: int
    label: str
    count: int
    used: int | None
    created_at: datetime
    released: bool
    mine: bool
    reissued: bool
    forgotten: bool
    stopped: bool = False
    lost: str = ""

    @property
    def unused(self) -> int | None:
        """Return how many are left."""
        return None if self.used is None else self.count - self.used


def make_batch(
    session: Session, organiser: Actor, round_id: int, label: str, count: int, *, at: datetime
) -> tuple[str, ...]:
    """Return new codes for a school or library. They are told this once: only keyed digests are kept.

    They are good for nothing until a second person releases them. The first is on the slip with the number 1.
    """
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.make_codes, round_, at)
    label = " ".join(letters.trimmed(label).split())
    if not label:
        raise Invalid("label", "required")
    if len(label) > 80:
        raise Invalid("label", "too_long", limit=80)
    if not 1 <= count <= MOST_IN_A_BATCH:
        raise Invalid("count", "range", least=1, most=MOST_IN_A_BATCH)
    return write_batch(session, organiser, round_id, label, count, Action.make_codes, at=at)


def write_batch(
    session: Session, organiser: Actor, round_id: int, label: str, count: int, action: Action, *, at: datetime,
    replaces: bytes | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Return new codes and ask for their release; whoever calls this has asked whether the organiser may."""
    # Numbered by its line in the journal: a database that counts by itself gives the number of a discarded batch to the
    # next one, and on paper it stands for ever.
    batch_id = journal.write(session, organiser, action, round_id=round_id, at=at, label=label, count=count)
    session.add(tables.CodeBatch(
        id=batch_id, round_id=round_id, label=label, size=count, made_by=organiser.pseudonym, created_at=at,
        replaces=replaces,
    ))  # fmt: skip
    session.flush()
    made = fresh(count)
    numbered = ((digest(round_id, code), slip_digest(batch_id, place)) for place, code in enumerate(made, start=1))
    # Sorted by digest, so that the order of rows tells nothing about the order of slips.
    session.add_all(
        tables.Code(batch_id=batch_id, round_id=round_id, digest=each, slip=slip) for each, slip in sorted(numbered)
    )
    second_person.ask(session, organiser, round_id, Action.release_codes, at=at, reason=label, subject=str(batch_id))
    return tuple(letters.grouped(code, 5, 5, 6) for code in made)


def release(
    session: Session, organiser: Actor, round_id: int, batch_id: int, *, at: datetime, consent: str
) -> None:  # fmt: skip
    """Let the codes of a batch be used, as another person than made them, by the hash of the batch that was shown.

    Raises SamePerson, NotFound, ConsentDiffers.

    A code that stands in for a lost one makes that one void, with the ballot of whoever used it. Raises CodeReplaced
    if another has done so already, and CodeStopped if the batch of the lost one was stopped meanwhile.
    """
    rounds.require(organiser, Action.release_codes, rounds.get(session, organiser, round_id), at)
    row = batch(session, round_id, batch_id)
    if row.released_at is not None:
        return
    if row.made_by == organiser.pseudonym:
        raise SamePerson(action=Action.release_codes)
    second_person.agree(
        session, organiser, round_id, Action.release_codes, at=at, consent=consent, subject=str(batch_id)
    )  # fmt: skip
    if row.replaces is not None:
        holders.void(session, round_id, row.replaces)
    row.released_at, row.released_by = at, organiser.pseudonym
    session.flush()


def discard(session: Session, organiser: Actor, round_id: int, batch_id: int, *, at: datetime) -> None:
    """Remove a batch that nobody has released, for its slips went astray. Raises NotFound, or Locked once released."""
    rounds.require(organiser, Action.release_codes, rounds.get(session, organiser, round_id), at)
    row = batch(session, round_id, batch_id)
    if row.released_at is not None:
        raise Locked(what="codes", since=row.released_at)
    second_person.drop(session, organiser, round_id, Action.release_codes, at=at, subject=str(batch_id))
    session.exec(delete(tables.Code).where(col(tables.Code.batch_id) == batch_id))
    session.delete(row)
    session.flush()


def batches(session: Session, actor: Actor, round_id: int) -> tuple[Batch, ...]:
    """Return the batches of a round in the order in which they were made."""
    rounds.require(actor, Action.see_codes, rounds.get(session, actor, round_id), None)
    used = func.count(col(tables.Code.id)).filter(col(tables.Code.spent).is_(True))
    found = session.exec(
        select(tables.CodeBatch, used, func.count(col(tables.Code.id)))
        .join(tables.Code, col(tables.Code.batch_id) == tables.CodeBatch.id, isouter=True)
        .where(tables.CodeBatch.round_id == round_id)
        .group_by(col(tables.CodeBatch.id))
        .order_by(col(tables.CodeBatch.id))
    )
    return tuple(
        Batch(
            tables.id_of(row), row.label, row.size, _told(row, count, left), row.created_at,
            row.released_at is not None, row.made_by == actor.pseudonym, row.replaces is not None, not left,
            row.stopped_at is not None, _lost(session, row),
        )
        for row, count, left in found.all()
    )  # fmt: skip


def _lost(session: Session, row: tables.CodeBatch) -> str:
    """Return the number of the slip whose code this batch is to replace. Of it a hash is kept: all are tried."""
    if row.replaces is None or row.released_at is not None:
        return ""
    mine = tables.Code.round_id == row.round_id, tables.Code.digest == row.replaces
    found = session.exec(
        select(tables.CodeBatch.id, tables.CodeBatch.size, tables.Code.slip)
        .join(tables.Code, col(tables.Code.batch_id) == tables.CodeBatch.id)
        .where(*mine)
    ).first()
    batch_id, size, slip = found or (0, 0, None)
    places = range(1, size + 1) if slip and batch_id else ()
    return next((slip_number(batch_id or 0, one) for one in places if slip_digest(batch_id or 0, one) == slip), "")


def _told(row: tables.CodeBatch, used: int, left: int) -> int | None:
    """Return how many codes of a batch were used. Stopping spends all of them: of a stopped one nobody knows."""
    return used if row.size >= LEAST_TOLD and left and row.stopped_at is None else None


def enter(session: Session, actor: Actor, round_id: int, code: str, *, at: datetime) -> None:
    """Spend a code and put the actor on the roll. Who is on it already keeps her code for somebody else.

    Raises NotEligible by age; CodeUnknown (`typing` if the check symbol shows an error), CodeSpent, CodeNotReleased,
    or what permissions refuse. Pages use `code_desk.use`, which counts wrong tries.
    """
    round_ = rounds.get(session, actor, round_id)
    rounds.require(actor, Action.enter_code, round_, at)
    if roll.on_roll(session, actor, round_id):
        return
    if not roll.of_age(actor, round_):
        # Her code stays good for somebody else, and nothing is kept of the try.
        raise NotEligible(reason="age", age_min=round_.age_min, age_max=round_.age_max)
    key = digest(round_id, check(code))
    mine = col(tables.Code.round_id) == round_id, col(tables.Code.digest) == key
    released = select(tables.CodeBatch.id).where(col(tables.CodeBatch.released_at).is_not(None))
    fit = (*mine, col(tables.Code.spent).is_(False), col(tables.Code.batch_id).in_(released))
    holder = holders.sealed(session, actor, round_id, key)
    spent: CursorResult[tuple[()]] = session.execute(  # type: ignore[assignment]
        update(tables.Code).where(*fit).values(spent=True, holder=holder)
    )
    # One statement decides, so of two people with one code exactly one gets in.
    if spent.rowcount != 1:
        raise _refusal(session, mine)
    roll.enrol(session, actor, round_id)
    holders.mix_if_due(session, round_id)


def refuse_unusable(session: Session, round_id: int, code: str) -> None:
    """Raise CodeUnknown, CodeNotReleased or CodeStopped, but nothing of a code that was used."""
    mine = col(tables.Code.round_id) == round_id, col(tables.Code.digest) == digest(round_id, check(code))
    found = session.exec(
        select(tables.CodeBatch.released_at, tables.CodeBatch.stopped_at)
        .join(tables.Code, col(tables.Code.batch_id) == tables.CodeBatch.id)
        .where(*mine)
    ).first()
    if found is None:
        raise CodeUnknown
    released_at, stopped_at = found
    if stopped_at is not None:
        raise CodeStopped
    if released_at is None:
        raise CodeNotReleased


def _refusal(session: Session, mine: tuple[Any, ...]) -> GlasError:
    """Return why a code was not taken."""
    found = session.exec(
        select(tables.Code.spent, tables.CodeBatch.stopped_at)
        .join(tables.CodeBatch, col(tables.CodeBatch.id) == tables.Code.batch_id)
        .where(*mine)
    ).first()
    if found is None:
        return CodeUnknown()
    spent, stopped_at = found
    if stopped_at is not None:
        return CodeStopped()
    return CodeSpent() if spent else CodeNotReleased()


def batch(session: Session, round_id: int, batch_id: int) -> tables.CodeBatch:
    """Return the row of a batch, held until the transaction ends. Raises NotFound."""
    row = session.get(tables.CodeBatch, batch_id, with_for_update=True)
    if row is None or row.round_id != round_id:
        raise NotFound(thing="codes", key=batch_id)
    return row


def check(code: str) -> str:
    """Return a code without spaces and dashes. Raises CodeUnknown(typing=True) where it cannot be one."""
    given = letters.plain(code)
    if len(given) != LENGTH or not letters.well_formed(given) or letters.check_symbol(given[:-1]) != given[-1]:
        raise CodeUnknown(typing=True)
    return given


def digest(round_id: int, code: str) -> bytes:
    """Return HMAC-SHA256(pepper, "code‖round‖code"): without the key the database cannot be searched for codes."""
    return hmac.digest(keys.pepper(), f"code‖{round_id}‖{code}".encode(), hashlib.sha256)


def slip_digest(batch_id: int, place: int) -> bytes:
    """Return the keyed hash of a slip's number: without the key nobody finds the code that a school's list means."""
    return hmac.digest(keys.pepper(), f"slip‖{batch_id}‖{place}".encode(), hashlib.sha256)


def slip_number(batch_id: int, place: int) -> str:
    """Return the number that stands on the slip at this place of a batch, counted from 1: "12-345"."""
    return f"{batch_id}-{place}"


def batch_of(session: Session, organiser: Actor, round_id: int, code: str) -> int:
    """Return the batch that a code was made in, for who may see codes. Raises CodeUnknown."""
    rounds.require(organiser, Action.see_codes, rounds.get(session, organiser, round_id), None)
    mine = tables.Code.round_id == round_id, tables.Code.digest == digest(round_id, check(code))
    found = session.exec(select(tables.Code.batch_id).where(*mine)).first()
    if found is None:
        raise CodeUnknown
    return found


def fresh(count: int) -> tuple[str, ...]:
    """Return `count` different codes."""
    made: dict[str, None] = {}
    while len(made) < count:
        body = letters.random_text(SELECTOR + VERIFIER)
        made[body + letters.check_symbol(body)] = None
    return tuple(made)
