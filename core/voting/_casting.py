"""Voting: one person, one live ballot, replaceable until the close.

The order of a vote's statements is its guarantee. First the round is held, shared with other voters, and alone by who
closes it; then the box in which the last ballots wait, alone; then whether voting is open is read from the database's
clock, for one read before the lock, or by the clock of this process, could let a ballot in after the end. The slot's
revision is counted up by one, so that of a hundred submissions at once one wins; the same request gets the same
receipt, and an older one than what is there is refused. Ballot, receipt and the leaf that waits for the board are one
transaction. The receipt is signed only after its commit, which waits for the disk: what was acknowledged is not lost.

The person's own row is never touched: rows of one transaction could be told to belong together. A vote is a few plain
statements – everyone casts in the same minute – of which the day's count comes last, since all share that row.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.types import Boolean, Date
from sqlmodel import Session

from core.ballots import forms
from core.errors import BallotInvalid, BallotStale, Invalid, NotAllowed, NotFound, VotingClosed, VotingNotOpen
from core.permissions import Action, Actor, Role, require
from core.phases import Phase
from core.trust import board, keys, readiness, sealing, voted_on, waiting
from core.trust.commitments import Opening
from core.trust.slots import Held
from core.trust.waiting import Box
from core.voting import _pace, receipts, roll
from core.voting.receipts import Receipt
from db import engine, tables
from db.engine import database_now
from db.tables import Moment

# Plain statements and few of them: casting is the one thing that everyone does in the same minute.
_TERMS = (
    "SELECT id, slug, municipality_id, timezone, budget, ballot_type AS type, min_choices, max_choices, age_min,"
    " age_max, age_on, code_required, voting_from, voting_until, published_at, voided_at, imported, tally_step,"
    " count_public, closed_at FROM round WHERE id = :id"
)

_TYPES: dict[str, Any] = {
    "age_on": Date, "code_required": Boolean, "imported": Boolean, "voting_from": Moment, "voting_until": Moment,
    "published_at": Moment, "voided_at": Moment, "closed_at": Moment,
}  # fmt: skip

# Reading and locking at once: what holds is what the round says once the lock is had.
_TERMS_LOCKED = {
    "sqlite": text(_TERMS).columns(**_TYPES),
    "postgresql": text(_TERMS + " FOR SHARE").columns(**_TYPES),
}

_PROJECTS = text("SELECT code, cost, withdrawn_at IS NOT NULL AS withdrawn FROM project WHERE round_id = :id")

_COUNT_IN = text(
    "INSERT INTO turnout_day (round_id, day, ballots) VALUES (:id, :day, 1)"
    " ON CONFLICT (round_id, day) DO UPDATE SET ballots = turnout_day.ballots + 1"
).bindparams(bindparam("day", type_=Date))
# On the last day that has one left: no day may go below nothing, nor tell on which day that ballot had come.
_COUNT_OUT = text(
    "UPDATE turnout_day SET ballots = ballots - 1 WHERE round_id = :id AND day ="
    " (SELECT max(day) FROM turnout_day WHERE round_id = :id AND ballots > 0)"
)


_NAMED = text("SELECT slug, voting_from, voting_until, code_required FROM round WHERE id = :id").columns(
    voting_from=Moment, voting_until=Moment
)

_NONCE = re.compile(r"[0-9a-f]{64}")

_REQUEST = re.compile(r"[A-Za-z0-9_-]{8,64}")


_ROUND = text(
    "SELECT id, slug, tally_step, voting_until, closed_at, max_choices, count_public FROM round WHERE id = :id"
).columns(voting_until=tables.Moment())

_CODES = text("SELECT code FROM project WHERE round_id = :id")


@dataclass(frozen=True, slots=True)
class MyBallot:
    """The ballot in a voter's slot, for herself only; without choices once it is withdrawn.

    `code_gone`: it was not she who withdrew it; the code that she voted with was made void, and she needs another.
    `sealed`: she has voted, but nobody can read for what until the count. `withheld`: her account was opened with a
    one-time link while this round was being voted in, so it shows no choices.
    """

    revision: int
    choices: tuple[str, ...]
    receipt: Receipt
    withdrawn: bool = False
    code_gone: bool = False
    sealed: bool = False
    withheld: bool = False


def cast_ballot(
    session: Session,
    voter: Actor,
    round_id: int,
    choices: Sequence[str],
    *,
    at: datetime,  # noqa: ARG001 – whether voting is open is said by the database's clock, inside the lock
    request_id: str,
    replaces: int,
    nonce: str = "",
) -> Receipt:
    """Put the voter's ballot into her slot and return its receipt; the same request again gets the same receipt.

    `replaces`: the revision that the voter's page knew, 0 for none. Raises BallotStale if there is a newer one, so
    that a request which arrives late never undoes a later decision. `nonce`: 64 hexadecimal digits made by the
    voter's browser, so that no two voters can be handed one receipt. Raises NotSignedIn, NotAllowed,
    VotingNotOpen, VotingClosed, BallotInvalid. The receipt is signed when its signature is read: after the commit.
    """
    return _vote(session, voter, round_id, choices, request_id, replaces, nonce)


def withdraw_ballot(
    session: Session,
    voter: Actor,
    round_id: int,
    *,
    at: datetime,  # noqa: ARG001
    request_id: str,
    replaces: int,
    nonce: str = "",
) -> Receipt:
    """Empty the voter's slot and return a receipt for that. Raises NotFound if no ballot is in it."""
    return _vote(session, voter, round_id, None, request_id, replaces, nonce)


