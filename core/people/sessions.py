"""Sessions: the browsers that are signed in. The token lives in a cookie; here only its SHA-256 is kept."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col, delete

from core.errors import NotSignedIn, SignInFailed
from core.people import persons
from core.people.second_step import relaxed
from core.permissions import Actor, Role
from db import tables

IDLE, LIFETIME = timedelta(minutes=30), timedelta(hours=12)

STAFF_IDLE, STAFF_LIFETIME = timedelta(minutes=15), timedelta(hours=8)

# So long a sign-in that has ended by itself can be confirmed with the password.
RENEWABLE = timedelta(hours=24)

LONGEST_TOKEN = 100


_sign_in = tables.table_of(tables.SignIn)

_person = tables.table_of(tables.Person)

_role = tables.table_of(tables.PersonRole)

_town = tables.table_of(tables.Municipality)


# Asked at every rerun, so it is one query by primary keys and is put together once.
_LOOK_UP = (
    select(
        _person.c.id, _person.c.municipality_id, _person.c.nickname, _person.c.pseudonym, _person.c.language,
        _person.c.birth_year, _person.c.area_id, _person.c.helped_at, _role.c.role,
        _person.c.demo, _town.c.demo.label("demo_town"), _sign_in.c.created_at,
        _sign_in.c.seen_at, _sign_in.c.second_step, _sign_in.c.missed,
    )
    .select_from(_sign_in.join(_person, _person.c.id == _sign_in.c.person_id).join(
        _town, _town.c.id == _person.c.municipality_id
    ).outerjoin(_role, _role.c.person_id == _person.c.id))
    .where(_sign_in.c.token_hash == bindparam("token_hash"))
)  # fmt: skip


# Less than this behind is as good as up to date.
MINUTE = timedelta(minutes=1)

MOST = 50_000


_seen_sign_in = tables.table_of(tables.SignIn)

_WRITE = (
    update(_seen_sign_in)
    .where(_seen_sign_in.c.token_hash == bindparam("key"), _seen_sign_in.c.seen_at < bindparam("used"))
    .values(seen_at=bindparam("used"))
)

_noted: dict[str, datetime] = {}

_lock = Lock()


def open_session(
    session: Session, actor: Actor, *, at: datetime, device: str = "", second_step: bool = False, missed: int = 0
) -> str:  # fmt: skip
    """Return the token of a new sign-in; those of this person that have ended for good are removed.

    Staff roles count in it only with the second step. `missed`: how many wrong ones came before. Raises NotSignedIn for
    who has no account.
    """
    if actor.person_id is None:
        raise NotSignedIn
    old = col(tables.SignIn.person_id) == actor.person_id, col(tables.SignIn.expires_at) <= at - RENEWABLE
    session.exec(delete(tables.SignIn).where(*old))
    staff = persons.is_staff(session, actor.person_id)
    persons.note_use(session, actor.person_id, at)
    return _written(session, actor.person_id, device, second_step, missed, since=at, at=at, staff=staff)


def actor_of(session: Session, token: str, *, at: datetime, local: bool = False) -> Actor | None:
    """Return whose token this is, None if it is nobody's or has expired. That it was used is noted in memory.

    `local`: whoever shows it sits at the computer that serves; an account of the demo is nobody's elsewhere.
    """
    if not token or len(token) > LONGEST_TOKEN:
        return None
    key = digest(token)
    found = session.connection().execute(_LOOK_UP, {"token_hash": key}).all()
    if not found:
        return None
    first = found[0]
    if first.demo and not relaxed(first.demo, local):
        return None
    if _ended(first.role is not None, first.created_at, newest(key, first.seen_at), at):
        return None
    note(key, first.seen_at, at)
    person_id, municipality_id, nickname, pseudonym, language, birth_year, area_id, helped_at, *_ = first
    roles = frozenset({Role.resident})
    if first.second_step or relaxed(first.demo_town, local):
        roles |= {Role(row.role) for row in found if row.role is not None}
    return Actor(
        person_id, municipality_id, nickname, roles, pseudonym, language, birth_year, area_id, helped_at, first.missed
    )  # fmt: skip


def has_shown_second_step(session: Session, token: str) -> bool:
    """Return whether the second step was shown in a sign-in."""
    row = session.get(tables.SignIn, digest(token))
    return row is not None and row.second_step


def rotate(
    session: Session, token: str, *, at: datetime, second_step: bool | None = None, missed: int = 0
) -> str:  # fmt: skip
    """Return a new token for a running sign-in, whose old token ends here. Raises SignInFailed.

    For when its roles change, and as soon as the second step has been shown.
    """
    row = session.get(tables.SignIn, digest(token), with_for_update=True)
    # Whose it is was asked where the token came from; here it only has to run.
    if row is None or actor_of(session, token, at=at, local=True) is None:
        raise SignInFailed
    session.delete(row)
    session.flush()
    stepped = row.second_step if second_step is None else second_step
    staff = persons.is_staff(session, row.person_id)
    told = max(row.missed, missed)
    return _written(session, row.person_id, row.device, stepped, told, since=row.created_at, at=at, staff=staff)


def forget_missed(session: Session, token: str) -> None:
    """Note that the owner of a sign-in has read how many wrong second steps came before it."""
    session.exec(update(tables.SignIn).where(col(tables.SignIn.token_hash) == digest(token)).values(missed=0))


def close_session(session: Session, token: str) -> None:
    """End a sign-in; an unknown token is no error."""
    session.exec(delete(tables.SignIn).where(col(tables.SignIn.token_hash) == digest(token)))


def close_all(session: Session, actor: Actor, but: str = "") -> None:
    """End every sign-in of a person, except the one with the token `but`."""
    if actor.person_id is not None:
        kept = digest(but) if but else ""
        own = col(tables.SignIn.person_id) == actor.person_id, col(tables.SignIn.token_hash) != kept
        session.exec(delete(tables.SignIn).where(*own))


def keep_seen(session: Session) -> int:
    """Write down when sign-ins were last used, and return for how many: once a minute, off the way of every click."""
    return write(session)


def forget_old(session: Session, *, at: datetime) -> int:
    """Remove the sign-ins that cannot even be renewed any more; return how many."""
    old = col(tables.SignIn.expires_at) <= at - RENEWABLE
    return session.exec(delete(tables.SignIn).where(old)).rowcount


def digest(token: str) -> str:
    """Return under what name the database knows a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _written(
    session: Session, person_id: int, device: str, second_step: bool, missed: int, *, since: datetime, at: datetime,
    staff: bool,
) -> str:  # fmt: skip
    token = secrets.token_urlsafe(32)
    session.add(tables.SignIn(
        token_hash=digest(token), person_id=person_id, created_at=since, seen_at=at, device=device[:20],
        expires_at=since + (STAFF_LIFETIME if staff else LIFETIME), second_step=second_step, missed=missed,
    ))  # fmt: skip
    session.flush()
    return token


