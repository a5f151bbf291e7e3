"""Results: count a round – two people agree to it –, keep what came out, publish it.

Reading, counting and writing are apart: a large city counts for seconds, in which no lock is held, or nobody could vote
in another round. What is written down was counted from what the database holds in that very transaction: all that went
into the count is read once more – a tenth of a second for a hundred thousand ballots – and must be the same.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core import journal, rounds
from core.ballots.types import TYPES
from core.counting.allocation import EVERY_TIE, Allocation, allocation_from_json, allocation_to_json, canonical_input
from core.counting.election import Instance, profile_of
from core.counting.pabulib.writing import checksum, in_file
from core.counting.rules import allocate
from core.errors import CountStale, Invalid, NotAllowed, NotFound, NotSignedIn, VotedOnAltered, WrongPhase
from core.permissions import Action, Actor
from core.phases import Phase
from core.rounds import Round, second_person, steps
from core.rounds.second_person import Pending
from core.rounds.steps import OBJECTION, Step
from core.rounds.terms import Line
from core.tally.loading import kind_of, load_classes, load_instance
from core.trust import notes, rows, verifying, voted_on
from core.trust.voted_on import Held
from db import tables
from db.engine import database_now, lock_round


@dataclass(frozen=True, slots=True)
class Result:
    """What a count gave. `fingerprint`: SHA-256 of all that went into it; `checksum`: of the ballots alone.

    What was counted by an earlier Glas has no checksum.
    """

    allocation: Allocation
    rule: str
    settings: Mapping[str, Any]
    ballots: int
    fingerprint: str
    checksum: str | None
    counted_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToCount:
    """All that a count depends on, as it was read. `classes`: ballots as they are written, with how many cast each."""

    rule: str
    settings: Mapping[str, Any]
    kind: str
    instance: Instance
    classes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count gave that nobody has kept yet, and what it was made `of`."""

    of: ToCount
    allocation: Allocation
    settings: Mapping[str, Any]
    ballots: int
    fingerprint: str
    checksum: str


def to_count(
    session: Session,
    organiser: Actor,
    round_id: int,
    *,
    at: datetime,
    rule: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> ToCount:
    """Return what is to be counted, for `work_out`; nothing changes. Raises what `count_round` does."""
    return _read(session, _countable(session, organiser, round_id, at), rule, settings)


def work_out(given: ToCount) -> Counted:
    """Return what the count gives, in memory: no transaction need be open. Raises what the rule refuses."""
    profile = profile_of(given.kind, given.classes)
    allocation = replace(allocate(given.rule, given.instance, profile, **given.settings), form=EVERY_TIE)
    used = dict(allocation.settings) or dict(given.settings)
    whole = canonical_input(given.instance, profile, allocation.rule or given.rule, used)
    fingerprint = hashlib.sha256(whole).hexdigest()
    ballots = checksum(in_file(given.instance, profile)[1])
    return Counted(given, allocation, used, profile.ballots, fingerprint, ballots)


def count_round(
    session: Session,
    organiser: Actor,
    round_id: int,
    *,
    at: datetime,
    rule: str | None = None,
    settings: Mapping[str, Any] | None = None,
    counted: Counted | None = None,
    consent: str | None = None,
) -> Pending | Result:
    """Ask that a round be counted, or agree to it, which counts it: then keep the result and return it.

    `counted`: what was worked out before, with the same `rule` and `settings`; without it the count is made here, while
    nobody else can write. An imported election takes one person, is published at once, and takes another rule where its
    own is unknown. Raises SamePerson, WrongPhase, CountStale if the input is not what was counted, and what the rule
    refuses.
    """
    lock_round(session, round_id, exclusive=True)
    round_ = _countable(session, organiser, round_id, at)
    agreed = second_person.ask(session, organiser, round_id, Action.count, at=at, consent=consent)
    if isinstance(agreed, Pending):
        return agreed
    given = _read(session, round_, rule, settings)
    if counted is not None and counted.of != given:
        raise CountStale
    row = _keep(session, round_id, counted or work_out(given), at)
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
    _held(session, round_)
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


def all_published(session: Session, wanted: Collection[Round]) -> dict[int, Result]:
    """Return the published results of rounds that were read for whoever asks, by round, as `published` does."""
    shown = [one.id for one in wanted if one.shows_result]
    rows = session.exec(select(tables.Result).where(col(tables.Result.round_id).in_(shown)))
    return {row.round_id: _value(row) for row in rows if row.published_at is not None}


def counts_votes(allocation: Allocation, round_: Round) -> bool:
    """Return whether the support of a project is a number of votes, and not points of some kind."""
    settings = dict(allocation.settings)
    said = settings.get("by", settings.get("utility", "votes"))
    # A city that publishes scores for ballots without points means votes.
    return said in ("votes", "cost", "cardinality") or (said == "score" and TYPES[round_.ballot.type].counts_votes)


def _countable(session: Session, organiser: Actor, round_id: int, at: datetime) -> Round:
    """Return a round that this person may count now."""
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.count, round_, at)
    _refuse_before_close(session, round_)
    if not round_.imported and round_.counted_at is None:
        steps.require(session.get_one(tables.Round, round_id), Step.count, at)
    return round_


