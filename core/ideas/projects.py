"""Projects: what stands on the ballot, until the first ballot fixes it. Of a public round two people change it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from core import journal, rounds
from core.errors import Invalid, Locked, NotAllowed, NotFound, SecondPersonNeeded
from core.ideas import _finding, _proposing
from core.ideas._finding import IdeaStatus
from core.permissions import Action, Actor
from core.rounds import Round, second_person
from core.rounds.second_person import Pending
from core.rounds.terms import Line
from core.texts import NO_TEXT, Texts
from db import tables
from db.engine import lock_round

# In the order in which they are read; the code tells which project it is.
_KEPT = ("title", "cost", "text", "area_id", "category_id", "place", "lat", "lon", "idea_id")
_WORDS = frozenset({"title", "text"})

_NEW_VERSION = text("UPDATE round SET version = version + 1 WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Listed:
    """A project as pages show it. `cost` in minor units of the round's currency."""

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
    found = session.exec(
        select(tables.Project)
        .where(tables.Project.round_id == round_id)
        .order_by(col(tables.Project.position), col(tables.Project.id))
    )
    return tuple(map(_listed, found))


def put_on_ballot(session: Session, organiser: Actor, idea_id: int, at: datetime) -> Listed:
    """Put an accepted idea on the ballot of a draft at its reviewed cost; of a public round, `ask_change` does."""
    idea = _finding.idea(session, organiser, idea_id)
    round_ = _free(session, organiser, idea.round_id, at)
    after = _with_ideas(session, organiser, round_, projects(session, organiser, round_.id), [idea_id])
    row = _added(session, round_.id, after[-1])
    return _changed(session, organiser, row, "put_on_ballot", at)


def take_off(session: Session, organiser: Actor, round_id: int, code: str, at: datetime) -> None:
    """Take a project off the ballot of a draft; its idea stays accepted."""
    _free(session, organiser, round_id, at)
    row = _row(session, round_id, code)
    _changed(session, organiser, row, "take_off_ballot", at)
    session.delete(row)
    session.flush()
    second_person.end_changed(session, organiser, round_id, at=at)


def edit(session: Session, organiser: Actor, round_id: int, code: str, to: Listed, at: datetime) -> Listed:
    """Change a project of a draft to what `to` says, except for its code and idea; return it."""
    round_ = _free(session, organiser, round_id, at)
    row = _row(session, round_id, code)
    before = _listed(row)
    _put(row, _clean(session, round_, to))
    after = _listed(row)
    told = [line.told for line in lines([before], [after])]
    return _changed(session, organiser, row, "edit_project", at, changes=told)


def proposed(session: Session, actor: Actor, round_id: int) -> tuple[Listed, ...]:
    """Return the list as it would be once the request that waits were agreed to; for readers of the journal."""
    known = projects(session, actor, round_id)
    waiting = second_person.waits(session, actor, round_id, Action.change_list)
    return known if waiting is None else _after(known, waiting.lines)


def ask_change(
    session: Session, organiser: Actor, round_id: int, *, at: datetime, reason: str, put: Sequence[int] = (),
    edited: Sequence[Listed] = (), off: Sequence[str] = (),
) -> Pending:  # fmt: skip
    """Ask a second person to agree to another ballot list of a public round, and return the request.

    `put`: ideas that come onto it, `edited`: projects as they shall be, `off`: codes of those that go. What the actor
    has asked for already stays in the request, which takes the place of the former one; back to the list as it is, it
    is taken back by `second_person.take_back`. Raises Locked from the first ballot on; Invalid of a field, without a
    public reason, or where nothing would change; RequestWaits.
    """
    round_ = _unlocked(session, organiser, round_id, Action.change_list, at)
    if round_.draft:
        raise Invalid("published_at", "required")
    known = projects(session, organiser, round_id)
    waiting = second_person.waits(session, organiser, round_id, Action.change_list)
    base = _after(known, waiting.lines) if waiting is not None and waiting.mine else known
    if missing := ({one.code for one in edited} | set(off)) - {one.code for one in base}:
        raise NotFound(thing="project", key=min(missing))
    put_in = {one.code: _clean(session, round_, one) for one in edited}
    kept = tuple(put_in.get(one.code, one) for one in base if one.code not in off)
    wanted = lines(known, _with_ideas(session, organiser, round_, kept, put, taken=[one.code for one in base]))
    if not wanted:
        raise Invalid("change", "required")
    said = second_person.clean_reason(reason or (waiting.reason if waiting is not None and waiting.mine else ""))
    asked = second_person.ask(session, organiser, round_id, Action.change_list, at=at, reason=said, lines=wanted)
    if not isinstance(asked, Pending):
        raise NotAllowed(action=Action.change_list, roles=tuple(sorted(organiser.roles)))
    return asked


