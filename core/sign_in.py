"""Signing in: the tries are counted first, the password is checked with no database held, and then the door opens.

Whoever may not come in learns neither whether the name exists nor how close she was.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from core import accounts, devices, passwords, people, second_step, sessions, sign_in_links
from core.accounts import Joined
from core.errors import SecondStepNeeded, SignInFailed
from core.names import name_key
from core.permissions import Actor
from core.throttle import Door, Opener, Tries, account_doors, trying
from db import tables

LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has come in, and the token for her cookie.

    `second_step`: done, not_needed; to_set_up or to_show: until then she is a resident like all others.
    """

    actor: Actor
    token: str
    second_step: Literal["done", "not_needed", "to_set_up", "to_show"]


@dataclass(frozen=True, slots=True)
class _Claim:
    """Who somebody says she is, read before the password is looked at: an unknown name has no person."""

    person_id: int | None
    password_hash: str | None
    doors: tuple[Door, ...]


def enter(
    transaction: Opener, municipality_id: int, name: str, password: str, *, address: str, device: str, at: datetime,
    code: str = "",
) -> SignedIn:  # fmt: skip
    """Sign a person in by her nickname or e-mail, her password and, for staff, a one-time password or recovery code.

    Raises SignInFailed, TooManyTries, or SecondStepNeeded where only the code is missing.
    """
    with transaction() as session:
        row = people.by_name(session, municipality_id, name[:LONGEST_NAME])
        claim = _claimed(row, municipality_id, name, address)
    with trying(transaction, claim.doors, at=at) as tries:
        fits = passwords.fits(password, claim.password_hash)
        with transaction() as session:
            return _let_in(session, claim, tries, fits, code, device, at)


def renew(
    transaction: Opener, token: str, password: str, *, address: str, device: str, at: datetime, code: str = ""
) -> SignedIn:
    """Confirm a sign-in that has ended by itself, in place: the password again, and a new token for the old one.

    Raises SignInFailed – also where it was ended by its owner –, TooManyTries or SecondStepNeeded.
    """
    with transaction() as session:
        row = devices.renewable(session, token, at=at)
        if row is None:
            raise SignInFailed
        person = people.by_id(session, row.person_id)
        claim = _claimed(person, person.municipality_id, "", address)
    with trying(transaction, claim.doors, at=at) as tries:
        fits = passwords.fits(password, claim.password_hash)
        with transaction() as session:
            # Signed out elsewhere in the meantime: then it is over.
            if devices.renewable(session, token, at=at) is None:
                raise SignInFailed
            signed = _let_in(session, claim, tries, fits, code, device, at)
            sessions.close_session(session, token)
            return signed


def step_up(transaction: Opener, token: str, code: str, *, address: str, at: datetime) -> SignedIn:
    """Show the second step in a running sign-in: its roles appear, and it gets a new token.

    Raises SignInFailed or TooManyTries.
    """
    with transaction() as session:
        actor = sessions.actor_of(session, token, at=at)
        if actor is None or actor.person_id is None:
            raise SignInFailed
        doors = account_doors(actor.municipality_id, str(actor.person_id), address)
    with trying(transaction, doors, at=at) as tries, transaction() as session:
        second_step.check(session, actor.person_id, code, at=at)
        tries.forgive(session)
        fresh = sessions.rotate(session, token, at=at, second_step=True)
        return SignedIn(accounts.actor_by_id(session, actor.person_id), fresh, "done")


def by_link(transaction: Opener, link: str, *, device: str, at: datetime) -> SignedIn:
    """Sign a person in by a one-time link or reset slip. Staff show their second step afterwards. SignInFailed."""
    with transaction() as session:
        person_id = sign_in_links.redeem_link(session, link, at=at).person_id
        if person_id is None:
            raise SignInFailed
        return _open(session, person_id, device, at, shown=False)


def reset(
    transaction: Opener, municipality_id: int, name: str, recovery_code: str, new_password: str, *, address: str,
    at: datetime,
) -> Joined:  # fmt: skip
    """Set a new password by the recovery code, counted like a sign-in. Raises SignInFailed, Invalid or TooManyTries."""
    with transaction() as session:
        row = people.by_name(session, municipality_id, name[:LONGEST_NAME])
        claim = _claimed(row, municipality_id, name, address)
    with trying(transaction, claim.doors, at=at) as tries, transaction() as session:
        joined = accounts.reset_with_recovery(session, municipality_id, name, recovery_code, new_password, at=at)
        tries.forgive(session)
        return joined


def _claimed(row: tables.Person | None, municipality_id: int, name: str, address: str) -> _Claim:
    """Return what is claimed. An unknown name has doors of its own, which look like everybody's."""
    account = str(row.id) if row else f"?{name_key(name[:LONGEST_NAME])}"
    doors = account_doors(municipality_id, account, address)
    return _Claim(row.id if row else None, row.password_hash if row else None, doors)


def _let_in(
    session: Session, claim: _Claim, tries: Tries, fits: bool, code: str, device: str, at: datetime
) -> SignedIn:
    row = session.get(tables.Person, claim.person_id or 0)
    # The password may have been changed while it was being checked.
    if not fits or row is None or row.password_hash != claim.password_hash:
        raise SignInFailed
    person_id = tables.id_of(row)
    shown = people.is_staff(session, person_id) and second_step.is_active(session, person_id)
    if shown and not (second_step.relaxed() and not code):
        if not code.strip():
            raise SecondStepNeeded
        second_step.check(session, person_id, code, at=at)
    else:
        shown = False
    tries.forgive(session)
    return _open(session, person_id, device, at, shown=shown)


def _open(session: Session, person_id: int, device: str, at: datetime, *, shown: bool) -> SignedIn:
    whole = accounts.actor_by_id(session, person_id)
    token = sessions.open_session(session, whole, at=at, device=device, second_step=shown)
    actor = sessions.actor_of(session, token, at=at) or whole
    if shown:
        return SignedIn(actor, token, "done")
    if not people.is_staff(session, person_id) or second_step.relaxed():
        return SignedIn(actor, token, "not_needed")
    return SignedIn(actor, token, "to_show" if second_step.is_active(session, person_id) else "to_set_up")
