"""Who did what in closing a round: the two people of each step, for the protocol that they sign."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from core import hidden, journal, rounds
from core.errors import NotFound
from core.permissions import Action, Actor, may
from db import tables

STEPS = (Action.close_vote, Action.draw_ties, Action.count, Action.publish_result)


@dataclass(frozen=True, slots=True)
class Doers:
    """The two people of a step by their names on Glas, "" where the account is gone or the name is hidden."""

    step: Action
    asked: str
    agreed: str


def doers(session: Session, actor: Actor, round_id: int) -> tuple[Doers, ...]:
    """Return who closed, drew, counted and published, in this order, as far as it is done.

    For everyone once the result is published, before that for who may read the journal. Raises NotFound.
    """
    round_ = rounds.get(session, actor, round_id)
    if round_.result_published_at is None and not may(actor, Action.read_journal):
        raise NotFound(thing="protocol", key=round_.slug)
    # The last line of each step: a step that was asked for anew was agreed to once only.
    lines = {line.action: line for line in journal.done(session, round_id, [f"agree_{step}" for step in STEPS])}
    found = [(step, lines[f"agree_{step}"]) for step in STEPS if f"agree_{step}" in lines]
    people = {line.pseudonym for _, line in found} | {str(line.facts.get("first")) for _, line in found}
    named = select(tables.Person.pseudonym, tables.Person.nickname).where(col(tables.Person.pseudonym).in_(people))
    nameless = hidden.of_people(session, people)
    names = {pseudonym: name for pseudonym, name in session.exec(named) if pseudonym not in nameless}
    return tuple(
        Doers(step, names.get(str(line.facts.get("first")), ""), names.get(line.pseudonym, "")) for step, line in found
    )
