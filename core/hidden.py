"""Hidden words: what of ideas, projects, reviews and names only staff and their authors still see, and why.

Whoever hands words upward asks here. So it lies below them all; who may hide is in `moderation`. What is hidden stands
where it stood: in no commitment and no fingerprint is there a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from core.texts import Texts
from db import tables

# The whole idea, with every text of it.
ALL = "all"
PARTS: Mapping[str, tuple[str, ...]] = {
    "idea": (ALL, "title", "problem", "solution", "place"),
    "project": ("title", "text", "place"),
    "review": ("reason",),
    "person": ("nickname",),
}
# A project has its words from its idea: hidden in one, they are hidden in both. Project's → idea's.
SAME: Mapping[str, str] = {"title": "title", "text": "solution", "place": "place"}

# A plain statement: every page asks it.
_ONE = text("SELECT 1 FROM hiding LIMIT 1")

# In a line of a change: in place of words stands why they are hidden.
GONE = "hidden"

# Part → the public reason why it is hidden.
Reasons = Mapping[str, Texts]


@dataclass(frozen=True, slots=True)
class OfIdeas:
    """What of some ideas is hidden: texts by idea, the reason of a review by review, and names by person."""

    ideas: Mapping[int, Reasons]
    reviews: Mapping[int, Texts]
    people: Mapping[int, Texts]


def of_ideas(session: Session, ideas: Collection[int], people: Collection[int] = ()) -> OfIdeas:
    """Return what is hidden of these ideas, their reviews, and their authors' names."""
    if not _any(session):
        return OfIdeas({}, {}, {})
    hiding, project = tables.Hiding, tables.Project
    rows = session.exec(
        select(hiding, project.idea_id, tables.Review.idea_id)
        .join(project, col(project.id) == col(hiding.project_id), isouter=True)
        .join(tables.Review, col(tables.Review.id) == col(hiding.review_id), isouter=True)
        .where(or_(
            col(hiding.idea_id).in_(ideas), col(project.idea_id).in_(ideas), col(tables.Review.idea_id).in_(ideas),
            col(hiding.person_id).in_(people),
        ))
    ).all()  # fmt: skip
    found: dict[int, dict[str, Texts]] = {}
    reviews, names = {}, {}
    for row, of_project, _of_review in rows:
        reason = Texts(row.reason)
        if row.idea_id is not None:
            found.setdefault(row.idea_id, {}).update(dict.fromkeys(_reach(row.part), reason))
        elif of_project is not None:
            found.setdefault(of_project, {}).setdefault(SAME[row.part], reason)
        elif row.review_id is not None:
            reviews[row.review_id] = reason
        elif row.person_id is not None:
            names[row.person_id] = reason
    return OfIdeas(found, reviews, names)


def of_projects(session: Session, round_id: int) -> dict[str, Reasons]:
    """Return what is hidden of the projects of a round, by code."""
    return {code: why for (_round, code), why in of_rounds(session, (round_id,)).items()}


def of_rounds(session: Session, round_ids: Collection[int]) -> dict[tuple[int, str], Reasons]:
    """Return what is hidden of the projects of some rounds, by round and code."""
    if not _any(session):
        return {}
    hiding, project = tables.Hiding, tables.Project
    rows = session.exec(
        select(hiding, project.round_id, project.code)
        .join(project, or_(col(project.id) == col(hiding.project_id), col(project.idea_id) == col(hiding.idea_id)))
        .where(col(project.round_id).in_(round_ids))
    ).all()
    found: dict[tuple[int, str], dict[str, Texts]] = {}
    for row, round_id, code in rows:
        own = row.project_id is not None
        parts = (row.part,) if own else tuple(mine for mine, its in SAME.items() if its in _reach(row.part))
        for part in parts:
            found.setdefault((round_id, code), {})[part] = Texts(row.reason)
    return dict(found)


def of_people(session: Session, pseudonyms: Iterable[str] | None = None) -> dict[str, Texts]:
    """Return whose names are hidden, by pseudonym; of all people if none are named."""
    if not _any(session):
        return {}
    rows = session.exec(
        select(tables.Person.pseudonym, tables.Hiding.reason)
        .join(tables.Hiding, col(tables.Hiding.person_id) == col(tables.Person.id))
        .where(True if pseudonyms is None else col(tables.Person.pseudonym).in_([*pseudonyms]))
    ).all()
    return {pseudonym: Texts(reason) for pseudonym, reason in rows}


@dataclass(frozen=True, slots=True)
class Withheld:
    """Which words of projects lines of the journal tell nobody any more: (code, part) → until which line, and why."""

    until: Mapping[tuple[str, str], tuple[int, Mapping[str, str]]]

    def told(self, changes: Sequence[Mapping[str, Any]], line: int = 0) -> list[dict[str, Any]]:
        """Return the changes that a line tells, with why in place of the words; `line`: its id, 0 for any."""
        return [self._told(each, line) for each in changes]

    def _told(self, change: Mapping[str, Any], line: int) -> dict[str, Any]:
        last, why = self.until.get((change["of"], change["field"]), (-1, {}))
        if line > last:
            return dict(change)
        return {name: {GONE: why} if name in ("old", "new") and told else told for name, told in change.items()}


def in_journal(session: Session, round_id: int) -> Withheld:
    """Return which words earlier lines about a round must not tell: they were hidden since, and not shown again.

    A line is never changed, so it holds them; and of a project that has left the ballot nothing else keeps that they
    are hidden.
    """
    lines = tables.Journal
    asked = select(lines.id, lines.action, lines.facts).where(lines.round_id == round_id).order_by(col(lines.id))
    until: dict[tuple[str, str], tuple[int, Mapping[str, str]]] = {}
    rows = session.exec(asked.where(col(lines.action).in_(("hide", "show_again")))).all()
    codes = _codes(session, round_id) if rows else {}
    for number, action, facts in rows:
        own = facts["what"] == "project"
        parts = [facts["part"]] if own else [mine for mine, its in SAME.items() if its in _reach(facts["part"])]
        for code in (facts["code"],) if own else codes.get(facts["idea"], ()):
            for part in parts if facts["what"] in ("project", "idea") else ():
                until.pop((code, part), None)
                if action == "hide":
                    until[code, part] = (number or 0, facts["reason"])
    return Withheld(until)


def shown(texts: Texts, reason: Texts | None, name: str = "") -> Texts:
    """Return the texts, or in their place that they are hidden, and why; `name` tells what they are the words of."""
    return texts if reason is None else Texts.hidden_for(reason, name)


def _reach(part: str) -> tuple[str, ...]:
    return PARTS["idea"] if part == ALL else (part,)


def _codes(session: Session, round_id: int) -> dict[int, set[str]]:
    """Return under which codes each idea is or was on the ballot of a round."""
    found: dict[int, set[str]] = {}
    here = select(tables.Project.idea_id, tables.Project.code).where(tables.Project.round_id == round_id)
    for idea_id, code in session.exec(here).all():
        if idea_id is not None:
            found.setdefault(idea_id, set()).add(code)
    lines = select(tables.Journal.facts).where(tables.Journal.round_id == round_id)
    for facts in session.exec(lines).all():
        for each in facts.get("changes", ()):
            if each["field"] == "idea_id":
                for idea_id in filter(None, (each["old"], each["new"])):
                    found.setdefault(idea_id, set()).add(each["of"])
    return found


def _any(session: Session) -> bool:
    """Return whether anything is hidden at all: mostly nothing is, and then nothing else is asked."""
    return session.connection().execute(_ONE).first() is not None
