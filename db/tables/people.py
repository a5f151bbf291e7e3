"""People, their roles and their sign-ins."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from db.tables.base import Row, drawn_key, link, moment


class Person(Row, table=True):
    """An account: what a person chose to tell. Nothing here says whether she has voted."""

    # The way to her slot begins here, so whoever comes after her must never get it.
    id: int | None = drawn_key()
    municipality_id: int = link("municipality.id", ondelete="CASCADE", index=False)
    nickname: str
    nickname_key: str
    # What all names have in common that look like it; empty for a name of old that looks like an older one.
    nickname_look: str | None = None
    email: str | None = None
    email_key: str | None = None
    birth_year: int | None = None
    area_id: int | None = link("area.id", ondelete="SET NULL", nullable=True)
    password_hash: str | None = None
    recovery_hash: str | None = None
    # When somebody else opened it with a one-time link: of rounds that were being voted in then, it shows no choices.
    helped_at: datetime | None = moment(nullable=True)
    language: str = ""
    # The day of a sign-in, written once a month at most: an account that nobody uses goes.
    used_on: date | None = None
    # What the journal keeps of her when her account is erased.
    pseudonym: str
    demo: bool = False
    created_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("municipality_id", "nickname_key"),
        UniqueConstraint("municipality_id", "email_key"),
        UniqueConstraint("pseudonym"),
        Index(None, "municipality_id", "nickname_look", unique=True),
    )


class PersonRole(Row, table=True):
    """A role beyond that of a resident, which everyone with an account has."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    role: str = Field(primary_key=True)


class SignIn(Row, table=True):
    """A browser that is signed in; the token itself is in its cookie only."""

    token_hash: str = Field(primary_key=True)
    person_id: int = link("person.id", ondelete="CASCADE")
    created_at: datetime = moment()
    seen_at: datetime = moment()
    expires_at: datetime = moment()
    # A rough word, so that she knows it again: phone, tablet, computer.
    device: str = ""
    # Staff roles count in this browser only once the second step has been shown here.
    second_step: bool = False
    # How many wrong second steps came before this sign-in; told once.
    missed: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class SecondStep(Row, table=True):
    """What the one-time passwords of a member of staff are made of; the secret is encrypted under a key file."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    secret: bytes
    # The half minute of the newest password that was shown: none is taken twice.
    last_step: int = Field(default=0, sa_type=BigInteger)
    confirmed_at: datetime | None = moment(nullable=True)


class SecondStepCode(Row, table=True):
    """The keyed digest of a recovery code that stands in for a one-time password, once."""

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE", sa_type=BigInteger)
    digest: bytes = Field(primary_key=True)


class Invitation(Row, table=True):
    """A link that gives whoever opens it first a role. It goes when it is used."""

    token_hash: str = Field(primary_key=True)
    municipality_id: int = link("municipality.id", ondelete="CASCADE")
    role: str
    # A pseudonym.
    invited_by: str
    created_at: datetime = moment()
    expires_at: datetime = moment()


class Throttle(Row, table=True):
    """Wrong tries at one door. Doors are numbered by a keyed hash, so nobody is named and there is an end to them."""

    bucket: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    failures: int
    last_at: datetime = moment()


class SignInLink(Row, table=True):
    """A link that signs a person in once."""

    token_hash: str = Field(primary_key=True)
    person_id: int = link("person.id", ondelete="CASCADE")
    expires_at: datetime = moment()
    used_at: datetime | None = moment(nullable=True)
