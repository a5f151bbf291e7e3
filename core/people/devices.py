"""Devices: a person's own sign-ins, each with a rough word for the device, and how to end them."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from core.errors import NotSignedIn
from core.people import persons, sessions
from core.permissions import Actor
from core.trust import keys
from db import tables

# So much of a digest tells a person's own sign-ins apart, and is no use for anything else.
_KEY = 16


# A computer at school has seen many; whom it has not seen for longest it forgets.
MOST = 12

_NUMBER, _MARK = 9, 15

_LENGTH = (_NUMBER + _MARK) * 4 // 3

LONGEST = MOST * (_LENGTH + 1)


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """One browser in which a person is signed in. `here`: the one that asks."""

    key: str
    device: str
    since: datetime
    seen: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Expired:
    """A sign-in whose time is over, and which the password confirms again."""

    nickname: str
    language: str
    staff: bool


def device_of(user_agent: str) -> str:
    """Return phone, tablet or computer for what a browser says of itself; "" if it says nothing."""
    told = user_agent[:400].casefold()
    if "ipad" in told or "tablet" in told or ("android" in told and "mobile" not in told):
        return "tablet"
    if "mobi" in told or "iphone" in told:
        return "phone"
    return "computer" if told.strip() else ""


def sign_ins(session: Session, actor: Actor, token: str, *, at: datetime) -> tuple[OwnSignIn, ...]:
    """Return where the actor is signed in at this moment, newest first; `token` tells which one is this."""
    if actor.person_id is None:
        raise NotSignedIn
    staff = persons.is_staff(session, actor.person_id)
    idle = sessions.STAFF_IDLE if staff else sessions.IDLE
    found = session.exec(
        select(tables.SignIn)
        .where(tables.SignIn.person_id == actor.person_id, col(tables.SignIn.expires_at) > at)
        .order_by(col(tables.SignIn.created_at).desc(), col(tables.SignIn.token_hash))
    )
    used = ((row, sessions.newest(row.token_hash, row.seen_at)) for row in found)
    here = sessions.digest(token)
    return tuple(
        OwnSignIn(row.token_hash[:_KEY], row.device, row.created_at, last, row.token_hash == here)
        for row, last in used if at < last + idle
    )  # fmt: skip


def close_one(session: Session, actor: Actor, key: str) -> None:
    """End one of the actor's own sign-ins, by its key; anybody else's is as unknown as none."""
    if actor.person_id is None:
        raise NotSignedIn
    if len(key) == _KEY and key.isalnum():
        own = col(tables.SignIn.person_id) == actor.person_id, col(tables.SignIn.token_hash).startswith(key)
        session.exec(delete(tables.SignIn).where(*own))


def expired(session: Session, token: str, *, at: datetime) -> Expired | None:
    """Return whose sign-in has ended by itself within the last day; None if it runs, was ended or is unknown."""
    row = renewable(session, token, at=at)
    if row is None or sessions.actor_of(session, token, at=at, local=True) is not None:
        return None
    person = persons.by_id(session, row.person_id)
    return Expired(person.nickname, person.language, persons.is_staff(session, row.person_id))


def renewable(session: Session, token: str, *, at: datetime) -> tables.SignIn | None:
    """Return the row of a sign-in that runs or ended by itself not too long ago."""
    if not token or len(token) > sessions.LONGEST_TOKEN:
        return None
    row = session.get(tables.SignIn, sessions.digest(token))
    return row if row is not None and at < row.expires_at + sessions.RENEWABLE else None


def noted(kept: str, pseudonym: str) -> str:
    """Return what a browser keeps from now on that has kept this: a note about the person comes first."""
    number = known(kept, pseudonym) or _text(secrets.token_bytes(_NUMBER))
    own = number + _mark(number, pseudonym)
    return ".".join([own, *(note for note in _notes(kept) if note != own)][:MOST])


def known(kept: str, pseudonym: str) -> str | None:
    """Return the number on the person's note in what a browser keeps, None if there is none of ours."""
    for note in _notes(kept):
        number, mark = note[: -_MARK * 4 // 3], note[-_MARK * 4 // 3 :]
        if hmac.compare_digest(mark.encode(), _mark(number, pseudonym).encode()):
            return number
    return None


def _notes(kept: str) -> list[str]:
    if len(kept) > LONGEST or not kept.isascii():
        return []
    return [note for note in kept.split(".") if len(note) == _LENGTH]


def _mark(number: str, pseudonym: str) -> str:
    found = hmac.digest(keys.pepper(), f"browser‖{number}‖{pseudonym}".encode(), hashlib.sha256)
    return _text(found[:_MARK])


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode()