def agree_change(
    session: Session, organiser: Actor, round_id: int, *, at: datetime, consent: str
) -> tuple[Listed, ...]:  # fmt: skip
    """Agree to the ballot list that waits, by the hash that was shown, and return it. It is public with its reason.

    Raises Locked from the first ballot on, ConsentDiffers, SamePerson.
    """
    round_ = _unlocked(session, organiser, round_id, Action.change_list, at)
    done = second_person.agree(session, organiser, round_id, Action.change_list, at=at, consent=consent)
    known = projects(session, organiser, round_id)
    after = {one.code: one for one in _after(known, done.lines)}
    for one in known:
        row = _row(session, round_id, one.code)
        if one.code not in after:
            session.delete(row)
        elif after[one.code] != one:
            _put(row, _clean(session, round_, after[one.code]))
    for one in after.values():
        if one.code not in {each.code for each in known}:
            # Its idea may have been withdrawn since it was asked for.
            idea = None if one.idea_id is None else _finding.idea(session, organiser, one.idea_id)
            if idea is not None and idea.status != IdeaStatus.accepted:
                raise Invalid("idea", "not_accepted")
            _added(session, round_id, one)
    facts: dict[str, Any] = {"changes": [line.told for line in done.lines], "reason": done.reason, "consent": consent}
    _grow(session, round_id)
    journal.write(session, organiser, Action.change_list, round_id=round_id, at=at, **facts)
    second_person.end_changed(session, organiser, round_id, at=at)
    return projects(session, organiser, round_id)


def lines(before: Sequence[Listed], after: Sequence[Listed]) -> tuple[Line, ...]:
    """Return what makes one list of another: fields by project; `on_ballot` of those that come or go."""
    old, new = {one.code: one for one in before}, {one.code: one for one in after}
    found = []
    for code in [*old, *(code for code in new if code not in old)]:
        was, shall = _flat(old.get(code)), _flat(new.get(code))
        if (code in old) != (code in new):
            found.append(Line("on_ballot", code in old, code in new, code))
        differ = [name for name in _KEPT if was.get(name) != shall.get(name)]
        found += [Line(name, was.get(name), shall.get(name), code) for name in differ]
    return tuple(found)


def changed(project: Listed, **fields: Any) -> Listed:
    """Return the project with other fields, for `edit`."""
    return replace(project, **fields)


def _unlocked(session: Session, organiser: Actor, round_id: int, action: Action, at: datetime) -> Round:
    """Return the round, held so that no ballot can come in. Raises Locked once there is one."""
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, action, round_, at)
    if round_.locked:
        raise Locked(what="projects")
    return round_


def _free(session: Session, organiser: Actor, round_id: int, at: datetime) -> Round:
    """Return the round, held, if one person may still change its list. Raises SecondPersonNeeded once it is public."""
    round_ = _unlocked(session, organiser, round_id, Action.edit_projects, at)
    if not round_.draft:
        raise SecondPersonNeeded(what="projects")
    return round_


