"""People's rows: found by id or name, turned into actors, added. What `accounts` and its neighbours share."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, or_, select, update

from core import letters, municipalities
from core.errors import DemoElsewhere, Invalid, NotFound, NotSignedIn
from core.permissions import Actor, Role
from core.settings import settings
from db import tables

LONGEST_NAME = 300

# Who has never chosen a language reads in the one of the screen.
NO_CHOICE = ""


NICKNAME = (2, 30)
# So many names have their look noted in one transaction, for a writing one keeps other writers waiting.
AT_ONCE = 1_000
# The day of a sign-in is noted so often at most; whoever counts from what is noted adds it.
NOTED_EVERY = timedelta(days=30)

_EMAIL = re.compile(r"[^@\s<>\"(),;:]+@[^@\s<>\"(),;:.]+(\.[^@\s<>\"(),;:.]+)+")


def by_name(session: Session, municipality_id: int, name: str) -> tables.Person | None:
    """Return the row of the person with this nickname or e-mail."""
    key = name_key(name)
    return session.exec(
        select(tables.Person)
        .where(tables.Person.municipality_id == municipality_id)
        .where(or_(col(tables.Person.nickname_key) == key, col(tables.Person.email_key) == key))
    ).first()


def by_id(session: Session, person_id: int) -> tables.Person:
    """Return a person's row. Raises NotFound."""
    row = session.get(tables.Person, person_id)
    if row is None:
        raise NotFound(thing="person", key=person_id)
    return row


def own_row(session: Session, actor: Actor) -> tables.Person:
    """Return the actor's own row. Raises NotSignedIn."""
    if actor.person_id is None:
        raise NotSignedIn
    return by_id(session, actor.person_id)


def actor_from(session: Session, row: tables.Person) -> Actor:
    """Return the actor of a row, with all her roles."""
    given = session.exec(select(tables.PersonRole.role).where(tables.PersonRole.person_id == row.id))
    return Actor(
        person_id=row.id,
        municipality_id=row.municipality_id,
        nickname=row.nickname,
        roles=frozenset(map(Role, given)) | {Role.resident},
        pseudonym=row.pseudonym,
        language=row.language,
        birth_year=row.birth_year,
        area_id=row.area_id,
        helped_at=row.helped_at,
    )