def _ended(staff: bool, since: datetime, used: datetime, at: datetime) -> bool:
    """Return whether the time of a sign-in is over, by the roles of now: new staff have a shorter one at once."""
    idle, lifetime = (STAFF_IDLE, STAFF_LIFETIME) if staff else (IDLE, LIFETIME)
    return at >= used + idle or at >= since + lifetime


def newest(key: str, written: datetime) -> datetime:
    """Return when a sign-in was last used: what is written, or what is noted since."""
    noted = _noted.get(key)
    return noted if noted is not None and noted > written else written


def note(key: str, written: datetime, at: datetime) -> None:
    """Note that a sign-in is being used, unless that was written within the last minute."""
    if at - newest(key, written) < MINUTE:
        return
    with _lock:
        # Nobody signed in so many browsers: better to forget than to grow.
        if len(_noted) >= MOST:
            _noted.clear()
        _noted[key] = at


def write(session: Session) -> int:
    """Write all notes down and return how many there were; sign-ins that have been closed stay closed."""
    notes: Mapping[str, datetime] = dict(_noted)
    if not notes:
        return 0
    # In one order, so that two servers on one database cannot wait for each other.
    rows = [{"key": key, "used": used} for key, used in sorted(notes.items())]
    session.connection().execute(_WRITE, rows)
    with _lock:
        for key, used in notes.items():
            if _noted.get(key) == used:
                del _noted[key]
    return len(rows)
