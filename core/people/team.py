"""Invitations: a link gives whoever opens it first a role. Who may invite whom is one small table."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlmodel import Session, col, delete, select

from core import journal
from core.errors import NotAllowed, NotFound, SamePerson, SignInFailed
from core.people import persons, recovery, sessions
from core.permissions import Action, Actor, Role, require, roles_for
from core.store import Opener
from db import tables

LIFETIME = timedelta(days=7)
_KEY = 16

# Nobody makes herself a second organiser, who could agree with her, or an auditor, who sees what she must not.
INVITES: Mapping[Role, frozenset[Role]] = MappingProxyType({
    Role.organiser: frozenset({Role.reviewer, Role.council}),
    Role.operator: frozenset({Role.reviewer, Role.council, Role.organiser, Role.auditor}),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that waits to be opened; `key` names it for whoever may take it back."""

    key: str
    role: Role
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role, and whether she has set up her second step."""

    person_id: int
    nickname: str
    roles: frozenset[Role]
    second_step: bool


def may_invite(actor: Actor) -> frozenset[Role]:
    """Return the roles that the actor may give and take."""
    return frozenset().union(*(INVITES.get(role, frozenset()) for role in actor.roles))


def invite(session: Session, actor: Actor, role: Role, *, at: datetime, municipality_id: int = 0) -> str:
    """Return a token that gives a role to whoever opens it first, within a week. The operator names the town."""
    _require(actor, role)
    town = municipality_id if Role.operator in actor.roles and municipality_id else actor.municipality_id
    token = secrets.token_urlsafe(32)
    session.add(tables.Invitation(
        token_hash=_digest(token), municipality_id=town, role=role, invited_by=actor.pseudonym, created_at=at,
        expires_at=at + LIFETIME,
    ))  # fmt: skip
    journal.write(session, actor, "invite", municipality_id=town, at=at, role=str(role))
    return token


def look(session: Session, token: str, *, at: datetime) -> Invitation:
    """Return what a link offers, without using it up. Raises SignInFailed where it offers nothing."""
    return _value(_row(session, token, at))


def accept(transaction: Opener, actor: Actor, token: str, session_token: str, password: str, *, at: datetime) -> str:
    """Give the actor the role and return the new token of her sign-in; her other ones end.

    She shows her password, for staff need a longer one: its length is not known from what is kept of it. Raises
    NotSignedIn, SignInFailed – a wrong password, or the link is used, too old or of another town –, Invalid for one
    that is too short or missing, TooManyTries or SamePerson.
    """
    with transaction() as session:
        person = persons.own_row(session, actor)
        _offered(session, actor, token, at)
        person_id, names = tables.id_of(person), (person.nickname, person.email or "")
    recovery.check_new(transaction, person_id, password, names=names, staff=True, at=at)
    with recovery.shown(transaction, actor, password, at=at) as session:
        return _given(session, actor, token, session_token, at)


def _offered(session: Session, actor: Actor, token: str, at: datetime) -> tables.Invitation:
    row = _row(session, token, at)
    if row.municipality_id != actor.municipality_id:
        raise SignInFailed
    if row.invited_by == actor.pseudonym:
        raise SamePerson(action=Action.invite_people)
    return row


def _given(session: Session, actor: Actor, token: str, session_token: str, at: datetime) -> str:
    person, row = persons.own_row(session, actor), _offered(session, actor, token, at)
    role, person_id = Role(row.role), tables.id_of(person)
    session.delete(row)
    session.merge(tables.PersonRole(person_id=person_id, role=role))
    # A slip that was made for a resident must not open the account of a member of staff.
    persons.forget_links(session, person_id)
    session.flush()
    journal.write(
        session, actor, "give_roles", municipality_id=row.municipality_id, at=at, to=person.pseudonym,
        roles=[str(role)], invited_by=row.invited_by,
    )  # fmt: skip
    sessions.close_all(session, actor, session_token)
    return sessions.rotate(session, session_token, at=at)


def waiting(session: Session, actor: Actor, *, at: datetime) -> tuple[Invitation, ...]:
    """Return the links of the actor's town that nobody has opened, newest first."""
    require(actor, Action.invite_people)
    found = session.exec(
        select(tables.Invitation)
        .where(tables.Invitation.municipality_id == actor.municipality_id, col(tables.Invitation.expires_at) > at)
        .order_by(col(tables.Invitation.created_at).desc())
    )
    return tuple(map(_value, found))