def add(
    session: Session,
    municipality_id: int,
    *,
    nickname: str,
    email: str | None,
    language: str,
    area_id: int | None,
    roles: Iterable[Role] = (),
    created_at: datetime,
    **more: Any,
) -> tables.Person:
    """Add a person and return her row. Raises Invalid where a name is taken or the area is elsewhere."""
    check_language(session, municipality_id, language)
    check_area(session, municipality_id, area_id)
    check_free(session, municipality_id, nickname=nickname, email=email)
    row = tables.Person(
        municipality_id=municipality_id,
        nickname=nickname,
        nickname_key=name_key(nickname),
        nickname_look=letters.look(nickname),
        email=email,
        email_key=name_key(email) if email else None,
        language=language,
        area_id=area_id,
        pseudonym=f"p-{secrets.token_hex(6)}",
        created_at=created_at,
        used_on=created_at.date(),
        **more,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        # Two people took one name in the same moment.
        raise Invalid("nickname", "taken") from error
    session.add_all(tables.PersonRole(person_id=tables.id_of(row), role=role) for role in sorted(roles))
    session.flush()
    return row


def check_free(session: Session, municipality_id: int, *, nickname: str, email: str | None) -> None:
    """Refuse a nickname or an e-mail that somebody has, as either, or a nickname that looks like one: Invalid."""
    for field, given in (("nickname", nickname), ("email", email)):
        if given and by_name(session, municipality_id, given) is not None:
            raise Invalid(field, "taken")
    if looks_like(session, municipality_id, nickname):
        raise Invalid("nickname", "taken")


def looks_like(session: Session, municipality_id: int, nickname: str) -> frozenset[int]:
    """Return the people whose nickname looks like this one."""
    look = letters.look(nickname)
    found = session.exec(
        select(tables.Person.id, tables.Person.nickname)
        .where(tables.Person.municipality_id == municipality_id)
        .where(or_(col(tables.Person.nickname_look) == look, col(tables.Person.nickname_look).is_(None)))
    ).all()
    # Names from before looks were compared have none noted, or look like one that is older.
    return frozenset(number for number, name in found if number is not None and letters.look(name) == look)


def note_looks(session: Session) -> int:
    """Note of nicknames how they look where that is not noted, the older first; return how many, `AT_ONCE` at most.

    Of two that look alike only the older one has it noted: both keep their names.
    """
    person = tables.Person
    blank = session.exec(
        select(person).where(col(person.nickname_look).is_(None)).order_by(col(person.created_at), col(person.id))
    ).all()
    known = set(session.exec(
        select(person.municipality_id, person.nickname_look).where(col(person.nickname_look).is_not(None))
    )) if blank else set()  # fmt: skip
    noted = 0
    for row in blank:
        look = letters.look(row.nickname)
        if noted == AT_ONCE:
            break
        if (row.municipality_id, look) not in known:
            known.add((row.municipality_id, look))
            row.nickname_look, noted = look, noted + 1
    session.flush()
    return noted


def require_here(row: tables.Person, local: bool) -> None:
    """Raise DemoElsewhere for an account of the demo, unless it is asked for at the very computer that serves it.

    `local`: the one who asks sits there and calls it by its own name; the edges know. Everybody knows the password.
    """
    if row.demo and not (local and settings().loopback):
        raise DemoElsewhere


def note_use(session: Session, person_id: int, at: datetime) -> None:
    """Note the day of a sign-in, once a month at most: when exactly somebody came is nobody's business."""
    used = col(tables.Person.used_on)
    stale = used.is_(None) | (used < (at - NOTED_EVERY).date())
    session.exec(update(tables.Person).where(col(tables.Person.id) == person_id, stale).values(used_on=at.date()))


def sign_out_everywhere(session: Session, person_id: int) -> None:
    """End every sign-in of a person."""
    session.exec(delete(tables.SignIn).where(col(tables.SignIn.person_id) == person_id))


def forget_links(session: Session, person_id: int) -> None:
    """Make the one-time links of a person useless: what they were made for is done, or has changed."""
    session.exec(delete(tables.SignInLink).where(col(tables.SignInLink.person_id) == person_id))


def check_language(session: Session, municipality_id: int, language: str) -> str:
    """Return the language if it is one of the town's, or that none was chosen. Raises Invalid."""
    return NO_CHOICE if language == NO_CHOICE else municipalities.check_language(session, municipality_id, language)


def is_staff(session: Session, person_id: int) -> bool:
    """Return whether a person holds any role beyond that of a resident."""
    return session.exec(select(tables.PersonRole).where(tables.PersonRole.person_id == person_id)).first() is not None


def check_area(session: Session, municipality_id: int, area_id: int | None, *, kept: int | None = None) -> None:
    """Raise Invalid unless the area is one that the municipality offers, or the one `kept` so far; None is no area."""
    if area_id is None:
        return
    area = session.get(tables.Area, area_id)
    if area is None or area.municipality_id != municipality_id or (area.retired_at and area_id != kept):
        raise Invalid("area", "choice")


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: NFKC, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def clean_nickname(nickname: str) -> str:
    """Return a nickname fit to be shown. Raises Invalid."""
    shown = " ".join(unicodedata.normalize("NFKC", letters.without_colours(nickname)).split())
    least, most = NICKNAME
    if not shown:
        raise Invalid("nickname", "required")
    check_letters("nickname", shown)
    if len(shown) < least:
        raise Invalid("nickname", "too_short", limit=least)
    if len(shown) > most:
        raise Invalid("nickname", "too_long", limit=most)
    # An @ would make it an e-mail.
    if "@" in shown or not any(map(str.isalpha, shown)) or not all(map(str.isprintable, shown)):
        raise Invalid("nickname", "format")
    return shown


def check_letters(field: str, name: str) -> None:
    """Raise Invalid for what would let a name be taken for another one; `why` it is refused is among its facts.

    Signs that nobody can see (unseen), a word with letters of two alphabets (mixed), letters of an alphabet that nobody
    writes today (alphabet), or more than two marks on one letter (piled).
    """
    if letters.unseen(name):
        raise Invalid(field, "format", why="unseen")
    if word := letters.mixed_word(name):
        raise Invalid(field, "format", why="mixed", word=word[: NICKNAME[1]])
    if not letters.in_use(name):
        raise Invalid(field, "format", why="alphabet")
    if letters.piled(name):
        raise Invalid(field, "format", why="piled")


def clean_email(email: str | None, *, field: str = "email") -> str | None:
    """Return an e-mail address, or None if there is none. Raises Invalid."""
    if email is None or not email.strip():
        return None
    address = email.strip()
    if len(address) > 254 or letters.unseen(address) or not _EMAIL.fullmatch(address):
        raise Invalid(field, "format")
    return address
