"""The roll: who may vote in a round – one answer for the page that shows it and for the ballot that asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from sqlalchemy import Connection, text
from sqlmodel import Session, col, select

from core.errors import NotEligible, NotSignedIn
from core.permissions import Action, Actor, may
from db import tables

# A plain statement: each ballot asks it, in the minute in which everyone votes.
_ON_ROLL = text("SELECT 1 FROM roll WHERE round_id = :id AND person_id = :person_id")


class AgeLimits(Protocol):
    """Whom a round lets vote by age; a round, or its row."""

    @property
    def age_min(self) -> int | None:
        """Return the least age."""

    @property
    def age_max(self) -> int | None:
        """Return the greatest age."""

    @property
    def age_on(self) -> date:
        """Return the date in whose year it is reached."""


class Terms(AgeLimits, Protocol):
    """What a round asks of its voters."""

    @property
    def id(self) -> int:
        """Return the round's id."""

    @property
    def code_required(self) -> bool:
        """Return whether a participation code is needed."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a person may vote, and what is missing first if not."""

    may_vote: bool
    missing: Literal["sign_in", "age", "code"] | None = None


def eligibility(session: Session, actor: Actor, round_: Terms) -> Eligibility:
    """Return whether the actor may vote in this round of her town once voting is open; in one query at most."""
    if actor.person_id is None or not may(actor, Action.cast_ballot):
        return Eligibility(False, "sign_in")
    return _answer(_missing(session.connection(), actor, round_))


def eligibilities(session: Session, actor: Actor, wanted: Sequence[Terms]) -> dict[int, Eligibility]:
    """Return the same for several rounds, by round; in one query at most."""
    if actor.person_id is None or not may(actor, Action.cast_ballot):
        return {one.id: Eligibility(False, "sign_in") for one in wanted}
    mine = select(tables.Roll.round_id).where(tables.Roll.person_id == actor.person_id)
    entered = set(session.exec(mine.where(col(tables.Roll.round_id).in_([one.id for one in wanted]))))
    found: dict[int, Eligibility] = {}
    for one in wanted:
        needs_code = one.code_required and one.id not in entered
        found[one.id] = _answer("age" if not of_age(actor, one) else "code" if needs_code else None)
    return found


def require_eligible(connection: Connection, voter: Actor, terms: Terms) -> None:
    """Refuse who is not of the age or not on the roll. Raises NotEligible; in one query at most."""
    missing = _missing(connection, voter, terms)
    if missing:
        raise NotEligible(reason=missing, age_min=terms.age_min, age_max=terms.age_max)


def of_age(actor: Actor, limits: AgeLimits) -> bool:
    """Return whether the actor's age is within the limits; an unknown age is not, where there are any.

    Age is the year of the round's stated date minus the year of birth.
    """
    if actor.birth_year is None:
        return limits.age_min is None and limits.age_max is None
    age = limits.age_on.year - actor.birth_year
    return (limits.age_min is None or age >= limits.age_min) and (limits.age_max is None or age <= limits.age_max)


def on_roll(session: Session, actor: Actor, round_id: int) -> bool:
    """Return whether the actor has entered a participation code."""
    return _on_roll(session.connection(), actor, round_id)


def enrol(session: Session, actor: Actor, round_id: int) -> None:
    """Put the actor on the roll of a round; that she is on it already is no error."""
    if actor.person_id is None:
        raise NotSignedIn(action=Action.enter_code)
    if not on_roll(session, actor, round_id):
        session.add(tables.Roll(round_id=round_id, person_id=actor.person_id))
        session.flush()


def _answer(missing: Literal["age", "code"] | None) -> Eligibility:
    return Eligibility(missing is None, missing)


def _missing(connection: Connection, actor: Actor, terms: Terms) -> Literal["age", "code"] | None:
    if not of_age(actor, terms):
        return "age"
    if terms.code_required and not _on_roll(connection, actor, terms.id):
        return "code"
    return None


def _on_roll(connection: Connection, actor: Actor, round_id: int) -> bool:
    return connection.execute(_ON_ROLL, {"id": round_id, "person_id": actor.person_id}).first() is not None
