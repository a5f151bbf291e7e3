"""Projects: what stands on the ballot, until the first ballot fixes it."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from core import hidden, journal, letters, rounds
from core.errors import Invalid, Locked, NotFound
from core.hidden import Reasons
from core.ideas import _finding, _proposing
from core.ideas._finding import IdeaStatus
from core.permissions import Action, Actor
from core.rounds import Round
from core.texts import Texts
from db import tables
from db.engine import lock_round

_NEW_VERSION = text("UPDATE round SET version = version + 1 WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Listed:
    """A project as pages show it, to everyone alike. `cost` in minor units of the round's currency.

    Words that are hidden are shown to nobody: its code, cost and votes stay.
    """

    code: str
    title: Texts
    text: Texts
    cost: int
    area_id: int | None
    category_id: int | None
    place: str
    lat: float | None
    lon: float | None
    idea_id: int | None


def projects(session: Session, actor: Actor, round_id: int) -> tuple[Listed, ...]:
    """Return the projects of a round in the order in which they came. Raises NotFound."""
    rounds.get(session, actor, round_id)
    why = hidden.of_projects(session, round_id)
    found = session.exec(
        select(tables.Project)
        .where(tables.Project.round_id == round_id)
        .order_by(col(tables.Project.position), col(tables.Project.id))
    )
    return tuple(_redacted(_listed(row), why.get(row.code, {})) for row in found)


def put_on_ballot(session: Session, organiser: Actor, idea_id: int, at: datetime) -> Listed:
    """Put an accepted idea on the ballot at its reviewed cost, and return the project."""
    idea = _finding.idea(session, organiser, idea_id)
    round_ = _unlocked(session, organiser, idea.round_id, at)
    if idea.status != IdeaStatus.accepted or idea.cost is None:
        raise Invalid("idea", "not_accepted")
    if hidden.ALL in idea.hidden:
        raise Invalid("idea", "hidden")
    listed = select(tables.Project.idea_id, tables.Project.code).where(tables.Project.round_id == round_.id)
    known = session.exec(listed).all()
    if any(of_idea == idea_id for of_idea, _code in known):
        raise Invalid("idea", "taken")
    row = tables.Project(
        round_id=round_.id, code=_next_code([code for _, code in known]), idea_id=idea_id, title=idea.title.words,
        text=idea.solution.words, cost=_cost(idea.cost, round_), area_id=idea.area_id, category_id=idea.category_id,
        place=idea.place, position=len(known) + 1,
    )  # fmt: skip
    _place_on_map(session, row)
    session.add(row)
    return _changed(session, organiser, row, "put_on_ballot", at)


def take_off(session: Session, organiser: Actor, round_id: int, code: str, at: datetime) -> None:
    """Take a project off the ballot; its idea stays accepted."""
    _unlocked(session, organiser, round_id, at)
    row = _row(session, round_id, code)
    _changed(session, organiser, row, "take_off_ballot", at)
    session.delete(row)
    session.flush()


def edit(session: Session, organiser: Actor, round_id: int, code: str, to: Listed, at: datetime) -> Listed:
    """Change a project to what `to` says, except for its code and idea; return it.

    Words that are hidden stay as they are. Raises Invalid (hidden) for what would put others in their place.
    """
    round_ = _unlocked(session, organiser, round_id, at)
    row = _row(session, round_id, code)
    if not to.title.trimmed():
        raise Invalid("title", "required")
    _proposing.check_place(session, round_.municipality_id, to.area_id, to.category_id)
    before, why = _listed(row), hidden.of_projects(session, round_id).get(code, {})
    to = _with_hidden_words(to, before, why)
    row.title, row.text = to.title.trimmed().words, to.text.trimmed().words
    row.place = letters.trimmed(to.place)
    row.cost, row.area_id, row.category_id = _cost(to.cost, round_), to.area_id, to.category_id
    row.lat, row.lon = to.lat, to.lon
    after = _listed(row)
    names = [each.name for each in fields(Listed) if getattr(before, each.name) != getattr(after, each.name)]
    facts = {"changed": names} | ({"cost_before": before.cost} if before.cost != after.cost else {})
    return _redacted(_changed(session, organiser, row, "edit_project", at, **facts), why)


def changed(project: Listed, **fields: Any) -> Listed:
    """Return the project with other fields, for `edit`."""
    return replace(project, **fields)


def _redacted(project: Listed, why: Reasons) -> Listed:
    """Return a project with that they are hidden, and why, in place of the words that are."""
    if not why:
        return project
    return replace(
        project,
        title=hidden.shown(project.title, why.get("title"), project.code),
        text=hidden.shown(project.text, why.get("text")),
        place="" if "place" in why else project.place,
    )


def _with_hidden_words(to: Listed, kept: Listed, why: Reasons) -> Listed:
    """Return what a project is to become, with the words that are hidden put back. Raises Invalid where they differ."""
    shown = _redacted(kept, why)
    for part in why:
        if getattr(to, part) not in (getattr(shown, part), getattr(kept, part)):
            raise Invalid(part, "hidden")
    return replace(to, **{part: getattr(kept, part) for part in why})


def _unlocked(session: Session, organiser: Actor, round_id: int, at: datetime) -> Round:
    """Return the round, held so that no ballot can come in. Raises Locked once there is one."""
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.edit_projects, round_, at)
    if round_.locked:
        raise Locked(what="projects")
    return round_


def _row(session: Session, round_id: int, code: str) -> tables.Project:
    row = session.exec(
        select(tables.Project).where(tables.Project.round_id == round_id, tables.Project.code == code)
    ).first()
    if row is None:
        raise NotFound(thing="project", key=code)
    return row


def _cost(cost: int, round_: Round) -> int:
    if cost <= 0 or cost > round_.budget:
        raise Invalid("cost", "range", least=1, most=round_.budget)
    return cost


def _next_code(codes: list[str]) -> str:
    numbers = [int(code[1:]) for code in codes if code[:1] == "p" and code[1:].isdecimal()]
    return f"p{max(numbers, default=0) + 1:02}"


def _place_on_map(session: Session, row: tables.Project) -> None:
    area = None if row.area_id is None else session.get(tables.Area, row.area_id)
    if area is not None:
        row.lat, row.lon = area.lat, area.lon


def _changed(
    session: Session, organiser: Actor, row: tables.Project, action: str, at: datetime, **facts: Any
) -> Listed:
    session.flush()
    session.connection().execute(_NEW_VERSION, {"id": row.round_id})
    # The round may be in the session's memory with its old version.
    kept = session.get(tables.Round, row.round_id)
    if kept is not None:
        session.expire(kept)
    journal.write(session, organiser, action, round_id=row.round_id, at=at, code=row.code, cost=row.cost, **facts)
    return _listed(row)


def _listed(row: tables.Project) -> Listed:
    return Listed(
        code=row.code,
        title=Texts(row.title),
        text=Texts(row.text),
        cost=row.cost,
        area_id=row.area_id,
        category_id=row.category_id,
        place=row.place,
        lat=row.lat,
        lon=row.lon,
        idea_id=row.idea_id,
    )
