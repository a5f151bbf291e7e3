"""Reviews: is an idea feasible, what does it cost, and why – in words its author can use."""

from datetime import datetime

from sqlmodel import Session, col, select

from core import journal, permissions, rounds
from core.errors import Invalid, Locked, NotFound, SamePerson
from core.ideas import _finding, _proposing
from core.ideas._finding import Idea, IdeaStatus
from core.permissions import Action, Actor
from core.rounds import Round
from core.texts import Texts, told
from db import tables
from db.engine import lock_round

VERDICTS = (IdeaStatus.accepted, IdeaStatus.returned, IdeaStatus.rejected, IdeaStatus.not_shown)
REASON = (10, 1_000)


def waiting_for(session: Session, reviewer: Actor, round_id: int | None = None) -> tuple[Idea, ...]:
    """Return the ideas that wait for this reviewer, not her own nor of a void round, the longest waiting first."""
    permissions.require(reviewer, Action.review_idea)
    rows = session.exec(
        select(tables.Idea)
        .join(tables.Round, col(tables.Round.id) == col(tables.Idea.round_id))
        .where(
            tables.Round.municipality_id == reviewer.municipality_id,
            tables.Idea.status == IdeaStatus.waiting,
            col(tables.Round.voided_at).is_(None),
            col(tables.Idea.author_id).is_distinct_from(reviewer.person_id),
        )
        .order_by(col(tables.Idea.submitted_at), col(tables.Idea.id))
    ).all()
    return tuple(_finding.values(session, reviewer, (row for row in rows if round_id in (None, row.round_id))))


def decide(
    session: Session,
    reviewer: Actor,
    idea_id: int,
    verdict: str,
    *,
    cost: int | None,
    reason: Texts | str,
    at: datetime,
) -> Idea:
    """Judge an idea and return it: accepted at a final cost, returned to its author, rejected, or not shown.

    What breaks the rules is not shown: neither the idea nor the reason is published, its author reads both.

    A bare `reason` is in the language of the idea. A verdict may be changed until the idea stands on the ballot.
    Raises SamePerson for one's own idea.
    """
    row = session.get(tables.Idea, idea_id)
    if row is None or row.status in (IdeaStatus.draft, IdeaStatus.withdrawn):
        raise NotFound(thing="idea", key=idea_id)
    lock_round(session, row.round_id, exclusive=True)
    round_ = rounds.get(session, reviewer, row.round_id)
    rounds.require(reviewer, Action.review_idea, round_, at)
    if row.author_id == reviewer.person_id:
        raise SamePerson(action=Action.review_idea)
    if _finding.on_ballot(session, idea_id):
        raise Locked(what="idea")
    words = told(reason, row.language).trimmed()
    _check(verdict, cost, words, round_)
    final = cost if verdict == IdeaStatus.accepted else None
    session.add(tables.Review(
        idea_id=idea_id, reviewer_id=reviewer.person_id, verdict=verdict, cost=final, reason=words.words,
        created_at=at,
    ))  # fmt: skip
    row.status, row.updated_at = verdict, at
    session.flush()
    journal.write(session, reviewer, Action.review_idea, round_id=row.round_id, at=at, idea=idea_id, verdict=verdict)
    return _finding.idea(session, reviewer, idea_id)


def _check(verdict: str, cost: int | None, reason: Texts, round_: Round) -> None:
    if verdict not in VERDICTS:
        raise Invalid("verdict", "choice")
    if verdict != IdeaStatus.accepted and not reason:
        raise Invalid("reason", "required", public=verdict != IdeaStatus.not_shown)
    for _language, text in reason.pairs:
        if len(text) < REASON[0]:
            raise Invalid("reason", "too_short", limit=REASON[0])
        if len(text) > REASON[1]:
            raise Invalid("reason", "too_long", limit=REASON[1])
    if verdict != IdeaStatus.accepted:
        return
    if cost is None:
        raise Invalid("cost", "required")
    for fault in _proposing.cost_faults(cost, round_):
        raise fault