def _read(session: Session, round_: Round, rule: str | None, settings: Mapping[str, Any] | None) -> ToCount:
    """Return what is counted: the very values that were held against what was voted on and opened.

    Raises VotedOnAltered, LogBroken.
    """
    if (rule is not None or settings is not None) and not round_.imported:
        raise Invalid("rule", "locked")
    name = rule or round_.rule
    if not name:
        raise Invalid("rule", "required")
    given = dict(settings) if settings is not None else {} if rule else dict(round_.rule_settings)
    held = _held(session, round_)
    instance, classes = load_instance(session, round_), load_classes(session, round_)
    if held is not None:
        name, given = held.facts["rule"], dict(held.facts["settings"])
        _refuse_other_input(held, instance, classes)
    return ToCount(name, given, kind_of(round_), instance, classes)


def _held(session: Session, round_: Round) -> Held | None:
    """Hold the round against its notes and its board; None where it has no notes. Raises VotedOnAltered, LogBroken."""
    held = voted_on.hold(session, round_.id)
    if held is not None:
        closed, last = held.of("closed") or {}, verifying.verify(session, round_.id)
        if (last.size, last.root.hex()) != (closed.get("size"), closed.get("root")):
            raise VotedOnAltered(slug=round_.slug, what=("closed",))
    return held


def _refuse_other_input(held: Held, instance: Instance, classes: Mapping[str, int]) -> None:
    """Refuse to count anything but what was opened and voted on: these very values, not what is read once more."""
    facts = held.facts
    costs = {code: each["cost"] for code, each in facts["projects"].items()}
    drawn, opened = held.of("drawn") or {}, held.of("opened") or {}
    found = {
        "opened": notes.ballots_of(classes) == opened.get("ballots"),
        "projects": {each.id: each.cost for each in instance.projects} == costs,
        "order": list(instance.ids) == facts["order"],
        "drawn": list(instance.lot) == drawn.get("order"),
        "budget": (instance.budget, instance.unit) == (facts["budget"], facts["unit"]),
    }
    if wrong := tuple(name for name, same in found.items() if not same):
        raise VotedOnAltered(slug=held.slug, what=wrong)


def _keep(session: Session, round_id: int, counted: Counted, at: datetime) -> tables.Result:
    row = _row(session, round_id) or tables.Result(round_id=round_id, rule="", ballots=0, fingerprint="", counted_at=at)
    row.rule, row.settings = counted.allocation.rule or counted.of.rule, dict(counted.settings)
    row.ballots, row.allocation = counted.ballots, json.loads(allocation_to_json(counted.allocation))
    row.fingerprint, row.checksum, row.counted_at = counted.fingerprint, counted.checksum, at
    session.add(row)
    session.flush()
    voted_on.note(session, round_id, "counted", rows.counted(row))
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
        checksum=row.checksum,
        counted_at=row.counted_at,
        published_at=row.published_at,
    )
