"""Projects: what stands on the ballot, until the first ballot fixes it. Of a public round two people change it.

Words that are hidden stand in no request and in no line of the journal: lists are compared as everyone sees them, and
what is hidden stays in its row.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from core import hidden, journal, letters, rounds
from core.errors import Invalid, NotAllowed, NotFound
from core.hidden import Reasons
from core.ideas import _finding, _proposing, _rows
from core.ideas._finding import Idea, IdeaStatus
from core.permissions import Action, Actor
from core.rounds import Round, second_person, terms
from core.rounds.second_person import Pending
from core.rounds.terms import Line
from core.texts import NO_TEXT, Texts
from core.trust import voted_on
from db import tables

# In the order in which they are read; the code tells which project it is.
_KEPT = ("title", "cost", "text", "area_id", "category_id", "place", "lat", "lon", "idea_id")
_WORDS = frozenset({"title", "text"})


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
    # Why two people have withdrawn it since people vote, so that nobody can choose it; "": they have not.
    withdrawn: str = ""


def projects(session: Session, actor: Actor, round_id: int) -> tuple[Listed, ...]:
    """Return the projects of a round in the order in which they came. Raises NotFound."""
    rounds.get(session, actor, round_id)
    why = hidden.of_projects(session, round_id)
    found = session.exec(_rows.in_order(), params={"id": round_id})
    return tuple(_redacted(_listed(row), why.get(row.code, {})) for row in found)


def of_rounds(session: Session, wanted: Collection[Round]) -> dict[int, tuple[Listed, ...]]:
    """Return the projects of rounds that were read for whoever asks, by round, as `projects` does; in two queries."""
    found: dict[int, list[Listed]] = {one.id: [] for one in wanted}
    why = hidden.of_rounds(session, found)
    asked = select(tables.Project).where(col(tables.Project.round_id).in_(found))
    for row in session.exec(asked.order_by(col(tables.Project.position), col(tables.Project.id))):
        found[row.round_id].append(_redacted(_listed(row), why.get((row.round_id, row.code), {})))
    return {round_id: tuple(listed) for round_id, listed in found.items()}


def standing(listed: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return the projects that can be chosen: those that nobody has withdrawn."""
    return tuple(one for one in listed if not one.withdrawn)


def put_on_ballot(session: Session, organiser: Actor, idea_id: int, at: datetime) -> Listed:
    """Put an accepted idea on the ballot of a draft at its reviewed cost; of a public round, `ask_change` does."""
    idea = _finding.idea(session, organiser, idea_id)
    round_ = _rows.free(session, organiser, idea.round_id, at)
    after = _with_ideas(session, organiser, round_, projects(session, organiser, round_.id), [idea_id])
    row = _added(session, round_.id, _with_words_of(idea, after[-1]))
    return _redacted(_changed(session, organiser, row, "put_on_ballot", at), _rows.of_project(idea.hidden))


def take_off(session: Session, organiser: Actor, round_id: int, code: str, at: datetime) -> None:
    """Take a project off the ballot of a draft; its idea stays accepted."""
    _rows.free(session, organiser, round_id, at)
    row = _rows.row(session, round_id, code)
    _changed(session, organiser, row, "take_off_ballot", at)
    session.delete(row)
    session.flush()
    second_person.end_changed(session, organiser, round_id, at=at)


