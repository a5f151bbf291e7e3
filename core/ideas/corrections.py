"""Corrections: what two people may still do to a project once the first ballot is in, each with a public reason.

A project is withdrawn, for good: it keeps its code, its cost and its votes, nobody can choose it any more, and the
count passes it over. That is possible until the count; whoever finds out later declares the round void. Or a typing
error in a title or a text is mended, until the result is published: what people read when they voted stays, public, in
the journal. Rules, limits and costs never change. What is voted on is signed, and so is each correction of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text as statement
from sqlmodel import Session, col, func, select

from core import hidden, journal, rounds
from core.errors import Invalid, Locked, NotAllowed
from core.ideas import _rows
from core.permissions import Action, Actor
from core.phases import Phase
from core.rounds import Round, second_person, terms
from core.rounds.second_person import Done, Pending
from core.rounds.terms import Line
from core.texts import Texts
from core.trust import voted_on
from db import tables
from db.engine import lock_round

# A plain statement: the ballot asks it each time it is opened, and mostly nothing was corrected.
_MENDED = statement("SELECT 1 FROM journal WHERE round_id = :id AND action = 'correct_words' LIMIT 1")


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of a project as everyone reads it: when, which field ("title", "text"), what it said before, why."""

    at: datetime
    field: str
    before: Texts
    reason: str


def ask_withdrawal(
    session: Session, organiser: Actor, round_id: int, code: str, *, at: datetime, reason: str
) -> Pending:  # fmt: skip
    """Ask a second person to agree that a project is withdrawn, and return the request.

    Raises Invalid: `reason` required or too_long, `code` early – no ballot is in yet –, withdrawn, few – a ballot could
    not be filled any more; Locked once the ballots are counted; RequestWaits, NotFound.
    """
    round_ = _correctable(session, organiser, round_id, Action.withdraw_project, at)
    _require_standing(session, round_, code, at)
    line = Line("withdrawn", old=False, new=True, of=code)
    return _asked(session, organiser, round_, Action.withdraw_project, code, (line,), reason, at)


def agree_withdrawal(
    session: Session, organiser: Actor, round_id: int, code: str, *, at: datetime, consent: str
) -> None:  # fmt: skip
    """Agree to a withdrawal by the hash that was shown: it is done. Raises as `ask_withdrawal`, and ConsentDiffers."""
    round_ = _correctable(session, organiser, round_id, Action.withdraw_project, at)
    row = _require_standing(session, round_, code, at)
    done = second_person.agree(
        session, organiser, round_id, Action.withdraw_project, at=at, consent=consent, subject=code
    )
    row.withdrawn_at, row.withdrawn_reason = at, done.reason
    _carried_out(session, organiser, round_, code, done, at)


def ask_words(
    session: Session, organiser: Actor, round_id: int, code: str, *, at: datetime, reason: str, title: Texts,
    text: Texts,
) -> Pending:  # fmt: skip
    """Ask a second person to agree to other words of a project, and return the request.

    `title`, `text`: as they shall be; words that are hidden stay as they are, Invalid (hidden) is raised for others.
    Raises Invalid of a field, or of `change` where nothing would change; as `ask_withdrawal`.
    """
    round_ = _correctable(session, organiser, round_id, Action.correct_words, at)
    row = _rows.row(session, round_id, code)
    why = hidden.of_projects(session, round_id).get(code, {})
    lines = [
        Line(part, old, mended, code)
        for part, old, new in (("title", row.title, title), ("text", row.text, text))
        if (mended := _mended(part, Texts(old), new, why, code)) != old
    ]
    if not lines:
        raise second_person.nothing(session, organiser, round_id, Action.correct_words, subject=code)
    return _asked(session, organiser, round_, Action.correct_words, code, tuple(lines), reason, at)