def my_ballot(session: Session, voter: Actor, round_id: int) -> MyBallot | None:
    """Return the voter's own ballot with its receipt; None if she has none or is not signed in."""
    held = _held(session, voter, round_id)
    return None if held is None else _mine(session, voter, round_id, held)


def my_ballots(session: Session, voter: Actor, round_ids: Iterable[int]) -> dict[int, MyBallot]:
    """Return the voter's own ballots by round, those of rounds whose keys are missing left out."""
    if voter.person_id is None:
        return {}
    found = waiting.find_in(session.connection(), round_ids, voter.person_id)
    return {round_id: _mine(session, voter, round_id, held) for round_id, held in found.items()}


def _mine(session: Session, voter: Actor, round_id: int, held: Held) -> MyBallot:
    named = session.connection().execute(_NAMED, {"id": round_id}).one()
    receipt = _receipt(named, held)
    if held.withdrawn:
        # Whoever withdraws it herself stays on the roll.
        code_gone = bool(named.code_required) and not roll.on_roll(session, voter, round_id)
        return MyBallot(held.revision, (), receipt, withdrawn=True, code_gone=code_gone)
    if voter.helped_at is not None and voter.helped_at >= named.voting_from:
        return MyBallot(held.revision, (), receipt, withheld=True)
    if not keys.has_count_key(round_id):
        return MyBallot(held.revision, (), receipt, sealed=True)
    opening = sealing.opened(held.sealed, keys.count_key(round_id))
    return MyBallot(held.revision, forms.from_text(opening.choices), receipt)


def receipt_of(session: Session, voter: Actor, round_id: int, request_id: str) -> Receipt | None:
    """Return the receipt of the voter's own newest request; None if no such request has arrived."""
    held = _held(session, voter, round_id)
    if held is None or held.request_id != request_id:
        return None
    return _receipt(session.connection().execute(_NAMED, {"id": round_id}).one(), held)


def _vote(
    session: Session, voter: Actor, round_id: int, choices: Sequence[str] | None, request_id: str, replaces: int,
    nonce: str,
) -> Receipt:  # fmt: skip
    require(voter, Action.cast_ballot, Phase.voting)
    person_id = voter.person_id
    if person_id is None or Role.resident not in voter.roles:
        raise NotAllowed(action=Action.cast_ballot, roles=tuple(sorted(voter.roles)))
    if not _REQUEST.fullmatch(request_id):
        raise Invalid("request_id", "format")
    if nonce and not _NONCE.fullmatch(nonce):
        raise Invalid("nonce", "format")
    session.flush()
    connection = session.connection()
    terms = _terms(session, voter, round_id)
    listed = connection.execute(_PROJECTS, {"id": round_id}).all()
    box = waiting.hold(connection, round_id)
    held = waiting.find(connection, round_id, person_id, box)
    if held and held.request_id == request_id:
        return _receipt(terms, held)
    now = _refuse_unless_open(session, terms)
    roll.require_eligible(connection, voter, terms)
    readiness.refuse_without_keys(connection, round_id)
    written = _written(terms, listed, held, choices)
    _refuse_unless_next(connection, round_id, held, replaces, now)
    codes = [row.code for row in listed]
    new = enveloped(connection, box, terms, codes, held, written, request_id, bytes.fromhex(nonce))
    waiting.put(connection, box, person_id, new, kind_of(held, new), terms.tally_step)
    board.batch_if_due(session, round_id, terms.tally_step)
    # Last, because all ballots of a day share this row.
    match kind_of(held, new):
        case "ballot":
            connection.execute(_COUNT_IN, {"id": round_id, "day": _day(now, terms.timezone)})
        case "withdraw":
            connection.execute(_COUNT_OUT, {"id": round_id})
    return _receipt(terms, new)


def kind_of(held: Held | None, new: Held) -> str:
    """Return what a leaf does to the box: puts a ballot in, replaces one or takes one out."""
    if new.withdrawn:
        return "withdraw"
    return "ballot" if held is None or held.withdrawn else "replace"


