"""Sessions: the browsers that are signed in. The token lives in a cookie; here only its SHA-256 is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session, col, delete

from core import people
from core.errors import NotSignedIn
from core.permissions import Actor, Role
from db import tables

LIFETIME = timedelta(hours=12)
STAFF_LIFETIME = timedelta(hours=8)

_sign_in = tables.table_of(tables.SignIn)
_person = tables.table_of(tables.Person)
_role = tables.table_of(tables.PersonRole)

# Asked at every rerun, so it is one query by primary keys and is put together once.
_LOOK_UP = (
    select(
        _person.c.id, _person.c.municipality_id, _person.c.nickname, _person.c.pseudonym, _person.c.language,
        _person.c.birth_year, _person.c.area_id, _role.c.role,
    )
    .select_from(_sign_in.join(_person, _person.c.id == _sign_in.c.person_id).outerjoin(
        _role, _role.c.person_id == _person.c.id
    ))
    .where(_sign_in.c.token_hash == bindparam("token_hash"), _sign_in.c.expires_at > bindparam("at"))
)  # fmt: skip


def open_session(session: Session, actor: Actor, *, at: datetime) -> str:
    """Return the token of a new sign-in; those of this person that have expired are removed."""
    if actor.person_id is None:
        raise NotSignedIn
    old = col(tables.SignIn.person_id) == actor.person_id, col(tables.SignIn.expires_at) <= at
    session.exec(delete(tables.SignIn).where(*old))
    token = secrets.token_urlsafe(32)
    lifetime = STAFF_LIFETIME if actor.roles - {Role.resident} else LIFETIME
    session.add(tables.SignIn(
        token_hash=_digest(token), person_id=actor.person_id, created_at=at, seen_at=at, expires_at=at + lifetime
    ))  # fmt: skip
    session.flush()
    return token


def actor_of(session: Session, token: str, *, at: datetime) -> Actor | None:
    """Return whose token this is, None if it is nobody's or has expired."""
    if not token or len(token) > 100:
        return None
    found = session.connection().execute(_LOOK_UP, {"token_hash": _digest(token), "at": at}).all()
    if not found:
        return None
    person_id, municipality_id, nickname, pseudonym, language, birth_year, area_id, _ = found[0]
    roles = frozenset(Role(row.role) for row in found if row.role is not None) | {Role.resident}
    return Actor(person_id, municipality_id, nickname, roles, pseudonym, language, birth_year, area_id)


def close_session(session: Session, token: str) -> None:
    """End a sign-in; an unknown token is no error."""
    session.exec(delete(tables.SignIn).where(col(tables.SignIn.token_hash) == _digest(token)))


def close_all(session: Session, actor: Actor) -> None:
    """End every sign-in of a person."""
    if actor.person_id is not None:
        people.sign_out_everywhere(session, actor.person_id)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
