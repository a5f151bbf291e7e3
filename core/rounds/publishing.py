"""Publishing and voiding a round: two people, one after the other."""

from datetime import datetime

from sqlmodel import Session, col, select

from core.errors import Invalid
from core.permissions import Action, Actor
from core.rounds import _covered, _finding, drafts, fit, second_person, terms
from core.rounds._values import Round
from core.rounds.second_person import Done, Pending
from core.rounds.steps import OBJECTION
from core.rounds.terms import Line
from core.trust import board, readiness
from db import engine, tables


def publish_round(
    session: Session, actor: Actor, round_id: int, *, at: datetime, consent: str | None = None
) -> Pending | Done:  # fmt: skip
    """Ask that a draft be published, or – with the `consent` to what was shown – agree to it, and everyone sees it.

    Raises Invalid for a draft whose beginning has passed, or that could not be voted in (`fit`); RehearsalMissing of a
    sealed round without a rehearsed commission; what `second_person.ask` raises.
    """
    round_ = _finding.get(session, actor, round_id)
    _finding.require(actor, Action.publish_round, round_, at)
    if not round_.draft:
        raise Invalid("published_at", "done")
    drafts.check(round_.as_draft())
    if round_.dates.voting_from <= at:
        raise Invalid("voting_from", "past")
    fit.refuse(session, round_, at)
    if round_.visibility == "sealed":
        readiness.refuse_unrehearsed(session.connection(), round_id)
    told = whole(session, round_)
    step = second_person.ask(session, actor, round_id, Action.publish_round, at=at, lines=told, consent=consent)
    if isinstance(step, Done):
        row = session.get_one(tables.Round, round_id)
        row.published_at, row.version = at, row.version + 1
        session.flush()
        readiness.prepare(session, round_id)
        session.refresh(row)
        second_person.end_changed(session, actor, round_id, at=at)
    return step


def whole(session: Session, round_: Round) -> tuple[Line, ...]:
    """Return all that publishing shows and fixes: the terms, the list, the commission and the key it holds."""
    flat = terms.flat(round_.as_draft())
    found = [Line(name, None, value) for name, value in flat.items() if value not in (None, "", {})]
    listed = session.exec(
        select(tables.Project).where(tables.Project.round_id == round_.id).order_by(col(tables.Project.position))
    )
    for row in listed:
        found += [Line("title", None, row.title, row.code), Line("cost", None, row.cost, row.code)]
    if round_.visibility == "sealed":
        found += [Line("seat", None, seat.name, str(seat.seat)) for seat in _covered.seats(session, round_.id)]
        found.append(Line("key", None, _covered.key(session, round_)))
    return tuple(found)


def void_round(
    session: Session, actor: Actor, round_id: int, *, at: datetime, reason: str = "", consent: str | None = None
) -> Pending | Done:
    """Ask that a round be voided, or agree to it, which ends it for good. The first one gives the public reason.

    Raises Invalid of the `reason`, and what `second_person.ask` raises.
    """
    # Whoever batches holds the log before the round.
    engine.hold_log(session, round_id, wait=True)
    said = second_person.clean_reason(reason) if consent is None else ""
    step = second_person.ask(session, actor, round_id, Action.void_round, at=at, reason=said, consent=consent)
    if isinstance(step, Done):
        row = session.get_one(tables.Round, round_id)
        if row.origin is not None:
            # Receipts promise a line on the board at latest at the end, and this is one.
            board.batch(session, round_id, final=True)
        row.voided_at, row.void_reason, row.version = at, step.reason, row.version + 1
        row.keep_until = at + OBJECTION
        session.flush()
        second_person.end_changed(session, actor, round_id, at=at)
    return step
