"""Who has asked: a request of two people stands while the journal says so, and while that person may still ask."""

from sqlmodel import Session, select

from core import journal, permissions
from core.errors import NotAllowed
from core.people import persons
from core.permissions import Action
from core.rounds import _finding
from core.rounds._values import Round
from db import tables

# Ways in which a request ends, as the journal has them.
_ENDS = ("take_back", "decline", "end", "agree")


def may_ask(session: Session, round_: Round, row: tables.SecondPerson) -> bool:
    """Return whether the one who asked could still do so."""
    person = session.exec(select(tables.Person).where(tables.Person.pseudonym == row.asked_by)).first()
    try:
        asker = permissions.OPERATOR if person is None else persons.actor_from(session, person)
        _finding.require(asker, Action(row.action), round_, None)
    except NotAllowed:
        return False
    return asker.pseudonym == row.asked_by


def told(session: Session, row: tables.SecondPerson) -> bool:
    """Return whether the chained journal says that this was asked for by this person, and not that it has ended."""
    asked = f"ask_{row.action}"
    lines = journal.done(session, row.round_id, (asked, *(f"{end}_{row.action}" for end in _ENDS)))
    if not row.consent:
        # From before there were hashes: the moment says which it was.
        lines = [line for line in lines if line.action == asked and line.at == row.asked_at]
    last = next((line for line in reversed(lines) if line.facts.get("consent", "") == row.consent), None)
    return last is not None and last.whole and (last.action, last.pseudonym) == (asked, row.asked_by)
