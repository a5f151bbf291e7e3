"""Rows of projects: which one it is, who may still change it, and what a change of the list is to its round."""

from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import hidden, rounds
from core.errors import Invalid, Locked, NotFound, SecondPersonNeeded
from core.hidden import Reasons
from core.permissions import Action, Actor
from core.rounds import Round
from core.texts import Texts
from db import tables
from db.engine import lock_round

# How long title and text of a project may be, in a language.
LENGTHS = {"title": 90, "text": 1_500}

_NEW_VERSION = text("UPDATE round SET version = version + 1 WHERE id = :id")


def unlocked(session: Session, organiser: Actor, round_id: int, action: Action, at: datetime) -> Round:
    """Return the round, held so that no ballot can come in. Raises Locked once there is one."""
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, action, round_, at)
    if round_.locked:
        raise Locked(what="projects")
    return round_


def free(session: Session, organiser: Actor, round_id: int, at: datetime) -> Round:
    """Return the round, held, if one person may still change its list. Raises SecondPersonNeeded once it is public."""
    round_ = unlocked(session, organiser, round_id, Action.edit_projects, at)
    if not round_.draft:
        raise SecondPersonNeeded(what="projects")
    return round_


def row(session: Session, round_id: int, code: str) -> tables.Project:
    row = session.exec(of_code(round_id, code)).first()
    if row is None:
        raise NotFound(thing="project", key=code)
    return row


def of_code(round_id: int, code: str) -> SelectOfScalar[tables.Project]:
    return select(tables.Project).where(tables.Project.round_id == round_id, tables.Project.code == code)


@cache
def in_order() -> SelectOfScalar[tables.Project]:
    """Return the query for the projects of the round `:id` in the order in which they came; put together once."""
    listed = select(tables.Project).where(tables.Project.round_id == bindparam("id"))
    return listed.order_by(col(tables.Project.position), col(tables.Project.id))


def cost(cost: int, round_: Round) -> int:
    if cost <= 0 or cost > round_.budget:
        raise Invalid("cost", "range", least=1, most=round_.budget)
    return cost


def next_code(codes: list[str]) -> str:
    numbers = [int(code[1:]) for code in codes if code[:1] == "p" and code[1:].isdecimal()]
    return f"p{max(numbers, default=0) + 1:02}"


def short(**words: Texts) -> None:
    """Refuse words of a project that are too long for a ballot: Invalid, by the name of the field."""
    for name, texts in words.items():
        if any(len(text) > LENGTHS[name] for _language, text in texts.pairs):
            raise Invalid(name, "too_long", limit=LENGTHS[name])


def grow(session: Session, round_id: int) -> None:
    """Count the round's version up."""
    session.flush()
    session.connection().execute(_NEW_VERSION, {"id": round_id})
    # The round may be in the session's memory with its old version.
    kept = session.get(tables.Round, round_id)
    if kept is not None:
        session.expire(kept)


def of_project(why: Reasons) -> Reasons:
    """Return which words of a project are hidden because they are hidden in its idea, and why."""
    return {mine: why[its] for mine, its in hidden.SAME.items() if its in why}
