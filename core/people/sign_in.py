"""Signing in: the tries are counted first, the password is checked with no database held, and then the door opens.

Whoever may not come in learns neither whether the name exists nor how close she was.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from core import redaction
from core.errors import SecondStepNeeded, SignInFailed
from core.people import accounts, devices, passwords, persons, recovery, second_step, sessions
from core.people.persons import name_key
from core.people.throttle import Door, Kind, Tries, account_doors, door, trying
from core.permissions import Actor
from core.store import Opener
from db import tables

# Once or twice is a slip of one's own.
TOLD = 3


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
    """Who somebody says she is, read before the password is looked at: an unknown name has no person.

    `lane`: with whom she waits for her password to be checked. `renews`: the sign-in that a new one takes the place of.
    """

    person_id: int | None
    password_hash: str | None
    doors: tuple[Door, ...]
    lane: str
    renews: str = ""


def enter(
    transaction: Opener, municipality_id: int, name: str, password: str, *, address: str, device: str, at: datetime,
    code: str = "", browser: str = "", local: bool = False,
) -> SignedIn:  # fmt: skip
    """Sign a person in by her nickname or e-mail, her password and, for staff, a one-time password or recovery code.

    `browser`: what it keeps, as `browsers` wrote it. `local`: she sits at the computer that serves. Raises
    SignInFailed, TooManyTries, SecondStepNeeded where only the code is missing, DemoElsewhere.
    """
    with transaction() as session:
        row = persons.by_name(session, municipality_id, name[: persons.LONGEST_NAME])
        if row is not None:
            persons.require_here(row, local)
        number = devices.known(browser, row.pseudonym) if row else None
        if row is None or number is None:
            # An unknown name has doors of its own, which look like everybody's.
            account = str(row.id) if row else f"?{name_key(name[: persons.LONGEST_NAME])}"
            doors, lane = account_doors(municipality_id, account, address), redaction.network(address)
        else:
            doors, lane = (door(Kind.browser, f"{row.id}‖{number}"),), f"account {row.id}"
        claim = _Claim(row.id if row else None, row.password_hash if row else None, doors, lane)
    return _let_in(transaction, claim, password, code, device, at, local)


def renew(
    transaction: Opener, token: str, password: str, *, device: str, at: datetime, code: str = "", local: bool = False
) -> SignedIn:  # fmt: skip
    """Confirm a sign-in that has ended by itself, in place: the password again, and a new token for the old one.

    Raises SignInFailed – also where it was ended by its owner –, TooManyTries, SecondStepNeeded or DemoElsewhere.
    """
    with transaction() as session:
        row = devices.renewable(session, token, at=at)
        if row is None:
            raise SignInFailed
        person = persons.by_id(session, row.person_id)
        persons.require_here(person, local)
        doors = (door(Kind.inside, str(person.id)),)
        claim = _Claim(person.id, person.password_hash, doors, f"account {person.id}", renews=token)
    return _let_in(transaction, claim, password, code, device, at, local)


def step_up(transaction: Opener, token: str, code: str, *, at: datetime, local: bool = False) -> SignedIn:
    """Show the second step in a running sign-in: its roles appear, and it gets a new token.

    Raises SignInFailed or TooManyTries.
    """
    with transaction() as session:
        actor = sessions.actor_of(session, token, at=at, local=local)
        if actor is None or actor.person_id is None:
            raise SignInFailed
    with trying(transaction, second_step.doors(actor.person_id), at=at) as tries, transaction() as session:
        second_step.check(session, actor.person_id, code, at=at)
        tries.forgive(session)
        fresh = sessions.rotate(session, token, at=at, second_step=True, missed=_told(tries))
        return SignedIn(accounts.actor_by_id(session, actor.person_id), fresh, "done")


def new_codes(
    transaction: Opener, token: str, code: str, *, at: datetime, local: bool = False
) -> tuple[str, ...]:  # fmt: skip
    """Return new recovery codes in place of the old ones, for a one-time password in a running sign-in.

    Raises SignInFailed or TooManyTries, and SecondStepNeeded where this sign-in has not shown it: who only knows the
    password would else have a second place to guess it.
    """
    with transaction() as session:
        actor = sessions.actor_of(session, token, at=at, local=local)
        if actor is None or actor.person_id is None:
            raise SignInFailed
        if not sessions.has_shown_second_step(session, token):
            raise SecondStepNeeded
    with trying(transaction, second_step.doors(actor.person_id), at=at) as tries, transaction() as session:
        second_step.check(session, actor.person_id, code, at=at)
        tries.forgive(session)
        return second_step.fresh_codes(session, actor.person_id)


def by_link(transaction: Opener, link: str, *, device: str, at: datetime, local: bool = False) -> SignedIn:
    """Sign a person in by a one-time link or reset slip. Staff show their second step afterwards.

    Raises SignInFailed or DemoElsewhere.
    """
    with transaction() as session:
        person_id = recovery.redeem_link(session, link, at=at).person_id
        if person_id is None:
            raise SignInFailed
        persons.require_here(persons.by_id(session, person_id), local)
        return _open(session, person_id, device, at, shown=False, local=local)


def _let_in(
    transaction: Opener, claim: _Claim, password: str, code: str, device: str, at: datetime, local: bool
) -> SignedIn:  # fmt: skip
    with trying(transaction, claim.doors, at=at) as tries:
        if not passwords.fits(password, claim.password_hash, claim.lane):
            raise SignInFailed
        with transaction() as session:
            person_id = _still_hers(session, claim, at)
            tries.forgive(session)
            shows = persons.is_staff(session, person_id) and second_step.is_active(session, person_id)
            if not shows or (not code and _relaxed(session, person_id, local)):
                return _open(session, person_id, device, at, shown=False, renews=claim.renews, local=local)
    if not code.strip():
        raise SecondStepNeeded
    # Counted apart, and only now: who does not know the password cannot use up the tries of who does.
    with trying(transaction, second_step.doors(person_id), at=at) as tries, transaction() as session:
        _still_hers(session, claim, at)
        second_step.check(session, person_id, code, at=at)
        tries.forgive(session)
        return _open(session, person_id, device, at, shown=True, renews=claim.renews, local=local, missed=_told(tries))


def _still_hers(session: Session, claim: _Claim, at: datetime) -> int:
    """Return whose password it was, unless it has been changed or she has signed out while it was being checked."""
    row = session.get(tables.Person, claim.person_id or 0)
    if row is None or row.password_hash != claim.password_hash:
        raise SignInFailed
    if claim.renews and devices.renewable(session, claim.renews, at=at) is None:
        raise SignInFailed
    return tables.id_of(row)


def _told(tries: Tries) -> int:
    """Return how many wrong second steps she is told of: somebody else may have typed them, who knows her password."""
    return tries.before if tries.before >= TOLD else 0


def _relaxed(session: Session, person_id: int, local: bool) -> bool:
    return second_step.relaxed_in(session, persons.by_id(session, person_id).municipality_id, local)


def _open(
    session: Session, person_id: int, device: str, at: datetime, *, shown: bool, local: bool, renews: str = "",
    missed: int = 0,
) -> SignedIn:  # fmt: skip
    if renews:
        sessions.close_session(session, renews)
    whole = accounts.actor_by_id(session, person_id)
    token = sessions.open_session(session, whole, at=at, device=device, second_step=shown, missed=missed)
    actor = sessions.actor_of(session, token, at=at, local=local) or whole
    if shown:
        return SignedIn(actor, token, "done")
    if not persons.is_staff(session, person_id) or _relaxed(session, person_id, local):
        return SignedIn(actor, token, "not_needed")
    return SignedIn(actor, token, "to_show" if second_step.is_active(session, person_id) else "to_set_up")
