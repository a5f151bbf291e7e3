"""The demo town: fictional, on this computer only, and gone without a trace when it is removed."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlmodel import Session, col, delete, select

from core import codes, letters, municipalities, tally
from core.demo import residents, rounds
from core.demo.residents import content, places
from core.errors import Invalid, NotFound, SettingWrong
from core.people import passwords, persons
from core.people.persons import name_key
from core.permissions import OPERATOR, Action, Actor, Role
from core.rounds import second_person
from core.settings import settings
from core.texts import Texts
from core.trust import keys
from db import tables

SLUG = "demo-kyustendil"
RESIDENTS = 260
DAYS = 60
CODES = 12

# Printed at every start, which is why the demo town is refused on any other computer.
PASSWORD = "kyustendil-demo"
SIGN_INS = (
    ("resident", ()),
    ("reviewer", (Role.reviewer,)),
    ("organiser", (Role.organiser,)),
    ("organiser2", (Role.organiser,)),
    ("council", (Role.council,)),
    ("auditor", (Role.auditor,)),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A name and a password to try a role with."""

    role: Role
    nickname: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoSignIns:
    """One sign-in per role, two for organisers, and participation codes for people who join by themselves."""

    people: tuple[SignIn, ...]
    codes: tuple[str, ...] = ()


def create(session: Session, at: datetime) -> DemoSignIns:
    """Make the demo town with its four rounds and some hundred residents; return how to sign in.

    Raises SettingWrong unless only this computer can reach the server, Invalid if there is a demo town already.
    """
    refuse_in_public()
    if _town(session) is not None:
        raise Invalid("demo", "taken")
    told = content()
    town = municipalities.create(
        session, OPERATOR, slug=SLUG, names=Texts(told["municipality"]["names"]), at=at, demo=True,
        contact_email="demo@example.org", imprint=Texts(told["_readme"]["text"]),
        areas=places(told["areas"]), categories=places(told["categories"]),
    )  # fmt: skip
    staff = _sign_ins(session, town.id, at)
    crowd = _crowd(session, town, at)
    voting = rounds.voting(session, town, staff, crowd, at, at + timedelta(days=DAYS))
    rounds.finished(session, town, staff, crowd, at)
    rounds.next_one(session, town, staff, at)
    rounds.school(session, town, staff, crowd, at)
    session.add(tables.Roll(round_id=voting, person_id=staff["resident"].person_id or 0))
    slips = codes.make_batch(session, staff["organiser"], voting, "Демо", CODES, at=at)
    for batch in codes.batches(session, staff["organiser2"], voting):
        asked = second_person.waits(session, staff["organiser2"], voting, Action.release_codes, str(batch.id))
        codes.release(session, staff["organiser2"], voting, batch.id, at=at, consent=asked.consent if asked else "")
    return DemoSignIns(sign_ins().people, slips)


def sign_ins() -> DemoSignIns:
    """Return how to sign in to the demo town; codes are shown once, at its creation."""
    return DemoSignIns(tuple(SignIn((*roles, Role.resident)[0], name, PASSWORD) for name, roles in SIGN_INS))


def renew(session: Session, at: datetime) -> None:
    """Open the demo's voting round anew for 60 days; its ballots stay. Raises NotFound without a demo town."""
    refuse_in_public()
    town = _town(session)
    if town is None:
        raise NotFound(thing="demo")
    rounds.renew(session, tables.id_of(town), at, at + timedelta(days=DAYS))


def remove(session: Session) -> None:
    """Delete the demo town with all that belongs to it, and nothing else; without one nothing changes."""
    town = _town(session)
    if town is None:
        return
    rows = session.exec(select(tables.Round).where(tables.Round.municipality_id == town.id))
    round_ids = tuple(map(tables.id_of, rows))
    session.exec(delete(tables.Municipality).where(col(tables.Municipality.id) == town.id))
    session.expire_all()

    def forget(_session: Session) -> None:
        for round_id in round_ids:
            keys.forget_round(round_id)
            tally.forget(round_id)

    # The keys go only when it is certain that the slots are gone.
    event.listen(session, "after_commit", forget, once=True)


def refuse_in_public() -> None:
    """Raise SettingWrong unless only this computer can reach the server: everyone knows the passwords."""
    if not settings().loopback:
        raise SettingWrong(name="GLAS_URL", value=settings().url, problem="not_loopback")


def _town(session: Session) -> tables.Municipality | None:
    return session.exec(select(tables.Municipality).where(col(tables.Municipality.demo).is_(True))).first()


def _sign_ins(session: Session, town_id: int, at: datetime) -> dict[str, Actor]:
    kept = passwords.hashed(PASSWORD)
    centre = session.exec(select(tables.Area.id).where(tables.Area.municipality_id == town_id)).first()
    made = {}
    for name, roles in SIGN_INS:
        row = persons.add(
            session, town_id, nickname=name, email=None, language=persons.NO_CHOICE, area_id=centre, roles=roles,
            demo=True, birth_year=at.year - (34 if roles else 17), password_hash=kept, created_at=at,
        )  # fmt: skip
        made[name] = persons.actor_from(session, row)
    return made


def _crowd(session: Session, town: municipalities.Municipality, at: datetime) -> tuple[rounds.Neighbour, ...]:
    """Add the simulated residents; they have no password, so nobody can sign in as one of them."""
    areas = {area.code: area.id for area in town.areas}
    simulated = residents.residents(RESIDENTS, at.year)
    rows = [tables.Person(**_person(each, town.id, areas[each.area], at)) for each in simulated]
    session.add_all(rows)
    session.flush()
    return tuple(rounds.Neighbour(tables.id_of(row), each) for row, each in zip(rows, simulated, strict=True))


def _person(each: residents.Resident, town_id: int, area_id: int, at: datetime) -> dict[str, Any]:
    name = residents.nickname(each)
    return {
        "municipality_id": town_id, "nickname": name, "nickname_key": name_key(name),
        "nickname_look": letters.look(name), "area_id": area_id,
        "birth_year": each.birth_year, "pseudonym": f"p-{secrets.token_hex(6)}", "demo": True, "created_at": at,
    }  # fmt: skip
