"""Corrections: a person puts right what she once told about herself."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core import accounts, people, throttle
from core.errors import Invalid
from core.names import clean_email, clean_nickname, name_key
from core.permissions import Actor
from core.store import Opener
from db import tables


def correct(
    transaction: Opener, actor: Actor, *, nickname: str, email: str | None, birth_year: int | None,
    area_id: int | None, at: datetime,
) -> Actor:  # fmt: skip
    """Put these in the place of what the actor's account holds, and return her with them.

    A year of birth that is known cannot be taken back. Raises NotSignedIn; Invalid for a name that is taken or cannot
    be one, and for a year of birth that makes her too young for an account. TooManyTries for who corrects all the time:
    whether a name is free is told so often only.
    """
    nickname, email = clean_nickname(nickname), clean_email(email)
    with transaction() as session:
        person_id = tables.id_of(people.own_row(session, actor))
        throttle.count(session, [throttle.door(throttle.Kind.names, str(person_id))], at=at)
    with transaction() as session:
        return _corrected(session, actor, nickname, email, birth_year, area_id, at)


def _corrected(
    session: Session, actor: Actor, nickname: str, email: str | None, birth_year: int | None, area_id: int | None,
    at: datetime,
) -> Actor:  # fmt: skip
    row = people.own_row(session, actor)
    if birth_year is not None:
        accounts.check_birth_year(birth_year, at)
    elif row.birth_year is not None:
        raise Invalid("birth_year", "required")
    people.check_area(session, row.municipality_id, area_id)
    for field, given in (("nickname", nickname), ("email", email)):
        known = people.by_name(session, row.municipality_id, given) if given else None
        if known is not None and known.id != row.id:
            raise Invalid(field, "taken")
    row.nickname, row.nickname_key = nickname, name_key(nickname)
    row.email, row.email_key = email, name_key(email) if email else None
    row.birth_year, row.area_id = birth_year, area_id
    try:
        session.flush()
    except IntegrityError as error:
        # Two people took one name in the same moment.
        raise Invalid("nickname", "taken") from error
    return people.actor_from(session, session.get_one(tables.Person, row.id))