def take_back(session: Session, actor: Actor, key: str, *, at: datetime) -> None:
    """Make a link useless: whoever could have made it may. Raises NotFound."""
    require(actor, Action.invite_people)
    for row in session.exec(
        select(tables.Invitation).where(tables.Invitation.municipality_id == actor.municipality_id)
    ).all():
        if row.token_hash[:_KEY] == key:
            _require(actor, Role(row.role))
            session.delete(row)
            journal.write(session, actor, "take_back_invite", at=at, role=row.role)
            return
    raise NotFound(thing="invitation", key=key)


def members(session: Session, actor: Actor) -> tuple[Member, ...]:
    """Return who holds which role in the actor's town."""
    require(actor, Action.invite_people)
    found = session.exec(
        select(tables.Person, tables.PersonRole.role, tables.SecondStep.confirmed_at)
        .join(tables.PersonRole, col(tables.PersonRole.person_id) == tables.Person.id)
        .join(tables.SecondStep, col(tables.SecondStep.person_id) == tables.Person.id, isouter=True)
        .where(tables.Person.municipality_id == actor.municipality_id)
        .order_by(col(tables.Person.nickname_key))
    ).all()
    roles: dict[int, set[Role]] = {}
    people = {}
    for person, role, tried in found:
        roles.setdefault(tables.id_of(person), set()).add(Role(role))
        people[tables.id_of(person)] = (person.nickname, tried is not None)
    return tuple(
        Member(person_id, name, frozenset(roles[person_id]), second) for person_id, (name, second) in people.items()
    )


def take_role(session: Session, actor: Actor, person_id: int, role: Role, *, at: datetime) -> None:
    """Take a role away, which ends all sign-ins of its holder. By whom it may be given it may be taken. NotFound."""
    _require(actor, role)
    person = persons.by_id(session, person_id)
    if Role.operator not in actor.roles and person.municipality_id != actor.municipality_id:
        raise NotFound(thing="person", key=person_id)
    own = col(tables.PersonRole.person_id) == person_id, col(tables.PersonRole.role) == role
    if session.exec(delete(tables.PersonRole).where(*own)).rowcount != 1:
        raise NotFound(thing="role", key=str(role))
    persons.sign_out_everywhere(session, person_id)
    journal.write(
        session, actor, "take_role", municipality_id=person.municipality_id, at=at, to=person.pseudonym, role=str(role)
    )
    end_requests(session, actor, person.pseudonym, role, at=at)


def end_requests(session: Session, actor: Actor, pseudonym: str, role: Role, *, at: datetime) -> None:
    """End what somebody has asked for in a role that she has no more, and a second person has not agreed to yet."""
    mine = tables.SecondPerson.asked_by == pseudonym, col(tables.SecondPerson.ended_at).is_(None)
    for row in session.exec(select(tables.SecondPerson).where(*mine)).all():
        if role in roles_for(Action(row.action)):
            row.ended_at = at
            journal.write(
                session, actor, f"end_{row.action}", round_id=row.round_id, at=at, first=pseudonym, consent=row.consent
            )


def _require(actor: Actor, role: Role) -> None:
    require(actor, Action.invite_people)
    if role not in may_invite(actor):
        raise NotAllowed(action=Action.invite_people, roles=tuple(sorted(actor.roles)))


def _row(session: Session, token: str, at: datetime) -> tables.Invitation:
    row = session.get(tables.Invitation, _digest(token[:200]), with_for_update=True)
    if row is None or at >= row.expires_at:
        raise SignInFailed
    return row


def _value(row: tables.Invitation) -> Invitation:
    return Invitation(row.token_hash[:_KEY], Role(row.role), row.created_at, row.expires_at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