def enveloped(
    connection: Connection, box: Box, terms: Row[Any], codes: Iterable[str], held: Held | None, choices: str,
    request_id: str, browser: bytes = b"",
) -> Held:  # fmt: skip
    """Return what the slot is to hold, under a number that is free; no `choices`: a withdrawal.

    `box`: the one that is held. `codes`: of all projects, for the length to which it is padded. A withdrawal is sealed
    like a ballot: at the close it is opened too, or any slot could be said to be empty.
    """
    slot_id, revision = (held.id, held.revision + 1) if held else (secrets.token_hex(16), 1)
    room = sealing.room(terms.slug, codes, terms.max_choices)
    nonce = sealing.nonce(browser)
    number = next(each for each in iter(receipts.new_number, "") if receipts.is_free(connection, box, each))
    opening = Opening(terms.slug, slot_id, revision, nonce, number, choices)
    sealed = sealing.close(opening, terms.count_public, room)
    return Held(slot_id, revision, sealed, not choices, opening.commitment(), number, request_id)


def _receipt(terms: Row[Any], held: Held) -> Receipt:
    return Receipt(held.number, held.revision, held.request_id, terms.voting_until, terms.slug, held.commitment)


def _terms(session: Session, voter: Actor, round_id: int) -> Row[Any]:
    """Hold the round and return what it asks of a ballot. Raises NotFound where the voter may not know of it."""
    readiness.prepare(session, round_id)
    voted_on.fix(session, round_id, voter.municipality_id)
    connection = session.connection()
    terms = connection.execute(_TERMS_LOCKED[connection.dialect.name], {"id": round_id}).first()
    if terms is None or (terms.published_at is None or terms.municipality_id != voter.municipality_id):
        raise NotFound(thing="round", key=round_id)
    if terms.imported:
        raise NotAllowed(action=Action.cast_ballot, roles=tuple(sorted(voter.roles)))
    return terms


def _refuse_unless_open(session: Session, terms: Row[Any]) -> datetime:
    """Return the moment by the database's clock, read after the lock: nothing may come between it and the ballot."""
    now = database_now(session)
    if terms.voided_at is not None:
        raise VotingClosed(closed_at=terms.voided_at)
    if now < max(terms.voting_from, terms.published_at):
        raise VotingNotOpen(opens_at=terms.voting_from)
    # Once the closing has begun, no clock that goes wrong can let a ballot in.
    if now >= terms.voting_until or terms.closed_at is not None:
        raise VotingClosed(closed_at=terms.voting_until)
    return now


def _refuse_unless_next(
    connection: Connection, round_id: int, held: Held | None, replaces: int, now: datetime
) -> None:  # fmt: skip
    """Refuse a first ballot while nothing is fixed, and one that is older than what is there, or one too many."""
    if held is None:
        voted_on.require_fixed(connection, round_id)
    elif held.revision > replaces:
        raise BallotStale(revision=held.revision)
    else:
        _pace.take(held.id, now)


def _written(terms: Row[Any], listed: Sequence[Row[Any]], held: Held | None, choices: Sequence[str] | None) -> str:
    """Return the ballot as it is written; nothing for a withdrawal. Raises BallotInvalid, NotFound."""
    if choices is None:
        if held is None or held.withdrawn:
            raise NotFound(thing="ballot")
        return ""
    if gone := sorted(row.code for row in listed if row.withdrawn and row.code in choices):
        raise BallotInvalid(problem="withdrawn", codes=tuple(gone))
    return forms.to_text(forms.check(choices, terms, {row.code: row.cost for row in listed}, terms.budget))


def _held(session: Session, voter: Actor, round_id: int) -> Held | None:
    if voter.person_id is None:
        return None
    return waiting.find(session.connection(), round_id, voter.person_id)


def _day(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()


def void_slot(session: Session, round_id: int, person_id: int) -> bool:
    """Empty a person's slot as if she had withdrawn her ballot; False if there is none. Raises VotingClosed.

    The board tells a voided ballot from a withdrawn one no more than it tells whose it was.
    """
    connection = session.connection()
    engine.lock_round(session, round_id)
    box = waiting.hold(connection, round_id)
    held = waiting.find(connection, round_id, person_id, box)
    if held is None or held.withdrawn:
        return False
    terms = connection.execute(_ROUND, {"id": round_id}).one()
    if terms.closed_at is not None or engine.database_now(session) >= terms.voting_until:
        raise VotingClosed(closed_at=terms.voting_until)
    codes = connection.execute(_CODES, {"id": round_id}).scalars().all()
    new = enveloped(connection, box, terms, codes, held, "", secrets.token_hex(16))
    waiting.put(connection, box, person_id, new, kind_of(held, new), terms.tally_step)
    board.batch_if_due(session, round_id, terms.tally_step)
    connection.execute(_COUNT_OUT, {"id": round_id})
    return True
