"""One's own password: shown again before a change that matters, changed, and set anew with the recovery code.

Wrong tries are counted first, the password is checked with no database held, and what changes is written last.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from core import journal, letters, redaction
from core.errors import Invalid, NotAllowed, SignInFailed
from core.people import passwords, persons, throttle
from core.people.persons import name_key
from core.people.throttle import Door, Kind, account_doors, door, trying
from core.permissions import Action, Actor, Role, require
from core.store import Opener
from db import tables

LIFETIME = timedelta(hours=24)

# 99 bits: too many to guess, so a plain hash keeps it safely.
RECOVERY_SYMBOLS = 20


@contextmanager
def shown(transaction: Opener, actor: Actor, password: str, *, at: datetime) -> Iterator[Session]:
    """Open a transaction for who shows her password once more. Raises NotSignedIn, SignInFailed or TooManyTries.

    Also Invalid where the account has none: it was opened with a one-time link.
    """
    with transaction() as session:
        row = persons.own_row(session, actor)
        person_id, kept = tables.id_of(row), row.password_hash
    if kept is None:
        raise Invalid("password", "required")
    with trying(transaction, _doors(person_id), at=at) as tries:
        if not passwords.fits(password, kept, _lane(person_id)):
            raise SignInFailed
        with transaction() as session:
            _unchanged(session, person_id, kept)
            tries.forgive(session)
            yield session


@dataclass(frozen=True, slots=True)
class Joined:
    """A person and the recovery code that is shown to her once; only its hash is kept."""

    actor: Actor
    recovery_code: str


def change(transaction: Opener, actor: Actor, old: str, new: str, *, at: datetime) -> Joined:
    """Set a new password and a new recovery code, sign out everywhere.

    Raises NotSignedIn, SignInFailed, TooManyTries or Invalid.
    """
    with transaction() as session:
        row = persons.own_row(session, actor)
        person_id, kept, names = tables.id_of(row), row.password_hash, (row.nickname, row.email or "")
        staff = persons.is_staff(session, person_id)
    check_new(transaction, person_id, new, names=names, staff=staff, at=at)
    with trying(transaction, _doors(person_id), at=at) as tries:
        # Who came by a one-time link has no password to show.
        if kept is not None and not passwords.fits(old, kept, _lane(person_id)):
            raise SignInFailed
        made = passwords.hashed(new, _lane(person_id))
        with transaction() as session:
            row = _unchanged(session, person_id, kept)
            tries.forgive(session)
            return renewed(session, row, made)


def replace_recovery_code(transaction: Opener, actor: Actor, password: str, *, at: datetime) -> str:
    """Set a new recovery code and return it; the old one is worth nothing then. Raises what `shown` raises."""
    with shown(transaction, actor, password, at=at) as session:
        return _new_recovery_code(session, persons.own_row(session, actor))


def reset(
    transaction: Opener, municipality_id: int, name: str, recovery_code: str, new_password: str, *, address: str,
    at: datetime, local: bool = False,
) -> Joined:  # fmt: skip
    """Set a new password and a new recovery code by the old recovery code, sign out everywhere.

    Counted like a sign-in, but apart from those: whose password is being guessed gets in by this way all the same.
    `local`: she sits at the computer that serves. Raises SignInFailed, Invalid, TooManyTries or DemoElsewhere.
    """
    name = name[: persons.LONGEST_NAME]
    # Of an unknown name as of a known one: what is refused for its length must not tell that somebody is staff …
    passwords.check_form(new_password, names=(name,))
    with transaction() as session:
        row = persons.by_name(session, municipality_id, name)
        if row is not None:
            persons.require_here(row, local)
        account, kept = str(row.id) if row else f"?{name_key(name)}", row.password_hash if row else None
    with trying(transaction, account_doors(municipality_id, f"recovery‖{account}", address), at=at) as tries:
        with transaction() as session:
            row = persons.by_name(session, municipality_id, name)
            if not recovers(row, recovery_code) or row is None:
                raise SignInFailed
            person_id, staff = tables.id_of(row), persons.is_staff(session, tables.id_of(row))
        # … which who shows the code may know.
        lane = redaction.network(address)
        passwords.check_strength(new_password, names=(name,), staff=staff, lane=lane)
        made = passwords.hashed(new_password, lane)
        with transaction() as session:
            row = _unchanged(session, person_id, kept)
            if not recovers(row, recovery_code):
                raise SignInFailed
            tries.forgive(session)
            return renewed(session, row, made)


def check_new(
    transaction: Opener, person_id: int, password: str, *, names: tuple[str, ...], staff: bool, at: datetime
) -> None:  # fmt: skip
    """Refuse a password that is too easy for this account; how often it may be asked is counted first, for good.

    Raises Invalid or TooManyTries.
    """
    passwords.check_form(password, names=names, staff=staff)
    with transaction() as session:
        throttle.count(session, (door(Kind.strength, str(person_id)),), at=at)
    passwords.check_guessable(password, names=names, lane=_lane(person_id))


def _doors(person_id: int) -> tuple[Door, ...]:
    return (door(Kind.inside, str(person_id)),)


def _lane(person_id: int) -> str:
    return f"account {person_id}"


def _unchanged(session: Session, person_id: int, kept: str | None) -> tables.Person:
    """Return the row, unless its password was changed while this one was being checked. Raises SignInFailed."""
    row = persons.by_id(session, person_id)
    if row.password_hash != kept:
        raise SignInFailed
    return row


def one_time_link(session: Session, operator: Actor, person_id: int, *, at: datetime) -> str:
    """Return a token that signs a person in once within a day, and note in the journal who made it.

    An organiser may help residents of her municipality only: with a colleague's account she could confirm herself.
    """
    require(operator, Action.reset_sign_in)
    row = persons.by_id(session, person_id)
    at_the_server = Role.operator in operator.roles
    if not at_the_server and (row.municipality_id != operator.municipality_id or persons.is_staff(session, person_id)):
        raise NotAllowed(action=Action.reset_sign_in, roles=tuple(sorted(operator.roles)))
    # One at a time: a slip that was lost opens nothing once there is a new one.
    persons.forget_links(session, person_id)
    token = secrets.token_urlsafe(32)
    session.add(tables.SignInLink(token_hash=_link_digest(token), person_id=person_id, expires_at=at + LIFETIME))
    # The journal only grows, so of a resident, who may leave for good, it keeps no pseudonym.
    to: dict[str, Any] = {"to": row.pseudonym} if persons.is_staff(session, person_id) else {}
    journal.write(session, operator, Action.reset_sign_in, municipality_id=row.municipality_id, at=at, **to)
    return token


def redeem_link(session: Session, token: str, *, at: datetime) -> Actor:
    """Use a link up and return the person, signed out elsewhere and free to set a new password.

    Her old password and recovery code are worth nothing then. Raises SignInFailed.
    """
    link = session.get(tables.SignInLink, _link_digest(token), with_for_update=True)
    if link is None or link.used_at is not None or at >= link.expires_at:
        raise SignInFailed
    link.used_at = at
    row = persons.by_id(session, link.person_id)
    if row.password_hash is not None or row.recovery_hash is not None:
        # Whoever made the link could be the one who opens it: what was voted until now stays its voter's secret.
        row.helped_at = at
    # The old password is forgotten or unwanted, and asking for it would keep her from setting a new one.
    row.password_hash = row.recovery_hash = None
    persons.sign_out_everywhere(session, link.person_id)
    session.flush()
    return persons.actor_from(session, row)


def _link_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def recovers(row: tables.Person | None, recovery_code: str) -> bool:
    """Return whether this is the recovery code of a person. It takes as long for nobody."""
    fits = secrets.compare_digest(code_digest(letters.plain(recovery_code)), (row and row.recovery_hash) or "")
    return row is not None and fits


def renewed(session: Session, row: tables.Person, password_hash: str) -> Joined:
    """Set a new password and a new recovery code, sign out everywhere. Whoever calls this knows that it is she."""
    row.password_hash = password_hash
    recovery_code = _new_recovery_code(session, row)
    persons.forget_links(session, tables.id_of(row))
    persons.sign_out_everywhere(session, tables.id_of(row))
    return Joined(persons.actor_from(session, row), recovery_code)


def _new_recovery_code(session: Session, row: tables.Person) -> str:
    """Set a new recovery code and return it. Whoever calls this knows that it is she."""
    recovery_code = letters.random_text(RECOVERY_SYMBOLS)
    row.recovery_hash = code_digest(recovery_code)
    session.flush()
    return letters.grouped(recovery_code)


def code_digest(recovery_code: str) -> str:
    """Return what is kept of a recovery code."""
    return hashlib.sha256(recovery_code.encode()).hexdigest()
