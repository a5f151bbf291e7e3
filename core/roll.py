"""The roll: who may vote in a round."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from core.errors import NotAllowed, NotEligible, NotSignedIn
from core.permissions import Action, Actor, may
from core.round_values import Round
from db import tables


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a person may vote, and what is missing first if not."""

    may_vote: bool
    missing: Literal["sign_in", "age", "code"] | None = None


def eligibility(session: Session, actor: Actor, round_: Round, at: datetime) -> Eligibility:  # noqa: ARG001
    """Return whether the actor may vote in this round once voting is open."""
    if actor.person_id is None or not may(actor, Action.cast_ballot):
        return Eligibility(False, "sign_in")
    if not of_age(actor, round_):
        return Eligibility(False, "age")
    if round_.code_required and not on_roll(session, actor, round_.id):
        return Eligibility(False, "code")
    return Eligibility(True)


def require_eligible(session: Session, actor: Actor, round_: Round, at: datetime) -> None:
    """Refuse who may not vote here. Raises NotSignedIn, NotAllowed – the round of another town – or NotEligible."""
    if actor.municipality_id != round_.municipality_id:
        raise NotAllowed(action=Action.cast_ballot, roles=tuple(sorted(actor.roles)))
    found = eligibility(session, actor, round_, at)
    if found.missing == "sign_in":
        raise NotSignedIn(action=Action.cast_ballot)
    if found.missing is not None:
        raise NotEligible(reason=found.missing, age_min=round_.age_min, age_max=round_.age_max)


def age_on(actor: Actor, round_: Round) -> int | None:
    """Return the year of the round's stated date minus the year of birth."""
    return None if actor.birth_year is None else round_.age_on.year - actor.birth_year


def of_age(actor: Actor, round_: Round) -> bool:
    """Return whether the actor's age is within the round's limits; an unknown age is not, where there are any."""
    age = age_on(actor, round_)
    if age is None:
        return round_.age_min is None and round_.age_max is None
    return (round_.age_min is None or age >= round_.age_min) and (round_.age_max is None or age <= round_.age_max)


def on_roll(session: Session, actor: Actor, round_id: int) -> bool:
    """Return whether the actor has entered a participation code."""
    return session.get(tables.Roll, (round_id, actor.person_id)) is not None


def enrol(session: Session, actor: Actor, round_id: int) -> None:
    """Put the actor on the roll of a round; that she is on it already is no error."""
    if actor.person_id is None:
        raise NotSignedIn(action=Action.enter_code)
    if not on_roll(session, actor, round_id):
        session.add(tables.Roll(round_id=round_id, person_id=actor.person_id))
        session.flush()
