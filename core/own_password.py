"""One's own password: shown again before a change that matters, changed, and set anew with the recovery code.

Wrong tries are counted first, the password is checked with no database held, and what changes is written last.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from core import accounts, passwords, people, redaction
from core.accounts import Joined
from core.errors import Invalid, SignInFailed
from core.names import name_key
from core.permissions import Actor
from core.store import Opener
from core.throttle import Door, Kind, account_doors, door, trying
from db import tables


@contextmanager
def shown(transaction: Opener, actor: Actor, password: str, *, at: datetime) -> Iterator[Session]:
    """Open a transaction for who shows her password once more. Raises NotSignedIn, SignInFailed or TooManyTries.

    Also Invalid where the account has none: it was opened with a one-time link.
    """
    with transaction() as session:
        row = people.own_row(session, actor)
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


def change(transaction: Opener, actor: Actor, old: str, new: str, *, at: datetime) -> Joined:
    """Set a new password and a new recovery code, sign out everywhere.

    Raises NotSignedIn, SignInFailed, TooManyTries or Invalid.
    """
    with transaction() as session:
        row = people.own_row(session, actor)
        person_id, kept, names = tables.id_of(row), row.password_hash, (row.nickname, row.email or "")
        staff = people.is_staff(session, person_id)
    passwords.check_strength(new, names=names, staff=staff)
    with trying(transaction, _doors(person_id), at=at) as tries:
        # Who came by a one-time link has no password to show.
        if kept is not None and not passwords.fits(old, kept, _lane(person_id)):
            raise SignInFailed
        made = passwords.hashed(new, _lane(person_id))
        with transaction() as session:
            row = _unchanged(session, person_id, kept)
            tries.forgive(session)
            return accounts.renewed(session, row, made)


def new_recovery_code(transaction: Opener, actor: Actor, password: str, *, at: datetime) -> str:
    """Set a new recovery code and return it; the old one is worth nothing then. Raises what `shown` raises."""
    with shown(transaction, actor, password, at=at) as session:
        return accounts.new_recovery_code(session, people.own_row(session, actor))


def reset(
    transaction: Opener, municipality_id: int, name: str, recovery_code: str, new_password: str, *, address: str,
    at: datetime,
) -> Joined:  # fmt: skip
    """Set a new password and a new recovery code by the old recovery code, sign out everywhere.

    Counted like a sign-in, but apart from those: whose password is being guessed gets in by this way all the same.
    Raises SignInFailed, Invalid or TooManyTries.
    """
    name = name[: people.LONGEST_NAME]
    # Of an unknown name as of a known one: what is refused for its length must not tell that somebody is staff …
    passwords.check_strength(new_password, names=(name,))
    with transaction() as session:
        row = people.by_name(session, municipality_id, name)
        account, kept = str(row.id) if row else f"?{name_key(name)}", row.password_hash if row else None
    with trying(transaction, account_doors(municipality_id, f"recovery‖{account}", address), at=at) as tries:
        with transaction() as session:
            row = people.by_name(session, municipality_id, name)
            if not accounts.recovers(row, recovery_code) or row is None:
                raise SignInFailed
            person_id, staff = tables.id_of(row), people.is_staff(session, tables.id_of(row))
        # … which who shows the code may know.
        passwords.check_strength(new_password, names=(name,), staff=staff)
        made = passwords.hashed(new_password, redaction.network(address))
        with transaction() as session:
            row = _unchanged(session, person_id, kept)
            if not accounts.recovers(row, recovery_code):
                raise SignInFailed
            tries.forgive(session)
            return accounts.renewed(session, row, made)


def _doors(person_id: int) -> tuple[Door, ...]:
    return (door(Kind.inside, str(person_id)),)


def _lane(person_id: int) -> str:
    return f"account {person_id}"


def _unchanged(session: Session, person_id: int, kept: str | None) -> tables.Person:
    """Return the row, unless its password was changed while this one was being checked. Raises SignInFailed."""
    row = people.by_id(session, person_id)
    if row.password_hash != kept:
        raise SignInFailed
    return row
