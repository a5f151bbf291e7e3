"""Erasing an account on request: its owner, or a parent, asks at the desk; one organiser notes it, another agrees.

It is the erasure that the owner can do herself. What the second one agrees to is shown to her and hashed, so that
nobody agrees to what she has not seen. The journal keeps that two organisers did it and for whom – owner or parent –,
and no name; the reason is gone with the account.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from core import journal, letters
from core.errors import Invalid, NotFound, SamePerson
from core.people import persons
from core.permissions import Action, Actor, Role, require
from core.privacy import erasure
from db import tables

# Who has asked.
BEHALF = ("owner", "parent")
REASON = (10, 500)
# Nobody agreed for so long: then it must be asked for again.
STAYS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Request:
    """An account that waits for a second organiser to agree. `mine`: the reader asked.

    `asked_by`: her nickname, "" if she has left. `consent`: SHA-256 of all that is shown here, in hexadecimal digits.
    """

    person_id: int
    nickname: str
    joined_at: datetime
    on_behalf_of: str
    reason: str
    asked_by: str
    asked_at: datetime
    mine: bool
    consent: str


def ask(
    session: Session, organiser: Actor, nickname: str, *, on_behalf_of: str, reason: str, at: datetime
) -> Request:  # fmt: skip
    """Note that the owner of an account or a parent wants it erased, and return the request.

    Raises NotFound; Invalid for one's own account (own), one of somebody with a role (staff), one that is asked for
    already (asked), and for a reason that says nothing.
    """
    require(organiser, Action.erase_account)
    if on_behalf_of not in BEHALF:
        raise Invalid("on_behalf_of", "choice")
    for fault in faults(nickname, reason):
        raise fault
    person = persons.by_name(session, organiser.municipality_id, nickname)
    # Nobody is found by an e-mail here.
    if person is None or person.nickname_key != persons.name_key(nickname):
        raise NotFound(thing="person")
    person_id = tables.id_of(person)
    if person_id == organiser.person_id:
        raise Invalid("nickname", "own")
    _refuse_staff(session, person_id)
    if _row(session, person_id) is not None:
        raise Invalid("nickname", "asked")
    row = tables.ErasureRequest(
        person_id=person_id, municipality_id=person.municipality_id, on_behalf_of=on_behalf_of,
        reason=letters.trimmed(reason),
        asked_by=organiser.pseudonym, asked_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    journal.write(
        session,
        organiser,
        f"ask_{Action.erase_account}",
        municipality_id=person.municipality_id,
        at=at,
        behalf=on_behalf_of,
    )
    return _value(session, organiser, row)


def faults(nickname: str, reason: str) -> list[Invalid]:
    """Return what is missing of a request before anybody is looked for: a name, and a reason that says something."""
    said, found = letters.trimmed(reason), []
    if not letters.trimmed(nickname):
        found.append(Invalid("nickname", "required"))
    if not said:
        found.append(Invalid("reason", "required", public=False))
    elif letters.visible(said) < REASON[0]:
        found.append(Invalid("reason", "too_short", limit=REASON[0]))
    elif len(said) > REASON[1]:
        found.append(Invalid("reason", "too_long", limit=REASON[1]))
    return found


def agree(session: Session, organiser: Actor, person_id: int, consent: str, *, at: datetime) -> None:
    """Erase the account, as the second person. Then call `erasure.sweep`, outside the transaction.

    `consent`: that of the request that she was shown. Raises NotFound, SamePerson, and Invalid (changed) if anything of
    it is another by now, its time is over or who asked is no organiser any more.
    """
    row = _found(session, organiser, person_id)
    if row.asked_by == organiser.pseudonym:
        raise SamePerson(action=Action.erase_account)
    _refuse_staff(session, person_id)
    shown = _value(session, organiser, row)
    if consent != shown.consent or at >= row.asked_at + STAYS or not _is_organiser(session, row.asked_by):
        raise Invalid("consent", "changed")
    behalf, town = row.on_behalf_of, row.municipality_id
    session.delete(row)
    session.flush()
    erasure.remove(session, person_id)
    journal.write(session, organiser, f"agree_{Action.erase_account}", municipality_id=town, at=at, behalf=behalf)


def take_back(session: Session, organiser: Actor, person_id: int, *, at: datetime) -> None:
    """End a request without erasing anything: who asked, or whoever could have agreed. Raises NotFound."""
    row = _found(session, organiser, person_id)
    behalf = row.on_behalf_of
    session.delete(row)
    session.flush()
    journal.write(
        session,
        organiser,
        f"take_back_{Action.erase_account}",
        municipality_id=row.municipality_id,
        at=at,
        behalf=behalf,
    )


def waiting(session: Session, organiser: Actor) -> tuple[Request, ...]:
    """Return what waits for a second organiser in the municipality, the oldest first."""
    require(organiser, Action.erase_account)
    rows = session.exec(
        select(tables.ErasureRequest)
        .where(tables.ErasureRequest.municipality_id == organiser.municipality_id)
        .order_by(col(tables.ErasureRequest.asked_at))
    ).all()
    return tuple(_value(session, organiser, row) for row in rows)


def of_me(session: Session, actor: Actor) -> str:
    """Return on whose behalf two organisers may soon erase the actor's own account, "" if nobody has asked for it."""
    row = None if actor.person_id is None else _row(session, actor.person_id)
    return row.on_behalf_of if row else ""


def forget_old(session: Session, *, at: datetime) -> int:
    """Remove the requests that nobody agreed to in time; return how many."""
    old = delete(tables.ErasureRequest).where(col(tables.ErasureRequest.asked_at) <= at - STAYS)
    return session.exec(old).rowcount


def _found(session: Session, organiser: Actor, person_id: int) -> tables.ErasureRequest:
    require(organiser, Action.erase_account)
    row = session.get(tables.ErasureRequest, person_id, with_for_update=True)
    if row is None or row.municipality_id != organiser.municipality_id:
        raise NotFound(thing="request", key=person_id)
    return row


def _row(session: Session, person_id: int) -> tables.ErasureRequest | None:
    return session.get(tables.ErasureRequest, person_id)


def _refuse_staff(session: Session, person_id: int) -> None:
    """Refuse accounts with a role: two organisers must not remove the auditor who looks at what they do."""
    if persons.is_staff(session, person_id):
        raise Invalid("nickname", "staff")


def _is_organiser(session: Session, pseudonym: str) -> bool:
    return session.exec(
        select(tables.Person.id)
        .join(tables.PersonRole, col(tables.PersonRole.person_id) == col(tables.Person.id))
        .where(tables.Person.pseudonym == pseudonym, tables.PersonRole.role == Role.organiser)
    ).first() is not None  # fmt: skip


def _value(session: Session, organiser: Actor, row: tables.ErasureRequest) -> Request:
    person = persons.by_id(session, row.person_id)
    asker = session.exec(select(tables.Person.nickname).where(tables.Person.pseudonym == row.asked_by)).first() or ""
    shown = [row.person_id, person.nickname, person.created_at.isoformat(), row.on_behalf_of, row.reason, row.asked_by,
             row.asked_at.isoformat()]  # fmt: skip
    consent = hashlib.sha256(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
    return Request(
        row.person_id, person.nickname, person.created_at, row.on_behalf_of, row.reason, asker, row.asked_at,
        row.asked_by == organiser.pseudonym, consent,
    )  # fmt: skip
