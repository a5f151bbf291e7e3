"""The commission of a sealed round: three people, two of whom open the ballots. What they hold is shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nacl.public import PrivateKey, PublicKey, SealedBox
from sqlmodel import Session, col, delete, select

from core import journal, letters, rounds
from core.errors import Invalid, Locked, NotFound, SamePerson, ShareRefused
from core.people.persons import check_letters
from core.permissions import Action, Actor
from core.rounds import Round, second_person
from core.trust import keys, shares
from core.trust.shares import PEOPLE, SharesDiffer, ShareWrong
from db import tables
from db.engine import lock_round

NAME = 120
_SPLIT = "split_key"


@dataclass(frozen=True, slots=True)
class Member:
    """Who holds a share, and when she has shown that hers works."""

    seat: int
    name: str
    rehearsed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Share:
    """One member's share of the count key, to be written down at once: it is kept nowhere."""

    seat: int
    name: str
    text: str


def members(session: Session, actor: Actor, round_id: int) -> tuple[Member, ...]:
    """Return the commission, by seat; empty if none is named. Who sits on it is public."""
    rounds.get(session, actor, round_id)
    found = session.exec(
        select(tables.CommissionMember)
        .where(tables.CommissionMember.round_id == round_id)
        .order_by(col(tables.CommissionMember.seat))
    )
    return tuple(Member(row.seat, row.name, row.rehearsed_at) for row in found)


def appoint(session: Session, organiser: Actor, round_id: int, names: Sequence[str], *, at: datetime) -> None:
    """Name the three members of a draft's commission; shares of an earlier one are void. Raises Invalid, Locked."""
    row = _draft(session, organiser, round_id, at)
    clean = [" ".join(letters.trimmed(name).split()) for name in names]
    if len(clean) != PEOPLE or not all(clean):
        raise Invalid("names", "required", least=PEOPLE)
    for name in clean:
        check_letters("names", name)
    if len({letters.look(name) for name in clean}) != PEOPLE:
        raise Invalid("names", "taken")
    if max(map(len, clean)) > NAME:
        raise Invalid("names", "too_long", limit=NAME)
    session.exec(delete(tables.CommissionMember).where(col(tables.CommissionMember.round_id) == round_id))
    session.add_all(
        tables.CommissionMember(round_id=round_id, seat=seat, name=name) for seat, name in enumerate(clean, start=1)
    )
    row.count_public, row.version = None, row.version + 1
    session.flush()
    journal.write(session, organiser, "appoint_commission", round_id=round_id, at=at)
    second_person.end_changed(session, organiser, round_id, at=at)


def split_key(session: Session, organiser: Actor, round_id: int, *, at: datetime) -> tuple[Share, ...]:
    """Make the round's count key, keep its public half, and return the three shares of the other – once, and here only.

    Raises NotFound without a commission; Locked once the round is published.
    """
    row = _draft(session, organiser, round_id, at)
    seats = members(session, organiser, round_id)
    if not seats:
        raise NotFound(thing="commission", key=row.slug)
    key = PrivateKey.generate()
    texts = shares.split(bytes(key))
    keys.forget_count_key(round_id)
    row.count_public, row.version = bytes(key.public_key), row.version + 1
    for member in session.exec(select(tables.CommissionMember).where(tables.CommissionMember.round_id == round_id)):
        member.rehearsed_at = None
    session.flush()
    journal.write(session, organiser, _SPLIT, round_id=round_id, at=at, public=bytes(key.public_key).hex())
    second_person.end_changed(session, organiser, round_id, at=at)
    return tuple(Share(member.seat, member.name, text) for member, text in zip(seats, texts, strict=True))


def rehearse(
    session: Session, organiser: Actor, round_id: int, one: str, other: str, *, at: datetime
) -> tuple[int, ...]:
    """Open a trial ballot with two shares, note that their holders have rehearsed, and return their seats.

    Raises ShareRefused; SamePerson for the organiser who split the key: all shares were on her screen, so what she
    types in shows nothing of the members' papers. Every member has to take part once before the round can be published.
    """
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.prepare_commission, round_, at)
    if _split_by(session, round_id) == organiser.pseudonym:
        raise SamePerson(action=Action.prepare_commission)
    key = joined(session, round_, (one, other))
    trial = SealedBox(PublicKey(_public(session, round_))).encrypt(b"rehearsal")
    if SealedBox(key).decrypt(trial) != b"rehearsal":
        raise ShareRefused(problem="key")
    seats = tuple(sorted((shares.seat(one), shares.seat(other))))
    for seat in seats:
        session.get_one(tables.CommissionMember, (round_id, seat)).rehearsed_at = at
    session.flush()
    journal.write(session, organiser, "rehearse", round_id=round_id, at=at, seats=list(seats))
    return seats


def joined(session: Session, round_: Round, typed: Sequence[str]) -> PrivateKey:
    """Return the count key that two shares make, held against its public half. Raises ShareRefused."""
    if len(typed) != shares.NEEDED:
        raise ShareRefused(problem="wrong")
    try:
        key = PrivateKey(shares.join(*typed))
    except SharesDiffer as error:
        raise ShareRefused(problem="differ") from error
    except (ShareWrong, ValueError, TypeError) as error:
        raise ShareRefused(problem="wrong") from error
    if bytes(key.public_key) != _public(session, round_):
        raise ShareRefused(problem="key")
    return key


def split_by_me(session: Session, organiser: Actor, round_id: int) -> bool:
    """Return whether this organiser split the key that holds now, so that another one leads the rehearsal."""
    rounds.require(organiser, Action.prepare_commission, rounds.get(session, organiser, round_id), None)
    return _split_by(session, round_id) == organiser.pseudonym


def _split_by(session: Session, round_id: int) -> str | None:
    """Return who split the key last, as the journal has it."""
    lines = select(tables.Journal.pseudonym).where(tables.Journal.round_id == round_id, tables.Journal.action == _SPLIT)
    return session.exec(lines.order_by(col(tables.Journal.id).desc())).first()


def _draft(session: Session, organiser: Actor, round_id: int, at: datetime) -> tables.Round:
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.prepare_commission, round_, at)
    if round_.visibility != "sealed":
        raise Invalid("visibility", "choice")
    if not round_.draft:
        raise Locked(what="commission", since=round_.published_at)
    return session.get_one(tables.Round, round_id)


def _public(session: Session, round_: Round) -> bytes:
    public = session.get_one(tables.Round, round_.id).count_public
    if public is None:
        raise NotFound(thing="count_key", key=round_.slug)
    return public
