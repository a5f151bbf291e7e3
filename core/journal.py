"""The journal: who did what to a round. Lines are added and read, nothing else.

The lines of a municipality are a chain (`core.chain`): each carries the hash of the one before it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from core import chain, hidden
from core.permissions import Action, Actor, Role, require
from db import engine, tables

# Of several roles, the one in which a person acts on a round.
_WEIGHT = (Role.operator, Role.organiser, Role.reviewer, Role.auditor, Role.council, Role.resident, Role.guest)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `name` is None once the account is erased, where it is hidden, and for the operator."""

    at: datetime
    role: Role
    name: str | None
    pseudonym: str
    action: str
    facts: dict[str, Any]
    name_hidden: bool = False


def write(
    session: Session,
    actor: Actor,
    action: str,
    *,
    at: datetime,
    round_id: int | None = None,
    municipality_id: int | None = None,
    **facts: Any,
) -> int:
    """Add a line and return its id, which no other line ever gets, for none is removed.

    It keeps a role and a pseudonym, never a name; `facts` must be fit for JSON.
    """
    town = municipality_id or _home(session, round_id) or actor.municipality_id
    # On PostgreSQL two who add at once would both follow the same line.
    engine.hold_journal(session, town)
    number, former = head(session, town)
    line = tables.Journal(
        municipality_id=town, round_id=round_id, at=at, role=role_of(actor), pseudonym=actor.pseudonym,
        action=str(action), facts=facts, number=number + 1, hash=b"",
    )  # fmt: skip
    line.hash = chain.link(former, chain.content(line))
    session.add(line)
    session.flush()
    return tables.id_of(line)


def head(session: Session, municipality_id: int) -> tuple[int, bytes]:
    """Return how many lines a municipality's journal has, and the hash of the last one."""
    asked = select(tables.Journal.number, tables.Journal.hash).where(tables.Journal.municipality_id == municipality_id)
    found = session.exec(asked.order_by(col(tables.Journal.number).desc()).limit(1)).first()
    return (0, chain.START) if found is None else (found[0], bytes(found[1]))


def lines(session: Session, municipality_id: int, round_id: int | None = None) -> Iterator[chain.Line]:
    """Yield the lines of a municipality's chain in their order, or of them those of one round; read piece by piece."""
    former = col(tables.Journal.hash)
    before = func.lag(former).over(order_by=col(tables.Journal.number)).label("former")
    inside = select(tables.Journal, before).where(tables.Journal.municipality_id == municipality_id).subquery()
    asked = sa.select(inside).order_by(inside.c.number)
    if round_id is not None:
        asked = asked.where(inside.c.round_id == round_id)
    for row in session.connection().execute(asked, execution_options={"yield_per": 1_000}):
        yield chain.Line(
            row.number, bytes(row.former or chain.START), bytes(row.hash), row.municipality_id, row.round_id, row.at,
            row.role, row.pseudonym, row.action, row.facts,
        )  # fmt: skip


def done(session: Session, round_id: int, actions: Collection[str]) -> list[chain.Line]:
    """Return the lines of a round in which something of this kind was done, in their order."""
    asked = select(tables.Journal).where(tables.Journal.round_id == round_id, col(tables.Journal.action).in_(actions))
    found = session.exec(asked.order_by(col(tables.Journal.number))).all()
    return [_chained(session, line) for line in found]


def _chained(session: Session, line: tables.Journal) -> chain.Line:
    before = tables.Journal.municipality_id == line.municipality_id, tables.Journal.number == line.number - 1
    former = session.exec(select(tables.Journal.hash).where(*before)).first()
    return chain.Line(
        line.number, bytes(former or chain.START), bytes(line.hash), line.municipality_id, line.round_id, line.at,
        line.role, line.pseudonym, line.action, line.facts,
    )  # fmt: skip


def entries(session: Session, actor: Actor, round_id: int | None = None) -> tuple[Entry, ...]:
    """Return the lines of a round, or those of the municipality that belong to none, oldest first."""
    require(actor, Action.read_journal)
    lines = select(tables.Journal, tables.Person.nickname).join(
        tables.Person, col(tables.Person.pseudonym) == col(tables.Journal.pseudonym), isouter=True
    )
    if round_id is not None:
        lines = lines.where(col(tables.Journal.round_id) == round_id)
    else:
        lines = lines.where(col(tables.Journal.round_id).is_(None))
    if Role.operator not in actor.roles:
        lines = lines.where(_in_sight(actor))
    found = session.exec(lines.order_by(col(tables.Journal.id))).all()
    nameless = hidden.of_people(session)
    withheld = hidden.Withheld({}) if round_id is None else hidden.in_journal(session, round_id)
    return tuple(
        Entry(line.at, Role(line.role), None if line.pseudonym in nameless else name, line.pseudonym, line.action,
              _facts(line, withheld), line.pseudonym in nameless)
        for line, name in found
    )  # fmt: skip


def _facts(line: tables.Journal, withheld: hidden.Withheld) -> dict[str, Any]:
    """Return what a line tells, without words that were hidden after it was written."""
    if "changes" not in line.facts:
        return line.facts
    return {**line.facts, "changes": withheld.told(line.facts["changes"], tables.id_of(line))}


def role_of(actor: Actor) -> Role:
    """Return the weightiest of the actor's roles."""
    return next(role for role in _WEIGHT if role in actor.roles)


def _home(session: Session, round_id: int | None) -> int | None:
    if round_id is None:
        return None
    return session.exec(select(tables.Round.municipality_id).where(tables.Round.id == round_id)).first()


def _in_sight(actor: Actor) -> Any:
    """Return the condition that a line is of the actor's own municipality or of an imported election."""
    imported = select(tables.Municipality.id).where(col(tables.Municipality.read_only).is_(True))
    return (col(tables.Journal.municipality_id) == actor.municipality_id) | col(tables.Journal.municipality_id).in_(
        imported
    )
