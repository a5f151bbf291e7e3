"""Publishing and voiding a round: two people, one after the other."""

from datetime import datetime

from sqlmodel import Session

from core import letters
from core.errors import Invalid
from core.permissions import Action, Actor
from core.rounds import _finding, drafts, second_person
from core.rounds.second_person import Done, Pending
from core.rounds.steps import OBJECTION
from core.trust import board, readiness
from db import engine, tables


def publish_round(session: Session, actor: Actor, round_id: int, *, at: datetime) -> Pending | Done:
    """Ask that a draft be published, or agree to it, which shows it to everyone. Raises Invalid for a stale draft.

    A sealed round needs a rehearsed commission: RehearsalMissing.
    """
    round_ = _finding.get(session, actor, round_id)
    _finding.require(actor, Action.publish_round, round_, at)
    if not round_.draft:
        raise Invalid("published_at", "done")
    drafts.check(round_.as_draft())
    if round_.dates.voting_from <= at:
        raise Invalid("voting_from", "past")
    if round_.visibility == "sealed":
        readiness.refuse_unrehearsed(session.connection(), round_id)
    step = second_person.ask(session, actor, round_id, Action.publish_round, at=at)
    if isinstance(step, Done):
        row = session.get_one(tables.Round, round_id)
        row.published_at, row.version = at, row.version + 1
        session.flush()
        readiness.prepare(session, round_id)
        session.refresh(row)
    return step


def void_round(session: Session, actor: Actor, round_id: int, *, at: datetime, reason: str = "") -> Pending | Done:
    """Ask that a round be voided, or agree to it, which ends it for good. The first one gives the public reason."""
    # Whoever batches holds the log before the round.
    engine.hold_log(session, round_id, wait=True)
    first = not any(each.action is Action.void_round for each in second_person.pending(session, actor, round_id))
    if first and not letters.shows(reason):
        raise Invalid("reason", "required")
    step = second_person.ask(session, actor, round_id, Action.void_round, at=at, reason=letters.trimmed(reason))
    if isinstance(step, Done):
        row = session.get_one(tables.Round, round_id)
        if row.origin is not None:
            # Receipts promise a line on the board at latest at the end, and this is one.
            board.batch(session, round_id, final=True)
        row.voided_at, row.void_reason, row.version = at, step.reason, row.version + 1
        row.keep_until = at + OBJECTION
        session.flush()
    return step
