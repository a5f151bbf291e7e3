"""Whether a round can be voted in: a list that fills a ballot, and money that pays for something on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core.ballots.types import TYPES
from core.counting.election import Instance, Profile, Project, RuleWrong
from core.counting.rules import RULES, allocate, rule_name
from core.errors import BallotInvalid, Invalid
from core.phases import Dates
from core.rounds._values import Round, RoundDraft
from core.rounds.drafts import Warning
from db import tables

_TRIED = Instance((Project("a", 1), Project("b", 1)), budget=1)


def of_list(draft: RoundDraft, costs: Sequence[int]) -> tuple[Warning, ...]:
    """Return why nobody could vote on a list of projects of these costs (minor units), or nothing of it be paid.

    At most one, of the field `projects`: none, few (with `least`) or dear (with `cost`, the least that a ballot costs).
    """
    least = draft.ballot.min_choices or 1
    if not costs:
        return (Warning("projects", "none"),)
    if len(costs) < least:
        return (Warning("projects", "few", {"least": least}),)
    cheapest = sorted(costs)[:least]
    try:
        TYPES[draft.ballot.type].fits(cheapest, draft.budget)
    except BallotInvalid:
        return (Warning("projects", "dear", {"cost": sum(cheapest)}),)
    return () if cheapest[0] <= draft.budget else (Warning("projects", "dear", {"cost": cheapest[0]}),)


def chooses_all(draft: RoundDraft, count: int) -> bool:
    """Return whether a ballot on so many projects has to name every one, so that none is chosen before another."""
    return TYPES[draft.ballot.type].kind != "ordinal" and 1 < count == draft.ballot.min_choices


def due(dates: Dates, at: datetime) -> bool:
    """Return whether the list should stand: nothing is collected for it, or not any more."""
    return dates.ideas_until is None or dates.ideas_until <= at


def refuse(session: Session, round_: Round, at: datetime) -> None:
    """Refuse a round that could not be voted in as it is. Raises Invalid with the first thing that is wrong."""
    draft = round_.as_draft()
    if draft.min_cost is not None and draft.min_cost > draft.budget:
        raise Invalid("min_cost", "over_budget")
    check_rule(draft)
    if not due(draft.dates, at):
        return
    standing = select(tables.Project.cost).where(
        tables.Project.round_id == round_.id, col(tables.Project.withdrawn_at).is_(None)
    )
    for one in of_list(draft, session.exec(standing).all()):
        raise Invalid(one.field, one.problem, currency=draft.currency, **one.facts)


def check_rule(draft: RoundDraft) -> None:
    """Refuse a rule that cannot count such ballots with its settings: it is tried. Raises Invalid."""
    kind = TYPES[draft.ballot.type].kind
    try:
        if kind not in RULES[rule_name(draft.rule)].suits:
            raise Invalid("rule", "choice")
    except RuleWrong as error:
        raise Invalid("rule", "choice") from error
    ballots: list[Any] = [("a",), ("b", "a")]
    try:
        allocate(draft.rule, _TRIED, Profile.of(kind, ballots, _TRIED.ids), **draft.rule_settings)
    except (RuleWrong, TypeError, ValueError, KeyError) as error:
        raise Invalid("rule_settings", "choice") from error
