"""Accounts: join, prove who one is, get back in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete

from core import hidden, journal, letters, redaction
from core.errors import Invalid, Locked, SignInFailed
from core.people import passwords, persons, throttle
from core.people.persons import clean_email, clean_nickname, name_key
from core.people.recovery import RECOVERY_SYMBOLS, Joined, code_digest
from core.people.throttle import Kind, network_doors
from core.permissions import Action, Actor, Role, require
from core.store import Opener
from core.texts import Texts
from core.trust import waiting
from db import tables

YOUNGEST = 14

OLDEST = 120


# Roles that somebody gives; a guest has no account, and whoever has one is a resident.
GIVEN = frozenset({Role.reviewer, Role.organiser, Role.council, Role.auditor})


@dataclass(frozen=True, slots=True)
class Profile:
    """What an account page shows its owner."""

    nickname: str
    email: str | None
    birth_year: int | None
    area_id: int | None
    language: str
    roles: frozenset[Role]
    has_password: bool
    created_at: datetime
    # Why others do not see the name any more; None if they do.
    name_hidden: Texts | None = None


def join(
    transaction: Opener,
    municipality_id: int,
    *,
    nickname: str,
    password: str,
    birth_year: int,
    area_id: int | None,
    language: str,
    address: str,
    at: datetime,
    email: str | None = None,
) -> Joined:
    """Make a resident's account and return it with its recovery code. Raises Invalid or TooManyTries.

    Whether a name is free is told so often only: else whole lists of addresses could be tried.
    """
    nickname, email = clean_nickname(nickname), clean_email(email)
    check_birth_year(birth_year, at)
    names, lane = (nickname, email or ""), redaction.network(address)
    passwords.check_form(password, names=names)
    with transaction() as session:
        throttle.count(session, network_doors(address, Kind.join), at=at)
    passwords.check_guessable(password, names=names, lane=lane)
    with transaction() as session:
        persons.check_free(session, municipality_id, nickname=nickname, email=email)
    # Hashed between the transactions, for a writing one keeps other writers waiting.
    kept, recovery_code = passwords.hashed(password, lane), letters.random_text(RECOVERY_SYMBOLS)
    with transaction() as session:
        row = persons.add(
            session, municipality_id, nickname=nickname, email=email, language=language, area_id=area_id,
            birth_year=birth_year, password_hash=kept, recovery_hash=code_digest(recovery_code), created_at=at,
        )  # fmt: skip
        return Joined(persons.actor_from(session, row), letters.grouped(recovery_code))


def check_password(
    session: Session,
    municipality_id: int,
    name: str,
    password: str,
    *,
    at: datetime,  # noqa: ARG001 – like its neighbours
) -> Actor:
    """Return the person with this nickname or e-mail and password. Raises SignInFailed or TooManyTries.

    It counts no wrong tries: whoever comes over the net comes in by `sign_in.enter`. It only reads, so a `reading()`
    session will do and keeps nobody waiting while the password is hashed.
    """
    row = persons.by_name(session, municipality_id, name)
    if not passwords.fits(password, row.password_hash if row else None) or row is None:
        raise SignInFailed
    return persons.actor_from(session, row)


def faults(
    *, nickname: str, password: str, birth_year: int | None, email: str | None, at: datetime
) -> list[Invalid]:  # fmt: skip
    """Return everything that `join` would refuse before it counts a try, not only the first thing.

    A `birth_year` of None is one that cannot be read.
    """
    found: list[Invalid] = []

    def check(act: Callable[[], object]) -> None:
        try:
            act()
        except Invalid as refusal:
            found.append(refusal)

    check(lambda: clean_nickname(nickname))
    check(lambda: clean_email(email))
    if birth_year is not None:
        check(lambda: check_birth_year(birth_year, at))
    check(lambda: passwords.check_form(password, names=(nickname, email or "")))
    return found


def profile(session: Session, actor: Actor) -> Profile:
    """Return what the actor's account holds. Raises NotSignedIn."""
    row = persons.own_row(session, actor)
    return Profile(
        nickname=row.nickname,
        email=row.email,
        birth_year=row.birth_year,
        area_id=row.area_id,
        language=row.language,
        roles=persons.actor_from(session, row).roles,
        has_password=row.password_hash is not None,
        created_at=row.created_at,
        name_hidden=hidden.of_people(session, [row.pseudonym]).get(row.pseudonym),
    )


def set_language(session: Session, actor: Actor, language: str) -> Actor:
    """Keep the language the actor wants to read in, and return her with it. Raises NotSignedIn or Invalid."""
    row = persons.own_row(session, actor)
    row.language = persons.check_language(session, actor.municipality_id, language)
    session.flush()
    return replace(actor, language=row.language)


