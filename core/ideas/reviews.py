"""Reviews: is an idea feasible, what does it cost, and why – in words its author can use."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core import hidden, journal, permissions, rounds
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


def decided(session: Session, reviewer: Actor, *, at: datetime) -> tuple[Idea, ...]:
    """Return the ideas whose verdict this reviewer may change now, those judged last first.

    Not her own, nor those that stand on a ballot, nor of a round in which nobody judges any more.
    """
    permissions.require(reviewer, Action.review_idea)
    open_ones = [
        each.id
        for each in rounds.rounds(session, reviewer)
        if each.voided_at is None and permissions.may(reviewer, Action.review_idea, each.phase(at))
    ]
    on_ballot = select(tables.Project.idea_id).where(col(tables.Project.idea_id).is_not(None))
    rows = session.exec(
        select(tables.Idea).where(
            col(tables.Idea.round_id).in_(open_ones),
            col(tables.Idea.status).in_(VERDICTS),
            col(tables.Idea.author_id).is_distinct_from(reviewer.person_id),
            col(tables.Idea.id).not_in(on_ballot),
        )
    ).all()
    judged = [idea for idea in _finding.values(session, reviewer, rows) if idea.review]
    return tuple(sorted(judged, key=lambda idea: (idea.review.at if idea.review else at, idea.id), reverse=True))


def on_ballots(session: Session, idea_ids: Collection[int]) -> frozenset[int]:
    """Return which of these ideas stand on a ballot, withdrawn projects too."""
    found = session.exec(select(tables.Project.idea_id).where(col(tables.Project.idea_id).in_(idea_ids)))
    return frozenset(idea_id for idea_id in found if idea_id is not None)


def left_out(session: Session, organiser: Actor) -> dict[int, int]:
    """Return how many accepted ideas of each round of the organiser's town are not on its ballot, where some are not.

    Those that are hidden cannot come onto it and are not counted.
    """
    permissions.require(organiser, Action.edit_projects)
    project, idea, hiding = tables.Project, tables.Idea, tables.Hiding
    on_ballot = select(project.idea_id).where(col(project.idea_id).is_not(None))
    gone = select(hiding.idea_id).where(col(hiding.idea_id).is_not(None), hiding.part == hidden.ALL)
    rows = session.exec(
        select(idea.round_id, func.count())
        .join(tables.Round, col(tables.Round.id) == col(idea.round_id))
        .where(
            tables.Round.municipality_id == organiser.municipality_id, idea.status == IdeaStatus.accepted,
            col(idea.id).not_in(on_ballot), col(idea.id).not_in(gone),
        )
        .group_by(col(idea.round_id))
    )  # fmt: skip
    return {round_id: count for round_id, count in rows}  # noqa: C416


def decide(
    session: Session, reviewer: Actor, idea_id: int, verdict: str, *, cost: int | None, reason: Texts | str,
    at: datetime,
) -> Idea:  # fmt: skip
    """Judge an idea and return it: accepted at a final cost, returned to its author, rejected, or not shown.

    What breaks the rules is not shown: neither the idea nor the reason is published, its author reads both.
    Each verdict needs its reason; a bare one is in the language of the idea. A verdict may be changed until the idea
    stands on the ballot; the journal then tells the one before, too. Raises SamePerson for one's own idea.
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
    before = row.status if row.status in VERDICTS else None
    final = cost if verdict == IdeaStatus.accepted else None
    session.add(tables.Review(
        idea_id=idea_id, reviewer_id=reviewer.person_id, verdict=verdict, cost=final, reason=words.words,
        created_at=at,
    ))  # fmt: skip
    row.status, row.updated_at = verdict, at
    session.flush()
    facts: dict[str, Any] = {"idea": idea_id, "verdict": verdict} | ({"before": before} if before else {})
    journal.write(session, reviewer, Action.review_idea, round_id=row.round_id, at=at, **facts)
    return _finding.idea(session, reviewer, idea_id)


def _check(verdict: str, cost: int | None, reason: Texts, round_: Round) -> None:
    if verdict not in VERDICTS:
        raise Invalid("verdict", "choice")
    if not reason:
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
