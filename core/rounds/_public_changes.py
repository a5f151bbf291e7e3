"""What two people have changed of a public round, as everyone may read it: when, what, from what to what, and why.

It is read from the journal, whose lines are never changed; names stay there, and words that were hidden since.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core import hidden
from core.permissions import Action, Actor
from core.rounds._finding import get
from core.rounds.terms import Line, line_of
from db import tables

PUBLIC = (
    Action.change_round, Action.change_list, Action.withdraw_project, Action.correct_words, Action.stop_codes,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change with its public reason. `facts`: what else is known, like the number of codes that were stopped."""

    at: datetime
    action: Action
    reason: str
    lines: tuple[Line, ...]
    facts: dict[str, Any]


def changes(session: Session, actor: Actor, round_id: int) -> tuple[Change, ...]:
    """Return what was changed since a round is public, oldest first. Raises NotFound where nobody may know of it."""
    get(session, actor, round_id)
    found = session.exec(
        select(tables.Journal)
        .where(tables.Journal.round_id == round_id, col(tables.Journal.action).in_(PUBLIC))
        .order_by(col(tables.Journal.id))
    )
    withheld = hidden.in_journal(session, round_id)
    return tuple(_change(row, withheld) for row in found)


def _change(row: tables.Journal, withheld: hidden.Withheld) -> Change:
    told = dict(row.facts)
    changes_ = withheld.told(told.pop("changes", ()), tables.id_of(row))
    lines, reason = tuple(map(line_of, changes_)), told.pop("reason", "")
    return Change(row.at, Action(row.action), reason, lines, told)
