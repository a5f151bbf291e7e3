"""The desk: entering a code with wrong tries counted, a new code for a lost one, a slip for a forgotten password."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from core import rounds
from core.codes import _batches, holders
from core.errors import CodeNotReleased, CodeStopped, CodeUnknown, NotFound, SlipUnknown
from core.people import persons, recovery, second_step
from core.people.throttle import Kind, account_doors, door, network_doors, trying
from core.permissions import Action, Actor, Role, require
from core.store import Opener
from db import tables

# As it is typed: "12-345", "№ 12 – 345".
_NUMBER = re.compile(r"\s*(?:№|No\.?|N)?\s*([0-9]{1,9})\s*[-–—]\s*([0-9]{1,5})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slip:
    """A one-time link that is printed at the desk for the person who stands there."""

    nickname: str
    token: str
    until: datetime
    roles: tuple[Role, ...] = ()


def use(transaction: Opener, actor: Actor, round_id: int, code: str, *, address: str, at: datetime) -> None:
    """Enter a participation code as `codes.enter` does, wrong tries counted. Raises TooManyTries besides.

    Counted by person, by network and by the first symbols of the code: who tries all codes of a batch gets nowhere.
    """
    require(actor, Action.enter_code)
    # A typing error is no try: it costs its author nothing, and tells a guesser nothing.
    selector = _batches.check(code)[: _batches.SELECTOR]
    doors = (
        *account_doors(actor.municipality_id, f"code‖{actor.person_id}", address),
        door(Kind.code, f"{round_id}‖{selector}"),
    )
    with trying(transaction, doors, at=at) as tries, transaction() as session:
        _batches.enter(session, actor, round_id, code, at=at)
        tries.forgive(session)


def look(transaction: Opener, visitor: Actor, round_id: int, code: str, *, address: str, at: datetime) -> None:
    """Raise what speaks against a code before anybody has an account for it, tries counted as by `use`. Spends nothing.

    Raises CodeUnknown, CodeNotReleased, CodeStopped, TooManyTries; NotFound for a round the visitor may not see. Never
    whether a code was used: whoever has a copy of the slips would learn who has voted, without spending one.
    """
    given = _batches.check(code)
    doors = (*network_doors(address), door(Kind.code, f"{round_id}‖{given[: _batches.SELECTOR]}"))
    with trying(transaction, doors, at=at) as tries, transaction() as session:
        rounds.get(session, visitor, round_id)
        _batches.refuse_unusable(session, round_id, given)
        tries.forgive(session)


def reissue(session: Session, organiser: Actor, round_id: int, slip: str, *, at: datetime) -> str:
    """Return a new code in place of the one on a slip, shown this once and unreleased.

    `slip`: its number, "12-345"; of slips that have none the code itself.

    Its release by a second person makes the old code void, takes whoever used it off the roll and her ballot out of
    the box. Raises CodeUnknown, SlipUnknown; CodeReplaced if that was done already; CodeStopped; CodeNotReleased:
    such a batch is discarded.
    """
    rounds.require(organiser, Action.reissue_code, rounds.get(session, organiser, round_id), at)
    number = _NUMBER.fullmatch(slip)
    row = session.exec(
        select(tables.Code, tables.CodeBatch)
        .join(tables.CodeBatch, col(tables.Code.batch_id) == tables.CodeBatch.id)
        .where(tables.Code.round_id == round_id, _named(round_id, slip, number))
        # Of two organisers with the same code the second waits, and finds what the first has made.
        .with_for_update(of=tables.Code)
    ).first()
    if row is None:
        raise SlipUnknown if number else CodeUnknown
    digest, found = row[0].digest, row[1]
    if found.released_at is None:
        raise CodeNotReleased
    if found.stopped_at is not None:
        raise CodeStopped
    holders.refuse_replaced(session, round_id, digest)
    (new,) = _batches.write_batch(
        session, organiser, round_id, found.label, 1, Action.reissue_code, at=at, replaces=digest
    )
    return new


def _named(round_id: int, slip: str, number: re.Match[str] | None) -> ColumnElement[bool]:
    """Return what finds the code of a slip: its number, or the code itself."""
    if number is None:
        return col(tables.Code.digest) == _batches.digest(round_id, _batches.check(slip))
    return col(tables.Code.slip) == _batches.slip_digest(int(number[1]), int(number[2]))


def reset_slip(session: Session, organiser: Actor, nickname: str, *, at: datetime) -> Slip:
    """Return a one-time link for a resident of the organiser's town who has forgotten her password; it is journalled.

    Raises NotFound, or NotAllowed for staff, who ask at the server.
    """
    require(organiser, Action.reset_sign_in)
    row = persons.by_name(session, organiser.municipality_id, nickname)
    if row is None:
        raise NotFound(thing="person")
    return _slip(session, organiser, row, at)


def way_in(
    session: Session, operator: Actor, municipality_id: int, nickname: str, *, forget_second_step: bool, at: datetime
) -> Slip:
    """Return a one-time link for anybody of the town, staff too, made at the server; journalled.

    With `forget_second_step` phone and recovery codes stop counting, and a new second step is set up. Raises NotFound.
    """
    require(operator, Action.manage_people)
    row = persons.by_name(session, municipality_id, nickname)
    if row is None:
        raise NotFound(thing="person", key=nickname)
    if forget_second_step:
        second_step.forget(session, operator, tables.id_of(row), at=at)
    return _slip(session, operator, row, at)


def _slip(session: Session, maker: Actor, row: tables.Person, at: datetime) -> Slip:
    token = recovery.one_time_link(session, maker, tables.id_of(row), at=at)
    roles = sorted(persons.actor_from(session, row).roles)
    return Slip(row.nickname, token, at + recovery.LIFETIME, tuple(roles))
