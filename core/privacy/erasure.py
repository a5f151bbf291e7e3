"""Erasure: a person goes, and nothing of her stays but what no longer names her.

Her code stays spent and her ballot in the count, for neither is hers to anybody's knowledge. The journal keeps a role
and a pseudonym. An idea that was judged is the town's; it stays without its author, unless it is hidden as a whole.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select, update

from core import journal
from core.hidden import ALL
from core.ideas import IdeaStatus
from core.people import persons, team
from core.permissions import Actor, Role
from db import leftovers, migrate, tables

# What others have built on: the ballot, or a published reason.
KEPT = frozenset({IdeaStatus.accepted, IdeaStatus.rejected})

# Two years since the last use: it may be a month younger than what is noted, and last into the next day.
UNUSED = timedelta(days=730) + persons.NOTED_EVERY + timedelta(days=1)
# So many an hour, for whoever votes meanwhile waits.
AT_ONCE = 200


def erase(session: Session, actor: Actor, *, at: datetime) -> None:
    """Remove the actor's account with all that belongs to it, her ideas too unless others built on them.

    Then call `sweep`, outside the transaction.
    """
    person = persons.own_row(session, actor)
    if persons.is_staff(session, tables.id_of(person)):
        # Of a resident there is no line: that somebody was here and left is nobody's business.
        journal.write(session, actor, "erase_account", municipality_id=person.municipality_id, at=at)
    remove(session, tables.id_of(person))
    team.end_requests(session, actor, actor.pseudonym, Role.organiser, at=at)


def forget_unused(session: Session, *, at: datetime) -> int:
    """Remove the accounts that nobody has used for two years, like their owners would; return how many.

    Whoever holds a role stays: people give it and people take it. Then call `sweep`, outside the transaction.
    """
    staff = select(tables.PersonRole.person_id)
    old = session.exec(
        select(tables.Person)
        .where(col(tables.Person.used_on) < (at - UNUSED).date(), col(tables.Person.demo).is_(False))
        .where(col(tables.Person.id).not_in(staff))
        .order_by(col(tables.Person.id))
        .limit(AT_ONCE)
    ).all()
    for person in old:
        remove(session, tables.id_of(person))
    return len(old)


def remove(session: Session, person_id: int) -> None:
    """Remove an account with all that belongs to it; who may ask for that was asked before."""
    person = persons.by_id(session, person_id)
    own = col(tables.Idea.author_id) == person_id
    kept = col(tables.Idea.status).in_(KEPT) & ~_hidden()
    session.exec(delete(tables.Idea).where(own, ~kept, ~_on_ballot()))
    session.exec(update(tables.Idea).where(own).values(author_id=None))
    session.exec(update(tables.Review).where(col(tables.Review.reviewer_id) == person_id).values(reviewer_id=None))
    for model in (tables.SecondStepCode, tables.SecondStep, tables.SignInLink, tables.SignIn, tables.Roll):
        session.exec(delete(model).where(col(model.person_id) == person_id))
    session.exec(delete(tables.PersonRole).where(col(tables.PersonRole.person_id) == person_id))
    session.exec(delete(tables.ErasureRequest).where(col(tables.ErasureRequest.person_id) == person_id))
    session.exec(delete(tables.Hiding).where(col(tables.Hiding.person_id) == person_id))
    session.delete(person)
    session.flush()
    leftovers.owe(session.connection())


def sweep() -> None:
    """Have the database give up what an erasure has left in its files and in copies. Outside of any transaction."""
    migrate.forget_copies()
    leftovers.sweep(
        "person",
        "person_role",
        "sign_in",
        "sign_in_link",
        "second_step",
        "second_step_code",
        "roll",
        "idea",
        "hiding",
        "erasure_request",
    )


def settle() -> bool:
    """Have SQLite write its file anew if anybody was forgotten since; return whether nothing is owed now."""
    return leftovers.settle()


def _hidden() -> ColumnElement[bool]:
    """Return the condition that an idea is hidden as a whole: nobody can have built on it."""
    whole = select(tables.Hiding.idea_id).where(col(tables.Hiding.idea_id).is_not(None), tables.Hiding.part == ALL)
    return col(tables.Idea.id).in_(whole)


def _on_ballot() -> ColumnElement[bool]:
    return col(tables.Idea.id).in_(select(tables.Project.idea_id).where(col(tables.Project.idea_id).is_not(None)))
