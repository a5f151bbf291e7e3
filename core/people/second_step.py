"""The second step of staff: one-time passwords of RFC 6238, each taken once, and recovery codes for a lost phone."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlmodel import Session, col, delete, func, select

from core import journal, letters
from core.errors import Invalid, NotAllowed, SignInFailed
from core.people import persons
from core.people.throttle import Door, Kind, door
from core.permissions import Action, Actor, require
from core.settings import settings
from core.trust import keys
from db import tables

SECRET, DIGITS, SECONDS = 20, 6, 30
# A phone's clock may be this many half minutes off.
SKEW = 1
CODES, CODE_SYMBOLS = 10, 10


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a person needs a second step, whether she has one, and how many recovery codes are left."""

    needed: bool
    active: bool
    codes_left: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is told, once: the secret to type, or the address to scan."""

    secret: str
    uri: str


def relaxed(demo: bool, local: bool) -> bool:
    """Return whether staff roles count without a second step: in a `demo` town, at the very computer that serves it."""
    return demo and local and settings().loopback


def relaxed_in(session: Session, municipality_id: int, local: bool) -> bool:
    """Return the same for a town by its number."""
    row = session.get(tables.Municipality, municipality_id)
    return row is not None and relaxed(row.demo, local)


def status(session: Session, actor: Actor, *, local: bool = False) -> Status:
    """Return how the actor stands. `local`: she sits at the computer that serves. Raises NotSignedIn."""
    person_id = tables.id_of(persons.own_row(session, actor))
    left = select(func.count()).select_from(tables.SecondStepCode).where(tables.SecondStepCode.person_id == person_id)
    needed = persons.is_staff(session, person_id) and not relaxed_in(session, actor.municipality_id, local)
    return Status(needed, is_active(session, person_id), session.exec(left).one())


def is_active(session: Session, person_id: int) -> bool:
    """Return whether a person has a second step that she has tried."""
    row = session.get(tables.SecondStep, person_id)
    return row is not None and row.confirmed_at is not None


def begin(session: Session, actor: Actor, *, issuer: str, at: datetime) -> Enrolment:  # noqa: ARG001
    """Return a new secret for the actor's app; it counts once `confirm` has seen a code of it. Locked if one counts."""
    person = persons.own_row(session, actor)
    person_id = tables.id_of(person)
    if not persons.is_staff(session, person_id):
        raise NotAllowed(action="second_step", roles=tuple(sorted(actor.roles)))
    if is_active(session, person_id):
        raise Invalid("second_step", "taken")
    secret = secrets.token_bytes(SECRET)
    session.merge(tables.SecondStep(person_id=person_id, secret=_sealed(person_id, secret), last_step=0))
    session.flush()
    text = base64.b32encode(secret).decode()
    name = quote(f"{issuer}:{person.nickname}")
    uri = f"otpauth://totp/{name}?secret={text}&issuer={quote(issuer)}&algorithm=SHA1&digits={DIGITS}&period={SECONDS}"
    return Enrolment(" ".join(text[start : start + 4] for start in range(0, len(text), 4)), uri)


def confirm(session: Session, actor: Actor, code: str, *, at: datetime) -> tuple[str, ...]:
    """Let the new second step count and return its recovery codes, shown this once. Raises Invalid for a wrong code."""
    person_id = tables.id_of(persons.own_row(session, actor))
    row = session.get(tables.SecondStep, person_id, with_for_update=True)
    if row is None or row.confirmed_at is not None:
        raise Invalid("second_step", "taken" if row else "required")
    if not _fits(row, code, at):
        raise Invalid("code", "format")
    row.confirmed_at = at
    journal.write(session, actor, "second_step", municipality_id=actor.municipality_id, at=at)
    return fresh_codes(session, person_id)


def doors(person_id: int) -> tuple[Door, ...]:
    """Return the door at which tries of a person's second step are counted: six digits are soon guessed."""
    return (door(Kind.second_step, str(person_id)),)


def check(session: Session, person_id: int, code: str, *, at: datetime) -> None:
    """Take a one-time password or a recovery code, which is spent by it. Raises SignInFailed.

    Whoever calls this counts tries first, at `doors`.
    """
    row = session.get(tables.SecondStep, person_id, with_for_update=True, populate_existing=True)
    if row is None or row.confirmed_at is None or not (_fits(row, code, at) or _spent(session, person_id, code)):
        raise SignInFailed
    session.flush()


def fresh_codes(session: Session, person_id: int) -> tuple[str, ...]:
    """Return new recovery codes in place of the old ones. Whoever calls this has seen the second step."""
    session.exec(delete(tables.SecondStepCode).where(col(tables.SecondStepCode.person_id) == person_id))
    made = tuple(letters.random_text(CODE_SYMBOLS) for _ in range(CODES))
    session.add_all(tables.SecondStepCode(person_id=person_id, digest=_digest(person_id, code)) for code in made)
    session.flush()
    return tuple(map(letters.grouped, made))


def forget(session: Session, operator: Actor, person_id: int, *, at: datetime) -> None:
    """Take a second step away from who has lost phone and codes; she signs in and sets up a new one. At the server."""
    require(operator, Action.manage_people)
    row = persons.by_id(session, person_id)
    for model in (tables.SecondStep, tables.SecondStepCode):
        session.exec(delete(model).where(col(model.person_id) == person_id))
    persons.sign_out_everywhere(session, person_id)
    journal.write(session, operator, "forget_second_step", municipality_id=row.municipality_id, at=at, to=row.pseudonym)


def one_time_password(secret: bytes, step: int) -> str:
    """Return the six digits of RFC 6238 for a half minute since 1970."""
    digest = hmac.digest(secret, step.to_bytes(8), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"


def _fits(row: tables.SecondStep, code: str, at: datetime) -> bool:
    """Return whether this is a password of about now that has not been taken; from now on it is."""
    typed = "".join(code[:20].split())
    now = int(at.timestamp()) // SECONDS
    secret = _opened(row.person_id, row.secret)
    for step in range(now - SKEW, now + SKEW + 1):
        if step > row.last_step and hmac.compare_digest(one_time_password(secret, step).encode(), typed.encode()):
            row.last_step = step
            return True
    return False


def _spent(session: Session, person_id: int, code: str) -> bool:
    own = col(tables.SecondStepCode.person_id) == person_id
    fits = col(tables.SecondStepCode.digest) == _digest(person_id, letters.plain(code))
    return session.exec(delete(tables.SecondStepCode).where(own, fits)).rowcount == 1


def _digest(person_id: int, code: str) -> bytes:
    return hmac.digest(keys.pepper(), f"second step‖{person_id}‖{code}".encode(), hashlib.sha256)


def _sealed(person_id: int, secret: bytes) -> bytes:
    # With her number inside: moved to another's row it opens nothing.
    return bytes(SecretBox(keys.totp_key()).encrypt(person_id.to_bytes(8) + secret))


def _opened(person_id: int, sealed: bytes) -> bytes:
    try:
        plain = SecretBox(keys.totp_key()).decrypt(sealed)
    except CryptoError:
        raise SignInFailed from None
    if plain[:8] != person_id.to_bytes(8):
        raise SignInFailed
    return plain[8:]