def edit(session: Session, organiser: Actor, round_id: int, code: str, to: Listed, at: datetime) -> Listed:
    """Change a project of a draft to what `to` says, except for its code and idea; return it.

    Words that are hidden stay as they are. Raises Invalid (hidden) for what would put others in their place.
    """
    round_ = _rows.free(session, organiser, round_id, at)
    row = _rows.row(session, round_id, code)
    before, why = _listed(row), hidden.of_projects(session, round_id).get(code, {})
    _put(row, _clean(session, round_, _with_hidden_words(to, before, why)))
    told = [line.told for line in lines([before], [_listed(row)])]
    return _redacted(_changed(session, organiser, row, "edit_project", at, changes=told), why)


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

    `put`: ideas that come onto it, `edited`: projects as they shall be, `off`: codes of those that go. Words that are
    hidden stay so: Invalid (hidden) is raised for what would put others in their place. What the actor
    has asked for already stays in the request, which takes the place of the former one; back to the list as it is, it
    is taken back by `second_person.take_back`. Raises Locked from the first ballot on; Invalid of a field, without a
    public reason, or where nothing would change; RequestWaits.
    """
    round_ = _rows.unlocked(session, organiser, round_id, Action.change_list, at)
    if round_.draft:
        raise Invalid("published_at", "required")
    known = projects(session, organiser, round_id)
    waiting = second_person.waits(session, organiser, round_id, Action.change_list)
    base = _after(known, waiting.lines) if waiting is not None and waiting.mine else known
    if missing := ({one.code for one in edited} | set(off)) - {one.code for one in base}:
        raise NotFound(thing="project", key=min(missing))
    kept = _edited(session, organiser, round_, base, edited, off)
    wanted = lines(known, _with_ideas(session, organiser, round_, kept, put, taken=[one.code for one in base]))
    if not wanted:
        raise second_person.nothing(session, organiser, round_id, Action.change_list)
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
    round_ = _rows.unlocked(session, organiser, round_id, Action.change_list, at)
    done = second_person.agree(session, organiser, round_id, Action.change_list, at=at, consent=consent)
    known = projects(session, organiser, round_id)
    after = {one.code: one for one in _after(known, done.lines)}
    gone = hidden.of_projects(session, round_id)
    for one in known:
        row = _rows.row(session, round_id, one.code)
        if one.code not in after:
            session.delete(row)
        elif after[one.code] != one:
            to = _with_hidden_words(after[one.code], _listed(row), gone.get(one.code, {}))
            _put(row, _clean(session, round_, to))
    for one in after.values():
        if one.code not in {each.code for each in known}:
            # Its idea may have been withdrawn since it was asked for.
            idea = None if one.idea_id is None else _finding.idea(session, organiser, one.idea_id)
            if idea is not None and idea.status != IdeaStatus.accepted:
                raise Invalid("idea", "not_accepted")
            _added(session, round_id, one if idea is None else _with_words_of(idea, one))
    voted_on.amend(session, round_id, (("order",), ("projects",)), done.reason, at)
    facts: dict[str, Any] = {"changes": [line.told for line in done.lines], "reason": done.reason, "consent": consent}
    _rows.grow(session, round_id)
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


def _with_words_of(idea: Idea, one: Listed) -> Listed:
    """Return a project with the words that are hidden in its idea, which were in no request."""
    words: dict[str, Any] = {"title": idea.title, "text": idea.solution, "place": idea.place}
    return replace(one, **{part: words[part] for part in _rows.of_project(idea.hidden)})


def _edited(
    session: Session, organiser: Actor, round_: Round, base: Sequence[Listed], edited: Sequence[Listed],
    off: Sequence[str],
) -> tuple[Listed, ...]:  # fmt: skip
    """Return the list with some projects changed and others gone; all as everyone sees them."""
    gone, kept = hidden.of_projects(session, round_.id), []
    shall = {one.code: one for one in edited}
    for one in base:
        if one.code in off:
            continue
        if (to := shall.get(one.code)) is not None:
            why = gone.get(one.code, {})
            if one.idea_id is not None and not why:
                why = _rows.of_project(_finding.idea(session, organiser, one.idea_id).hidden)
            to = _with_hidden_words(to, _kept(session, round_.id, one), why)
            one = _redacted(_clean(session, round_, to), why)
        kept.append(one)
    return tuple(kept)


def _kept(session: Session, round_id: int, one: Listed) -> Listed:
    """Return a project as it is kept, or as it is where it is not on the list yet."""
    row = session.exec(_rows.of_code(round_id, one.code)).first()
    return one if row is None else _listed(row)


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
        if hidden.ALL in idea.hidden:
            raise Invalid("idea", "hidden")
        area = None if idea.area_id is None else session.get(tables.Area, idea.area_id)
        made = Listed(
            code=_rows.next_code([*(one.code for one in found), *taken]), title=idea.title, text=idea.solution,
            cost=_rows.cost(idea.cost, round_), area_id=idea.area_id, category_id=idea.category_id, place=idea.place,
            lat=area.lat if area else None, lon=area.lon if area else None, idea_id=idea_id,
        )  # fmt: skip
        found.append(_redacted(made, _rows.of_project(idea.hidden)))
    return tuple(found)


def _clean(session: Session, round_: Round, to: Listed) -> Listed:
    """Return a project fit to be written down. Raises Invalid."""
    if not to.title.trimmed():
        raise Invalid("title", "required")
    _rows.short(title=to.title.trimmed(), text=to.text.trimmed())
    _proposing.check_place(session, round_.municipality_id, to.area_id, to.category_id)
    told = {"title": to.title.trimmed(), "text": to.text.trimmed(), "place": letters.trimmed(to.place)}
    return replace(to, **told, cost=_rows.cost(to.cost, round_))  # type: ignore[arg-type]


def _flat(one: Listed | None) -> dict[str, Any]:
    """Return a project's fields as in JSON; nothing for none."""
    if one is None:
        return {}
    found = {name: getattr(one, name) for name in _KEPT}
    return {name: terms.words(value) if isinstance(value, Texts) else value for name, value in found.items()}


def _after(known: Sequence[Listed], agreed: Sequence[Line]) -> tuple[Listed, ...]:
    """Return the list that these lines make of another."""
    new: dict[str, dict[str, Any]] = {}
    for line in agreed:
        new.setdefault(line.of, {})[line.field] = (
            terms.texts(line.new or {}, line.of) if line.field in _WORDS else line.new
        )
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


def _changed(
    session: Session, organiser: Actor, row: tables.Project, action: str, at: datetime, **facts: Any
) -> Listed:
    _rows.grow(session, row.round_id)
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
        withdrawn=row.withdrawn_reason if row.withdrawn_at is not None else "",
    )
