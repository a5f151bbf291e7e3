"""Hiding: one organiser takes words out of sight, with a reason that everyone reads, and may show them again.

From the next look on they are gone for everyone but staff and their author. Copies that somebody took before cannot be
recalled. A project on the ballot keeps its code, its cost and its votes, and what is counted never changes: words stand
in no commitment and in no fingerprint. The journal tells what kind of thing was hidden and why, and never the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from core import hidden, journal, letters, municipalities, permissions, rounds
from core.errors import Invalid, NotFound
from core.ideas import IdeaStatus
from core.people import persons
from core.permissions import Action, Actor
from core.rounds import Round, second_person
from core.texts import Texts, told
from db import tables

REASON = (10, 300)
# So many words in a row, found in a reason, repeat what is being hidden.
_RUN = 4
_WORD = re.compile(r"\w+")
_NEW_VERSION = text("UPDATE round SET version = version + 1 WHERE id = :id")


@dataclass(frozen=True, slots=True)
class HiddenWords:
    """What is hidden, for staff. `kind`: idea, project, review or person; `part`: which of its texts, or "all".

    `name`: the number of the idea, the code of the project, or the pseudonym of the person.
    """

    id: int
    kind: str
    part: str
    name: str
    idea_id: int | None
    words: Texts
    reason: Texts
    at: datetime


def hide_idea(
    session: Session, organiser: Actor, idea_id: int, part: str, *, reason: Texts | str, at: datetime
) -> None:
    """Hide an idea ("all") or one of its texts: title, problem, solution or place. Its project hides the same.

    Raises Invalid: `part` choice or done, `reason` required, too_short, too_long, or repeats – it holds the words.
    """
    permissions.require(organiser, Action.hide)
    row = session.get(tables.Idea, idea_id)
    if row is None or row.status in (IdeaStatus.draft, IdeaStatus.withdrawn):
        raise NotFound(thing="idea", key=idea_id)
    round_ = _round(session, organiser, row.round_id, at)
    place = Texts({row.language: row.place})
    texts = {"title": Texts(row.title), "problem": Texts(row.problem), "solution": Texts(row.solution), "place": place}
    _hide(session, organiser, round_.municipality_id, "idea", idea_id, part, texts, reason, at)
    _note(
        session, organiser, Action.hide, round_, at, "idea", part, idea=idea_id, reason=_told(session, round_, reason)
    )


def hide_project(
    session: Session, organiser: Actor, round_id: int, code: str, part: str, *, reason: Texts | str, at: datetime
) -> None:
    """Hide the title, the text or the place of a project. Its idea hides the same. Raises as `hide_idea` does."""
    round_ = _round(session, organiser, round_id, at)
    row = session.exec(
        select(tables.Project).where(tables.Project.round_id == round_id, tables.Project.code == code)
    ).first()
    if row is None:
        raise NotFound(thing="project", key=code)
    place = Texts({_speaks(session, round_): row.place})
    texts = {"title": Texts(row.title), "text": Texts(row.text), "place": place}
    _hide(session, organiser, round_.municipality_id, "project", tables.id_of(row), part, texts, reason, at)
    _note(
        session, organiser, Action.hide, round_, at, "project", part, code=code, reason=_told(session, round_, reason)
    )


def hide_review(session: Session, organiser: Actor, idea_id: int, *, reason: Texts | str, at: datetime) -> None:
    """Hide the reason that the latest review of an idea gives. Raises as `hide_idea` does."""
    permissions.require(organiser, Action.hide)
    row = session.exec(
        select(tables.Review).where(tables.Review.idea_id == idea_id).order_by(col(tables.Review.id).desc())
    ).first()
    idea = session.get(tables.Idea, idea_id)
    if row is None or idea is None:
        raise NotFound(thing="review", key=idea_id)
    round_ = _round(session, organiser, idea.round_id, at)
    texts = {"reason": Texts(row.reason)}
    _hide(session, organiser, round_.municipality_id, "review", tables.id_of(row), "reason", texts, reason, at)
    said = _told(session, round_, reason)
    _note(session, organiser, Action.hide, round_, at, "review", "reason", idea=idea_id, reason=said)


def hide_name(session: Session, organiser: Actor, nickname: str, *, reason: Texts | str, at: datetime) -> None:
    """Hide the nickname that somebody has chosen, until another is chosen. Raises NotFound, and as `hide_idea` does."""
    permissions.require(organiser, Action.hide)
    row = persons.by_name(session, organiser.municipality_id, nickname)
    # Nobody is found by an e-mail here.
    if row is None or row.nickname_key != persons.name_key(nickname):
        raise NotFound(thing="person")
    said = told(reason, municipalities.municipality(session, row.municipality_id).language)
    texts = {"nickname": Texts({"": row.nickname})}
    _hide(session, organiser, row.municipality_id, "person", tables.id_of(row), "nickname", texts, said, at)
    facts: dict[str, Any] = {"what": "person", "part": "nickname", "to": row.pseudonym, "reason": said.trimmed().words}
    journal.write(session, organiser, Action.hide, municipality_id=row.municipality_id, at=at, **facts)


def show_again(session: Session, organiser: Actor, hiding_id: int, *, at: datetime) -> None:
    """Show hidden words again to everyone who could see them before. Raises NotFound."""
    permissions.require(organiser, Action.hide)
    row = session.get(tables.Hiding, hiding_id)
    if row is None:
        raise NotFound(thing="hiding", key=hiding_id)
    kind, part = _kind(row), row.part
    if row.person_id is not None:
        person = session.get_one(tables.Person, row.person_id)
        if person.municipality_id != organiser.municipality_id:
            raise NotFound(thing="hiding", key=hiding_id)
        session.delete(row)
        journal.write(
            session, organiser, "show_again", municipality_id=person.municipality_id, at=at, what=kind, part=part,
            to=person.pseudonym,
        )  # fmt: skip
        return
    round_id, name = _place(session, row)
    round_ = _round(session, organiser, round_id, at)
    session.delete(row)
    named: dict[str, Any] = {"code": name} if kind == "project" else {"idea": int(name)}
    _note(session, organiser, "show_again", round_, at, kind, part, **named)


def hidden_words(session: Session, staff: Actor, round_id: int | None = None) -> tuple[HiddenWords, ...]:
    """Return what is hidden in a round, or the hidden names of the municipality, the newest first."""
    permissions.require(staff, Action.see_hidden)
    query = select(tables.Hiding).order_by(col(tables.Hiding.hidden_at).desc(), col(tables.Hiding.id).desc())
    if round_id is None:
        query = query.where(
            tables.Hiding.municipality_id == staff.municipality_id, col(tables.Hiding.person_id).is_not(None)
        )
    else:
        round_ = rounds.get(session, staff, round_id)
        query = query.where(
            tables.Hiding.municipality_id == round_.municipality_id, col(tables.Hiding.person_id).is_(None)
        )
    found = []
    for row in session.exec(query).all():
        where, name = (None, _pseudonym(session, row)) if round_id is None else _place(session, row)
        if where == round_id:
            found.append(_value(session, row, name))
    return tuple(found)


def _hide(
    session: Session, organiser: Actor, municipality_id: int, kind: str, key: int, part: str, texts: dict[str, Texts],
    reason: Texts | str, at: datetime,
) -> None:  # fmt: skip
    if part not in hidden.PARTS[kind]:
        raise Invalid("part", "choice")
    gone = texts.values() if part == hidden.ALL else (texts[part],)
    if not any(gone):
        raise Invalid("part", "empty")
    said = told(reason, municipalities.municipality(session, municipality_id).language).trimmed()
    _check(said, gone)
    link = col(getattr(tables.Hiding, f"{kind}_id"))
    known = session.exec(select(tables.Hiding).where(link == key, tables.Hiding.part == part)).first()
    if known is not None:
        raise Invalid("part", "done")
    session.add(tables.Hiding(
        municipality_id=municipality_id, part=part, reason=said.words, hidden_by=organiser.pseudonym, hidden_at=at,
        **{f"{kind}_id": key},
    ))  # fmt: skip
    session.flush()


def _check(reason: Texts, gone: Iterable[Texts]) -> None:
    if not reason:
        raise Invalid("reason", "required")
    for _language, words in reason.pairs:
        if letters.visible(words) < REASON[0]:
            raise Invalid("reason", "too_short", limit=REASON[0])
        if len(words) > REASON[1]:
            raise Invalid("reason", "too_long", limit=REASON[1])
        if any(_repeats(words, lost) for texts in gone for _language, lost in texts.pairs):
            raise Invalid("reason", "repeats")


def _repeats(reason: str, words: str) -> bool:
    """Return whether a reason says what is hidden: all of it, or four words of it in a row, however they look."""
    said, lost = _WORD.findall(letters.look(reason)), _WORD.findall(letters.look(words))
    run = min(_RUN, len(lost))
    runs = {tuple(lost[start : start + run]) for start in range(len(lost) - run + 1)} if run else set()
    return any(tuple(said[start : start + run]) in runs for start in range(len(said) - run + 1))


def _round(session: Session, organiser: Actor, round_id: int, at: datetime) -> Round:
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.hide, round_, at)
    return round_


def _told(session: Session, round_: Round, reason: Texts | str) -> dict[str, str]:
    return told(reason, _speaks(session, round_)).trimmed().words


def _speaks(session: Session, round_: Round) -> str:
    return municipalities.municipality(session, round_.municipality_id).language


def _note(
    session: Session, organiser: Actor, action: str, round_: Round, at: datetime, kind: str, part: str, **facts: Any
) -> None:
    """Note what was done, never the words, and have all that is kept of the round made anew; requests rest on it."""
    session.flush()
    session.connection().execute(_NEW_VERSION, {"id": round_.id})
    kept = session.get(tables.Round, round_.id)
    if kept is not None:
        session.expire(kept)
    journal.write(session, organiser, action, round_id=round_.id, at=at, what=kind, part=part, **facts)
    second_person.end_changed(session, organiser, round_.id, at=at)


def _kind(row: tables.Hiding) -> str:
    return next(kind for kind in hidden.PARTS if getattr(row, f"{kind}_id") is not None)


def _pseudonym(session: Session, row: tables.Hiding) -> str:
    return session.get_one(tables.Person, row.person_id).pseudonym


def _place(session: Session, row: tables.Hiding) -> tuple[int, str]:
    """Return the round of what is hidden, and the number of the idea or the code of the project."""
    if row.project_id is not None:
        project = session.get_one(tables.Project, row.project_id)
        return project.round_id, project.code
    idea_id = row.idea_id
    if row.review_id is not None:
        idea_id = session.get_one(tables.Review, row.review_id).idea_id
    return session.get_one(tables.Idea, idea_id).round_id, str(idea_id)


def _value(session: Session, row: tables.Hiding, name: str) -> HiddenWords:
    kind = _kind(row)
    model: Any = {"idea": tables.Idea, "project": tables.Project, "review": tables.Review, "person": tables.Person}[
        kind
    ]
    thing: Any = session.get_one(model, getattr(row, f"{kind}_id"))
    words = getattr(thing, "title" if row.part == hidden.ALL else row.part)
    idea_id = row.idea_id if kind == "idea" else getattr(thing, "idea_id", None)
    return HiddenWords(
        tables.id_of(row), kind, row.part, name, idea_id,
        Texts(words) if isinstance(words, dict) else Texts({"": words}), Texts(row.reason), row.hidden_at,
    )  # fmt: skip
