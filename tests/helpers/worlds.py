"""Worlds for tests: a small town with people of every role and rounds in any phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlmodel import Session

from core import municipalities, permissions, rounds
from core.ballots.types import BallotRules
from core.municipalities import Municipality, Place
from core.permissions import OPERATOR, Actor, Role
from core.phases import Dates, Phase
from core.rounds import Round, RoundDraft, put
from core.texts import Texts
from db import tables

PASSWORD = "mnogo-dalga-parola-9"
STAFF = (Role.reviewer, Role.organiser, Role.council, Role.auditor)
COSTS = {"p01": 1_000_00, "p02": 2_000_00, "p03": 3_000_00, "p04": 4_000_00, "p05": 5_000_00}
BUDGET = 9_000_00

# Where a moment lies in a round that is in the phase: days until ideas, review, voting, counting, results.
_DAYS = {
    Phase.preparation: (5, 10, 15, 20, 25),
    Phase.ideas: (-2, 5, 10, 20, 25),
    Phase.review: (-10, -2, 5, 20, 25),
    Phase.voting: (-30, -20, -1, 7, 10),
    Phase.counting: (-40, -30, -20, -1, 5),
    Phase.results: (-50, -40, -30, -20, -10),
    Phase.implementation: (-50, -40, -30, -20, -10),
}


@dataclass(frozen=True)
class Town:
    """A municipality, one actor per role and a round in voting with five projects."""

    municipality: Municipality
    round: Round
    at: datetime
    people: dict[str, Actor]

    @property
    def guest(self) -> Actor:
        return permissions.guest(self.municipality.id)

    @property
    def operator(self) -> Actor:
        return permissions.operator(self.municipality.id)

    def __getattr__(self, name: str) -> Actor:
        """Return resident, neighbour, reviewer, organiser, second_organiser, council or auditor."""
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def of(self, role: Role) -> Actor:
        return {Role.guest: self.guest, Role.operator: self.operator}.get(role) or self.people[role]


@cache
def password_hash() -> str:
    """Return the hash of PASSWORD, made once: a hash takes as long as a whole test."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)


def build(session: Session, at: datetime) -> Town:
    """Fill an empty database with a town."""
    municipality = municipalities.create(
        session, OPERATOR, slug="selo", names=Texts(bg="Община Село", en="Selo Municipality"),
        contact_email="budget@selo.bg",
        imprint=Texts(bg="Община Село, пл. 1", en="Selo Municipality, 1 Square"), at=at,
        areas=[
            Place("center", Texts(bg="Център", en="Centre"), 42.28, 22.69),
            Place("gara", Texts(bg="Гара", en="Station")),
        ],
        categories=[Place("sport", Texts(bg="Спорт", en="Sport")), Place("culture", Texts(bg="Култура", en="Culture"))],
    )  # fmt: skip
    names = ("resident", "neighbour", "second_organiser", *STAFF)
    known = people(session, municipality, {name: _role(name) for name in map(str, names)}, at)
    return Town(municipality, round_in(session, municipality.id, Phase.voting, at), at, known)


def person(
    session: Session, municipality: Municipality, nickname: str, roles: frozenset[Role], at: datetime, **changes: Any
) -> Actor:
    """Add a person who was born in 2006 and knows PASSWORD, and return her."""
    return people(session, municipality, {nickname: roles}, at, **changes)[nickname]


def people(
    session: Session, municipality: Municipality, wanted: Mapping[str, frozenset[Role]], at: datetime, **changes: Any
) -> dict[str, Actor]:
    """Add people by nickname, each with her roles, as `person` does; all at once is much quicker."""
    rows = {nickname: tables.Person(**{
        "municipality_id": municipality.id, "nickname": nickname, "nickname_key": nickname.casefold(),
        "birth_year": 2006, "area_id": municipality.areas[0].id, "password_hash": password_hash(),
        "pseudonym": f"p-{nickname}", "created_at": at, **changes,
    }) for nickname in wanted}  # fmt: skip
    session.add_all(rows.values())
    session.flush()
    for nickname, roles in wanted.items():
        session.add_all(tables.PersonRole(person_id=tables.id_of(rows[nickname]), role=role) for role in roles)
    session.flush()
    return {nickname: _actor(row, wanted[nickname]) for nickname, row in rows.items()}


def _actor(row: tables.Person, roles: frozenset[Role]) -> Actor:
    return Actor(
        person_id=row.id,
        municipality_id=row.municipality_id,
        nickname=row.nickname,
        roles=roles | {Role.resident},
        pseudonym=row.pseudonym,
        language=row.language,
        birth_year=row.birth_year,
        area_id=row.area_id,
    )


def draft(at: datetime, phase: Phase = Phase.preparation, **changes: Any) -> RoundDraft:
    """Return a round that is in `phase` at `at` once it is published."""
    days = [at + timedelta(days=each) for each in _DAYS[phase]]
    begun = at - timedelta(days=1) if phase is Phase.implementation else None
    made = RoundDraft(
        titles=Texts(bg="Младежки бюджет", en="Youth budget"), budget=BUDGET,
        dates=Dates(*days, implementation_from=begun),
        ballot=BallotRules("approval", 1, 3), age_on=date(2026, 1, 1), age_min=15, age_max=29,
        contact_email="budget@selo.bg", code_required=False, tally_step=1,
    )  # fmt: skip
    return replace(made, **changes)


def round_in(
    session: Session, municipality_id: int, phase: Phase, at: datetime, *, slug: str = "2026", published: bool = True,
    projects: bool = True, **changes: Any,
) -> Round:  # fmt: skip
    """Add a round in a phase with five projects, and return it. `changes` are fields of RoundDraft."""
    done = at - timedelta(days=5) if phase in (Phase.results, Phase.implementation) else None
    row = tables.Round(
        slug=slug, municipality_id=municipality_id, age_on=date(2026, 1, 1), created_at=at,
        published_at=at - timedelta(days=60) if published else None, counted_at=done, result_published_at=done,
    )  # fmt: skip
    put(draft(at, phase, **changes), row)
    session.add(row)
    session.flush()
    for position, (code, cost) in enumerate(COSTS.items() if projects else ()):
        session.add(tables.Project(
            round_id=tables.id_of(row), code=code, title={"bg": f"Проект {code}", "en": f"Project {code}"}, cost=cost,
            position=position, lot=position,
        ))  # fmt: skip
    session.flush()
    return rounds.get(session, OPERATOR, tables.id_of(row))


def _role(name: str) -> frozenset[Role]:
    if name == "second_organiser":
        return frozenset({Role.organiser})
    return frozenset({Role(name)}) if name in {str(role) for role in STAFF} else frozenset()