def agree_words(
    session: Session, organiser: Actor, round_id: int, code: str, *, at: datetime, consent: str
) -> None:  # fmt: skip
    """Agree to other words by the hash that was shown, and write them down. Raises ConsentDiffers, SamePerson."""
    round_ = _correctable(session, organiser, round_id, Action.correct_words, at)
    row = _rows.row(session, round_id, code)
    done = second_person.agree(session, organiser, round_id, Action.correct_words, at=at, consent=consent, subject=code)
    for line in done.lines:
        setattr(row, line.field, dict(line.new))
    _carried_out(session, organiser, round_, code, done, at)


def corrections(session: Session, actor: Actor, round_id: int) -> dict[str, tuple[Correction, ...]]:
    """Return how words of projects were corrected since people vote, by code, oldest first; hidden ones not told."""
    found: dict[str, list[Correction]] = {}
    if session.connection().execute(_MENDED, {"id": round_id}).first() is None:
        return {}
    for change in rounds.changes(session, actor, round_id):
        for line in change.lines if change.action is Action.correct_words else ():
            before = terms.texts(line.old, line.of)
            found.setdefault(line.of, []).append(Correction(change.at, line.field, before, change.reason))
    return {code: tuple(each) for code, each in found.items()}


def _correctable(session: Session, organiser: Actor, round_id: int, action: Action, at: datetime) -> Round:
    """Return the round, held so that no ballot can come in, if something can be corrected in it."""
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, action, round_, at)
    if round_.imported:
        raise NotAllowed(action=action, roles=tuple(sorted(organiser.roles)))
    if action is Action.withdraw_project and round_.counted_at is not None:
        raise Locked(what="counted", since=round_.counted_at)
    if not round_.locked:
        raise Invalid("code", "early")
    return round_


def _require_standing(session: Session, round_: Round, code: str, at: datetime) -> tables.Project:
    row = _rows.row(session, round_.id, code)
    if row.withdrawn_at is not None:
        raise Invalid("code", "withdrawn")
    counted = select(func.count()).where(
        tables.Project.round_id == round_.id, col(tables.Project.withdrawn_at).is_(None)
    )
    left = session.exec(counted).one() - 1
    least = max(1, round_.ballot.min_choices or 1) if round_.phase(at) is Phase.voting else 1
    if left < least:
        raise Invalid("code", "few", least=least)
    return row


def _mended(part: str, old: Texts, new: Texts, why: Mapping[str, Texts], code: str) -> dict[str, str]:
    if part in why:
        if new not in (old, hidden.shown(old, why[part], code if part == "title" else "")):
            raise Invalid(part, "hidden")
        return old.words
    mended = new.trimmed()
    if part == "title" and not mended:
        raise Invalid(part, "required")
    if mended != old:
        _rows.short(**{part: mended})
    return mended.words


def _asked(
    session: Session, organiser: Actor, round_: Round, action: Action, code: str, lines: tuple[Line, ...], reason: str,
    at: datetime,
) -> Pending:  # fmt: skip
    said = second_person.clean_reason(reason)
    asked = second_person.ask(
        session, organiser, round_.id, action, at=at, reason=said, lines=lines, subject=code
    )  # fmt: skip
    if not isinstance(asked, Pending):
        raise NotAllowed(action=action, roles=tuple(sorted(organiser.roles)))
    return asked


def _carried_out(session: Session, organiser: Actor, round_: Round, code: str, done: Done, at: datetime) -> None:
    """Sign and note what was done; requests that rest on what it was before have ended."""
    _rows.grow(session, round_.id)
    voted_on.amend(session, round_.id, [("projects", code, line.field) for line in done.lines], done.reason, at)
    facts: dict[str, Any] = {"changes": [line.told for line in done.lines], "reason": done.reason}
    journal.write(
        session, organiser, done.action, round_id=round_.id, at=at, code=code, **facts, consent=done.consent
    )  # fmt: skip
    second_person.end_changed(session, organiser, round_.id, at=at)
