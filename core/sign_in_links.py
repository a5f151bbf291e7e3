"""Sign-in links: let one person in once, without a password."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from core import journal, people
from core.errors import NotAllowed, SignInFailed
from core.permissions import Action, Actor, Role, require
from db import tables

LIFETIME = timedelta(hours=24)


def one_time_link(session: Session, operator: Actor, person_id: int, *, at: datetime) -> str:
    """Return a token that signs a person in once within a day, and note in the journal who made it.

    An organiser may help residents of her municipality only: with a colleague's account she could confirm herself.
    """
    require(operator, Action.reset_sign_in)
    row = people.by_id(session, person_id)
    at_the_server = Role.operator in operator.roles
    if not at_the_server and (row.municipality_id != operator.municipality_id or people.is_staff(session, person_id)):
        raise NotAllowed(action=Action.reset_sign_in, roles=tuple(sorted(operator.roles)))
    # One at a time: a slip that was lost opens nothing once there is a new one.
    people.forget_links(session, person_id)
    token = secrets.token_urlsafe(32)
    session.add(tables.SignInLink(token_hash=_digest(token), person_id=person_id, expires_at=at + LIFETIME))
    # The journal only grows, so of a resident, who may leave for good, it keeps no pseudonym.
    to: dict[str, Any] = {"to": row.pseudonym} if people.is_staff(session, person_id) else {}
    journal.write(session, operator, Action.reset_sign_in, municipality_id=row.municipality_id, at=at, **to)
    return token


def redeem_link(session: Session, token: str, *, at: datetime) -> Actor:
    """Use a link up and return the person, signed out elsewhere and free to set a new password.

    Her old password and recovery code are worth nothing then. Raises SignInFailed.
    """
    link = session.get(tables.SignInLink, _digest(token), with_for_update=True)
    if link is None or link.used_at is not None or at >= link.expires_at:
        raise SignInFailed
    link.used_at = at
    row = people.by_id(session, link.person_id)
    if row.password_hash is not None or row.recovery_hash is not None:
        # Whoever made the link could be the one who opens it: what was voted until now stays its voter's secret.
        row.helped_at = at
    # The old password is forgotten or unwanted, and asking for it would keep her from setting a new one.
    row.password_hash = row.recovery_hash = None
    people.sign_out_everywhere(session, link.person_id)
    session.flush()
    return people.actor_from(session, row)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