def _with_ideas(
    session: Session, organiser: Actor, round_: Round, listed: Sequence[Listed], put: Sequence[int],
    taken: Sequence[str] = (),
) -> tuple[Listed, ...]:  # fmt: skip
    """Return a list with accepted ideas added to it at their reviewed costs. `taken`: codes that are used besides."""
    found = list(listed)
    for idea_id in put:
        idea = _finding.idea(session, organiser, idea_id)
        if idea.round_id != round_.id or idea.status != IdeaStatus.accepted or idea.cost is None:
            raise Invalid("idea", "not_accepted")
        if any(one.idea_id == idea_id for one in found):
            raise Invalid("idea", "taken")
        area = None if idea.area_id is None else session.get(tables.Area, idea.area_id)
        found.append(
            Listed(
                code=_next_code([*(one.code for one in found), *taken]), title=idea.title, text=idea.solution,
                cost=_cost(idea.cost, round_), area_id=idea.area_id, category_id=idea.category_id, place=idea.place,
                lat=area.lat if area else None, lon=area.lon if area else None, idea_id=idea_id,
            )
        )  # fmt: skip
    return tuple(found)


def _clean(session: Session, round_: Round, to: Listed) -> Listed:
    """Return a project fit to be written down. Raises Invalid."""
    if not to.title.trimmed():
        raise Invalid("title", "required")
    _proposing.check_place(session, round_.municipality_id, to.area_id, to.category_id)
    place = to.place.replace("\x00", "").strip()
    return replace(to, title=to.title.trimmed(), text=to.text.trimmed(), place=place, cost=_cost(to.cost, round_))


def _flat(one: Listed | None) -> dict[str, Any]:
    """Return a project's fields as in JSON; nothing for none."""
    if one is None:
        return {}
    found = {name: getattr(one, name) for name in _KEPT}
    return {name: value.words if isinstance(value, Texts) else value for name, value in found.items()}


def _after(known: Sequence[Listed], agreed: Sequence[Line]) -> tuple[Listed, ...]:
    """Return the list that these lines make of another."""
    new: dict[str, dict[str, Any]] = {}
    for line in agreed:
        new.setdefault(line.of, {})[line.field] = Texts(line.new or {}) if line.field in _WORDS else line.new
    gone = {code for code, fields_ in new.items() if fields_.get("on_ballot") is False}
    kept = [replace(one, **new.get(one.code, {})) for one in known if one.code not in gone]
    added = [code for code, fields_ in new.items() if fields_.get("on_ballot") is True]
    blank = Listed("", NO_TEXT, NO_TEXT, 0, None, None, "", None, None, None)
    for code in added:
        told = {name: value for name, value in new[code].items() if name != "on_ballot"}
        kept.append(replace(blank, code=code, **told))
    return tuple(kept)


def _put(row: tables.Project, to: Listed) -> None:
    row.title, row.text, row.place, row.cost = to.title.words, to.text.words, to.place, to.cost
    row.area_id, row.category_id, row.lat, row.lon = to.area_id, to.category_id, to.lat, to.lon


def _added(session: Session, round_id: int, one: Listed) -> tables.Project:
    last = session.exec(select(func.max(tables.Project.position)).where(tables.Project.round_id == round_id)).one()
    row = tables.Project(
        round_id=round_id, code=one.code, idea_id=one.idea_id, cost=one.cost, position=(last or 0) + 1
    )  # fmt: skip
    _put(row, one)
    session.add(row)
    session.flush()
    return row


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


def _grow(session: Session, round_id: int) -> None:
    """Count the round's version up."""
    session.flush()
    session.connection().execute(_NEW_VERSION, {"id": round_id})
    # The round may be in the session's memory with its old version.
    kept = session.get(tables.Round, round_id)
    if kept is not None:
        session.expire(kept)


def _changed(
    session: Session, organiser: Actor, row: tables.Project, action: str, at: datetime, **facts: Any
) -> Listed:
    _grow(session, row.round_id)
    journal.write(session, organiser, action, round_id=row.round_id, at=at, code=row.code, cost=row.cost, **facts)
    second_person.end_changed(session, organiser, row.round_id, at=at)
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
