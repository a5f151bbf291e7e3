"""Objections to a result: one organiser notes what somebody objected to, another answers it.

They are public, so they hold what it is about and nobody's name. As long as one has no answer the links to people stay,
for a court may have to find a ballot; but not longer than `HELD` beyond the window, whoever forgets to answer.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core import journal, rounds
from core.closing._course import locked_round
from core.errors import Invalid, NotFound, SamePerson, WrongStep
from core.letters import clean
from core.permissions import Action, Actor
from core.rounds import Round
from core.rounds.steps import HELD, Step, step_of
from db import tables

LENGTH = (20, 1000)


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection. `mine`: the reader has noted it, so another one answers it."""

    id: int
    words: str
    noted_at: datetime
    answer: str
    answered_at: datetime | None
    mine: bool


def objections(session: Session, actor: Actor, round_id: int) -> tuple[Objection, ...]:
    """Return the objections to the result of a round, oldest first: for everyone who may know of the round."""
    round_ = rounds.get(session, actor, round_id)
    rounds.require(actor, Action.see_round, round_, None)
    return tuple(_value(row, actor) for row in _rows(session, round_id))


def note(session: Session, organiser: Actor, round_id: int, words: str, *, at: datetime) -> Objection:
    """Write down an objection that came in time; from now on anonymising waits for its answer.

    The journal tells that there is one, not what it says. Raises Invalid or WrongStep.
    """
    round_ = locked_round(session, organiser, round_id)
    rounds.require(organiser, Action.note_objection, round_, at)
    row, told = session.get_one(tables.Round, round_id), _words("objection", words)
    if step_of(row, at) is not Step.objection or row.keep_until is None or at >= row.keep_until:
        raise WrongStep(step=step_of(row, at), wanted=Step.objection)
    made = tables.Objection(round_id=round_id, noted_by=organiser.pseudonym, noted_at=at, words=told)
    session.add(made)
    row.held_until, row.version = row.keep_until + HELD, row.version + 1
    session.flush()
    journal.write(session, organiser, Action.note_objection, round_id=round_id, at=at, number=_place(session, made))
    return _value(made, organiser)


def answer(
    session: Session, organiser: Actor, round_id: int, objection_id: int, words: str, *, at: datetime
) -> Objection:  # fmt: skip
    """Answer an objection that another organiser has noted; with the last answer anonymising waits no longer.

    Raises SamePerson, Invalid, also for one that is answered, and NotFound.
    """
    round_ = locked_round(session, organiser, round_id)
    rounds.require(organiser, Action.answer_objection, round_, at)
    row = session.get(tables.Objection, objection_id, with_for_update=True)
    if row is None or row.round_id != round_id:
        raise NotFound(thing="objection", key=objection_id)
    if row.answered_at is not None:
        raise Invalid("answer", "done")
    if row.noted_by == organiser.pseudonym:
        raise SamePerson(action=Action.answer_objection)
    row.answer, row.answered_at, row.answered_by = _words("answer", words), at, organiser.pseudonym
    session.flush()
    of = session.get_one(tables.Round, round_id)
    if all(each.answered_at is not None for each in _rows(session, round_id)):
        of.held_until = None
    of.version += 1
    session.flush()
    journal.write(session, organiser, Action.answer_objection, round_id=round_id, at=at, number=_place(session, row))
    return _value(row, organiser)


def open_until(round_: Round, at: datetime) -> datetime | None:
    """Return until when objections are taken; None where they are not."""
    taken = round_.keep_until is not None and at < round_.keep_until and not round_.imported
    return round_.keep_until if taken else None


def _words(field: str, words: str) -> str:
    told, (least, most) = " ".join(clean(words).split()), LENGTH
    if not told:
        raise Invalid(field, "required")
    if len(told) < least:
        raise Invalid(field, "too_short", limit=least)
    if len(told) > most:
        raise Invalid(field, "too_long", limit=most)
    return told


def _rows(session: Session, round_id: int) -> list[tables.Objection]:
    found = select(tables.Objection).where(tables.Objection.round_id == round_id).order_by(col(tables.Objection.id))
    return list(session.exec(found))


def _place(session: Session, row: tables.Objection) -> int:
    """Return which of the round's objections it is, from 1."""
    return [each.id for each in _rows(session, row.round_id)].index(row.id) + 1


def _value(row: tables.Objection, actor: Actor) -> Objection:
    mine = bool(actor.pseudonym) and row.noted_by == actor.pseudonym
    return Objection(tables.id_of(row), row.words, row.noted_at, row.answer, row.answered_at, mine)
