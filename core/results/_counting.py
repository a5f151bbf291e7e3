"""Results: count a round – two people agree to it –, keep what came out, publish it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from core import journal, rounds
from core.ballots.types import TYPES
from core.counting.allocation import Allocation, allocation_from_json, allocation_to_json, canonical_input
from core.counting.rules import allocate
from core.errors import Invalid, NotAllowed, NotFound, NotSignedIn, WrongPhase
from core.permissions import Action, Actor
from core.phases import Phase
from core.rounds import Round, second_person, steps
from core.rounds.second_person import Pending
from core.rounds.steps import OBJECTION, Step
from core.rounds.terms import Line
from core.tally.loading import load_election
from db import tables
from db.engine import database_now, lock_round


@dataclass(frozen=True, slots=True)
class Result:
    """What a count gave. `fingerprint`: SHA-256 of all that went into it."""

    allocation: Allocation
    rule: str
    settings: Mapping[str, Any]
    ballots: int
    fingerprint: str
    counted_at: datetime
    published_at: datetime | None


def count_round(
    session: Session,
    organiser: Actor,
    round_id: int,
    *,
    at: datetime,
    rule: str | None = None,
    settings: Mapping[str, Any] | None = None,
    consent: str | None = None,
) -> Pending | Result:
    """Ask that a round be counted, or agree to it, which counts it: then keep the result and return it.

    An imported election takes one person, is published at once, and takes another rule where its own is unknown.
    Raises SamePerson, WrongPhase and what the rule refuses.
    """
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.count, round_, at)
    _refuse_before_close(session, round_)
    if not round_.imported and round_.counted_at is None:
        steps.require(session.get_one(tables.Round, round_id), Step.count, at)
    agreed = second_person.ask(session, organiser, round_id, Action.count, at=at, consent=consent)
    if isinstance(agreed, Pending):
        return agreed
    if (rule is not None or settings is not None) and not round_.imported:
        raise Invalid("rule", "locked")
    name = rule or round_.rule
    if not name:
        raise Invalid("rule", "required")
    given = dict(settings) if settings is not None else {} if rule else round_.rule_settings
    row = _count(session, round_, name, given, at)
    kept = session.get_one(tables.Round, round_id)
    kept.counted_at, kept.version = at, kept.version + 1
    journal.write(
        session, organiser, Action.count, round_id=round_id, at=at, rule=row.rule, fingerprint=row.fingerprint
    )
    if round_.imported:
        _publish(session, organiser, kept, row, at)
    return _value(row)


def publish(
    session: Session, organiser: Actor, round_id: int, at: datetime, *, consent: str | None = None
) -> Pending | Result:
    """Ask that a counted result be shown, or – with the `consent` to it – agree, which shows it to everyone.

    Raises NotFound if nothing has been counted, and what `second_person.ask` raises.
    """
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.publish_result, round_, at)
    row = _row(session, round_id)
    if row is None:
        raise NotFound(thing="result", key=round_.slug)
    told = _told(row)
    agreed = second_person.ask(session, organiser, round_id, Action.publish_result, at=at, lines=told, consent=consent)
    if isinstance(agreed, Pending):
        return agreed
    _publish(session, organiser, session.get_one(tables.Round, round_id), row, at)
    return _value(row)


def result(session: Session, actor: Actor, round_id: int) -> Result:
    """Return the result of a round. Raises NotFound if there is none that the actor may see."""
    round_ = rounds.get(session, actor, round_id)
    row = _row(session, round_id)
    if row is None or (row.published_at is None and not _may_see_early(actor, round_)):
        raise NotFound(thing="result", key=round_.slug)
    return _value(row)


def result_of(session: Session, actor: Actor, round_: Round) -> Result | None:
    """Return the result of a round, None while there is none that the actor may see."""
    try:
        return result(session, actor, round_.id) if round_.counted_at else None
    except NotFound:
        return None


def published(session: Session, actor: Actor, round_: Round) -> Result | None:
    """Return the result of a round as everyone may see it, None while there is none or if the round is void."""
    return result_of(session, actor, round_) if round_.shows_result else None


def counts_votes(allocation: Allocation, round_: Round) -> bool:
    """Return whether the support of a project is a number of votes, and not points of some kind."""
    settings = dict(allocation.settings)
    said = settings.get("by", settings.get("utility", "votes"))
    # A city that publishes scores for ballots without points means votes.
    return said in ("votes", "cost", "cardinality") or (said == "score" and TYPES[round_.ballot.type].counts_votes)


def _count(session: Session, round_: Round, rule: str, settings: Mapping[str, Any], at: datetime) -> tables.Result:
    instance, profile = load_election(session, round_)
    allocation = allocate(rule, instance, profile, **settings)
    used = dict(allocation.settings) or dict(settings)
    row = _row(session, round_.id) or tables.Result(
        round_id=round_.id, rule="", ballots=0, fingerprint="", counted_at=at
    )
    row.rule, row.settings, row.ballots = allocation.rule or rule, used, profile.ballots
    row.allocation = json.loads(allocation_to_json(allocation))
    row.fingerprint = hashlib.sha256(canonical_input(instance, profile, row.rule, used)).hexdigest()
    row.counted_at = at
    session.add(row)
    session.flush()
    return row


def _publish(session: Session, actor: Actor, kept: tables.Round, row: tables.Result, at: datetime) -> None:
    row.published_at = at
    kept.result_published_at, kept.version = at, kept.version + 1
    if not kept.imported:
        kept.keep_until = at + OBJECTION
    session.flush()
    journal.write(session, actor, Action.publish_result, round_id=row.round_id, at=at, fingerprint=row.fingerprint)


def _told(row: tables.Result) -> tuple[Line, ...]:
    """Return what publishing shows, as whoever agrees to it reads it."""
    funded = [project.id for project in allocation_from_json(json.dumps(row.allocation)).funded]
    facts = {"rule": row.rule, "ballots": row.ballots, "funded": funded, "fingerprint": row.fingerprint}
    return tuple(Line(name, None, value) for name, value in facts.items())


def _refuse_before_close(session: Session, round_: Round) -> None:
    """Refuse while voting is open by the database's clock, whatever the clock of this process says."""
    if database_now(session) < round_.dates.voting_until:
        raise WrongPhase(action=Action.count, phase=Phase.voting, allowed=(Phase.counting,))


def _may_see_early(actor: Actor, round_: Round) -> bool:
    try:
        rounds.require(actor, Action.see_unpublished_result, round_, round_.dates.voting_until)
    except (NotSignedIn, NotAllowed, WrongPhase):
        return False
    return True


def _row(session: Session, round_id: int) -> tables.Result | None:
    return session.exec(select(tables.Result).where(tables.Result.round_id == round_id)).first()


def _value(row: tables.Result) -> Result:
    counted = allocation_from_json(json.dumps(row.allocation))
    # What a project was called when it was counted may be hidden since: who shows it asks the project.
    funded = tuple(replace(project, name="", area="", more=()) for project in counted.funded)
    return Result(
        allocation=replace(counted, funded=funded),
        rule=row.rule,
        settings=row.settings,
        ballots=row.ballots,
        fingerprint=row.fingerprint,
        counted_at=row.counted_at,
        published_at=row.published_at,
    )
