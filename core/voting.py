"""Voting: one person, one live ballot, replaceable until the close."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.types import Boolean, Date
from sqlmodel import Session

from core import ballots, receipts, roll
from core.errors import BallotStale, Invalid, NotAllowed, NotEligible, NotFound, VotingClosed, VotingNotOpen
from core.permissions import Action, Actor, Phase, Role, require
from core.projects import draw_lots
from core.receipts import Receipt
from core.round_values import Round
from core.trust import slots
from core.trust.slots import Held
from db.engine import database_now, lock_round
from db.tables import Moment

# Plain statements and few of them: casting is the one thing that everyone does in the same minute.
_TERMS = text(
    "SELECT id, municipality_id, timezone, budget, ballot_type AS type, min_choices, max_choices, age_min, age_max,"
    " age_on, code_required, voting_from, voting_until, published_at, voided_at, imported FROM round WHERE id = :id"
).columns(
    age_on=Date, code_required=Boolean, imported=Boolean,
    voting_from=Moment, voting_until=Moment, published_at=Moment, voided_at=Moment,
)  # fmt: skip
_PROJECTS = text("SELECT code, cost, lot FROM project WHERE round_id = :id")
_ON_ROLL = text("SELECT 1 FROM roll WHERE round_id = :id AND person_id = :person_id")
_COUNT_IN = text(
    "INSERT INTO turnout_day (round_id, day, ballots) VALUES (:id, :day, 1)"
    " ON CONFLICT (round_id, day) DO UPDATE SET ballots = turnout_day.ballots + 1"
).bindparams(bindparam("day", type_=Date))

_REQUEST = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class MyBallot:
    """The ballot in a voter's slot, for herself only; without choices once it is withdrawn."""

    revision: int
    choices: tuple[str, ...]
    receipt: Receipt | None
    withdrawn: bool = False


def cast_ballot(
    session: Session,
    voter: Actor,
    round_id: int,
    choices: Sequence[str],
    *,
    at: datetime,  # noqa: ARG001 – whether voting is open is said by the database's clock, inside the lock
    request_id: str,
    replaces: int,
) -> Receipt:
    """Put the voter's ballot into her slot and return its receipt; the same request again gets the same receipt.

    `replaces`: the revision that the voter's page knew, 0 for none. Raises BallotStale if there is a newer one, so
    that a request which arrives late never undoes a later decision; NotSignedIn, NotAllowed, NotEligible,
    VotingNotOpen, VotingClosed, BallotInvalid.
    """
    return _vote(session, voter, round_id, choices, request_id, replaces)


def withdraw_ballot(
    session: Session,
    voter: Actor,
    round_id: int,
    *,
    at: datetime,  # noqa: ARG001
    request_id: str,
    replaces: int,
) -> Receipt:
    """Empty the voter's slot and return a receipt for that. Raises NotFound if no ballot is in it."""
    return _vote(session, voter, round_id, None, request_id, replaces)


def my_ballot(session: Session, voter: Actor, round_id: int) -> MyBallot | None:
    """Return the voter's own ballot with its receipt; None if she has none or is not signed in."""
    held = _held(session, voter, round_id)
    if held is None:
        return None
    receipt = receipts.of_revision(session.connection(), held.id, held.revision)
    choices = () if held.choices is None else ballots.from_text(held.choices)
    return MyBallot(held.revision, choices, receipt, withdrawn=held.choices is None)


def receipt_of(session: Session, voter: Actor, round_id: int, request_id: str) -> Receipt | None:
    """Return the receipt of one of the voter's own requests; None if no such request has arrived."""
    held = _held(session, voter, round_id)
    if held is None or not _REQUEST.fullmatch(request_id):
        return None
    return receipts.of_request(session.connection(), held.id, request_id)


def _vote(
    session: Session, voter: Actor, round_id: int, choices: Sequence[str] | None, request_id: str, replaces: int
) -> Receipt:
    require(voter, Action.cast_ballot, Phase.voting)
    person_id = voter.person_id
    if person_id is None or Role.resident not in voter.roles:
        raise NotAllowed(action=Action.cast_ballot, roles=tuple(sorted(voter.roles)))
    if not _REQUEST.fullmatch(request_id):
        raise Invalid("request_id", "format")
    session.flush()
    lock_round(session, round_id)
    connection = session.connection()
    terms = _terms(connection, voter, round_id)
    while True:
        held = slots.find(connection, round_id, person_id, lock=True)
        if held and (known := receipts.of_request(connection, held.id, request_id)):
            return known
        now = _refuse_unless_open(session, terms)
        _refuse_unless_eligible(connection, terms, voter)
        written = _written(connection, terms, held, choices)
        if held and held.revision > replaces:
            raise BallotStale(revision=held.revision)
        # None: another request of the same voter opened the slot in this moment; look again.
        if new := slots.write(connection, round_id, person_id, held, written, request_id):
            break
    number = receipts.write(connection, round_id, new.id, new.revision, request_id)
    if held is None:
        # Last, because all first ballots of a day share this row.
        connection.execute(_COUNT_IN, {"id": round_id, "day": _day(now, terms.timezone)})
    return Receipt(number, new.revision, request_id, terms.voting_until)


def _terms(connection: Connection, voter: Actor, round_id: int) -> Row[Any]:
    """Return what the round asks of a ballot. Raises NotFound where the voter may not know of it."""
    terms = connection.execute(_TERMS, {"id": round_id}).first()
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
    if now >= terms.voting_until:
        raise VotingClosed(closed_at=terms.voting_until)
    return now


def _refuse_unless_eligible(connection: Connection, terms: Row[Any], voter: Actor) -> None:
    if not roll.of_age(voter, cast(Round, terms)):
        raise NotEligible(reason="age", age_min=terms.age_min, age_max=terms.age_max)
    if not terms.code_required:
        return
    if connection.execute(_ON_ROLL, {"id": terms.id, "person_id": voter.person_id}).first() is None:
        raise NotEligible(reason="code", age_min=terms.age_min, age_max=terms.age_max)


def _written(connection: Connection, terms: Row[Any], held: Held | None, choices: Sequence[str] | None) -> str | None:
    """Return the ballot as it is written, None for a withdrawal. The first one of a round fixes the order of ties."""
    if choices is None:
        if held is None or held.choices is None:
            raise NotFound(thing="ballot")
        return None
    listed = connection.execute(_PROJECTS, {"id": terms.id}).all()
    form = ballots.check(choices, terms, {row.code: row.cost for row in listed}, terms.budget)
    if any(row.lot is None for row in listed):
        draw_lots(connection, terms.id)
    return ballots.to_text(form)


def _held(session: Session, voter: Actor, round_id: int) -> Held | None:
    if voter.person_id is None:
        return None
    return slots.find(session.connection(), round_id, voter.person_id)


def _day(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()