def actor_by_id(session: Session, person_id: int) -> Actor:
    """Return a person by her id. Raises NotFound."""
    return persons.actor_from(session, persons.by_id(session, person_id))


def create_person(
    session: Session,
    operator: Actor,
    *,
    municipality_id: int,
    nickname: str,
    roles: Iterable[Role],
    at: datetime,
    password: str | None = None,
    email: str | None = None,
    birth_year: int | None = None,
    area_id: int | None = None,
    language: str = "",
    demo: bool = False,
) -> Actor:
    """Make an account with roles and return it; without a password it is entered by a one-time link."""
    require(operator, Action.manage_people)
    nickname, email, given = clean_nickname(nickname), clean_email(email), frozenset(roles) - {Role.resident}
    if given - GIVEN:
        raise Invalid("roles", "choice")
    # The demo's passwords are printed for everyone, so their strength does not matter.
    if password is not None and not demo:
        passwords.check_strength(password, names=(nickname,), staff=bool(given))
    row = persons.add(
        session, municipality_id, nickname=nickname, email=email, language=language, area_id=area_id, roles=given,
        birth_year=birth_year, password_hash=None if password is None else passwords.hashed(password), demo=demo,
        created_at=at,
    )  # fmt: skip
    if given and not demo:
        journal.write(
            session,
            operator,
            "give_roles",
            municipality_id=municipality_id,
            at=at,
            to=row.pseudonym,
            roles=sorted(given),
        )
    return persons.actor_from(session, row)


def check_birth_year(birth_year: int, at: datetime) -> None:
    """Raise Invalid unless somebody born in this year may have an account."""
    if not at.year - OLDEST <= birth_year <= at.year:
        raise Invalid("birth_year", "range", least=at.year - OLDEST, most=at.year)
    # By the year alone, as eligibility is; nothing is kept of a child.
    if at.year - birth_year < YOUNGEST:
        raise Invalid("birth_year", "too_young", limit=YOUNGEST)


def correct(
    transaction: Opener, actor: Actor, *, nickname: str, email: str | None, birth_year: int | None,
    area_id: int | None, at: datetime,
) -> Actor:  # fmt: skip
    """Put these in the place of what the actor's account holds, and return her with them.

    A year of birth that is known cannot be taken back, nor changed while a ballot of hers stands: Locked. Raises
    NotSignedIn; Invalid for a name that is taken or cannot
    be one, and for a year of birth that makes her too young for an account. TooManyTries for who corrects all the time:
    whether a name is free is told so often only.
    """
    email = clean_email(email)
    with transaction() as session:
        row = persons.own_row(session, actor)
        # A name of old may be one that nobody could choose today; it stays as long as she leaves it.
        nickname = nickname if nickname == row.nickname else clean_nickname(nickname)
        person_id = tables.id_of(row)
        throttle.count(session, [throttle.door(throttle.Kind.names, str(person_id))], at=at)
    with transaction() as session:
        return _corrected(session, actor, nickname, email, birth_year, area_id, at)


def _corrected(
    session: Session, actor: Actor, nickname: str, email: str | None, birth_year: int | None, area_id: int | None,
    at: datetime,
) -> Actor:  # fmt: skip
    row = persons.own_row(session, actor)
    if birth_year is not None:
        check_birth_year(birth_year, at)
    elif row.birth_year is not None:
        raise Invalid("birth_year", "required")
    if birth_year != row.birth_year and waiting.stands_for(
        session.connection(), row.municipality_id, tables.id_of(row)
    ):
        # A year that let somebody vote, and is set back afterwards, would leave no trace.
        raise Locked(what="birth_year")
    persons.check_area(session, row.municipality_id, area_id, kept=row.area_id)
    for field, given in (("nickname", nickname), ("email", email)):
        known = persons.by_name(session, row.municipality_id, given) if given else None
        if known is not None and known.id != row.id:
            raise Invalid(field, "taken")
    if nickname != row.nickname:
        if persons.looks_like(session, row.municipality_id, nickname) - {row.id}:
            raise Invalid("nickname", "taken")
        row.nickname, row.nickname_key, row.nickname_look = nickname, name_key(nickname), letters.look(nickname)
        # What was hidden was the old one.
        session.exec(delete(tables.Hiding).where(col(tables.Hiding.person_id) == row.id))
    row.email, row.email_key = email, name_key(email) if email else None
    row.birth_year, row.area_id = birth_year, area_id
    try:
        session.flush()
    except IntegrityError as error:
        # Two people took one name in the same moment.
        raise Invalid("nickname", "taken") from error
    return persons.actor_from(session, session.get_one(tables.Person, row.id))
