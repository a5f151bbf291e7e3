"""Rounds in sight: the ones an actor may know of, and what she may do to one."""

from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, bindparam, exists, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core import permissions
from core.errors import NotAllowed, NotFound
from core.permissions import Action, Actor, Role
from core.phases import Phase
from core.rounds._values import Round, round_of
from db import tables

# The round for the home page: where something is to be done comes first.
_FIRST = (
    Phase.voting, Phase.ideas, Phase.review, Phase.counting, Phase.results, Phase.implementation, Phase.preparation,
)  # fmt: skip

# What may be done to an election that was cast elsewhere, from any municipality of this server.
_WITH_IMPORTED = frozenset({
    Action.see_round, Action.see_draft_round, Action.see_tally, Action.see_unpublished_result, Action.read_journal,
    Action.count, Action.publish_result, Action.import_election, Action.hide,
})  # fmt: skip


def get(session: Session, actor: Actor, round_id: int) -> Round:
    """Return a round by its id. Raises NotFound, also where the actor may not know of it."""
    return _one(session, actor, "id", round_id)


def round_by_slug(session: Session, slug: str, actor: Actor) -> Round:
    """Return a round by its slug. Raises NotFound, also where the actor may not know of it."""
    return _one(session, actor, "slug", slug)


def rounds(session: Session, actor: Actor, *, imported: bool = False) -> tuple[Round, ...]:
    """Return the municipality's rounds – or the imported ones –, newest first; drafts only for staff."""
    found = session.exec(_all(*_sight(actor), imported), params={"here": actor.municipality_id})
    return tuple(round_of(row, locked=locked) for row, locked in found)


def current(session: Session, actor: Actor, at: datetime) -> Round | None:
    """Return the round to show first: voting, ideas, review, counting, results, preparation; the newest of its kind."""
    open_ones = [each for each in rounds(session, actor) if each.voided_at is None]
    return min(open_ones, key=lambda each: (each.draft, _FIRST.index(each.phase(at))), default=None)


def require(actor: Actor, action: Action, round_: Round, at: datetime | None) -> None:
    """Refuse what the actor may not do to this round at this moment, or ever if no moment is given.

    Raises NotSignedIn, NotAllowed – also for another municipality's round – or WrongPhase.
    """
    permissions.require(actor, action, None if at is None else round_.phase(at))
    if Role.operator in actor.roles or round_.municipality_id == actor.municipality_id:
        return
    if round_.imported and action in _WITH_IMPORTED:
        return
    raise NotAllowed(action=action, roles=tuple(sorted(actor.roles)))


def _one(session: Session, actor: Actor, name: str, key: object) -> Round:
    found = session.exec(_by(name, *_sight(actor)), params={"here": actor.municipality_id, "key": key}).first()
    if found is None:
        raise NotFound(thing="round", key=key)
    row, locked = found
    return round_of(row, locked=locked)


def _sight(actor: Actor) -> tuple[bool, bool]:
    """Return whether the actor knows of the rounds of every municipality, and whether of drafts."""
    return Role.operator in actor.roles, permissions.may(actor, Action.see_draft_round)


@cache
def _by(name: str, everywhere: bool, drafts: bool) -> "SelectOfScalar[tuple[tables.Round, bool]]":
    """Return the query for the round whose column `name` is `:key`; asked at every click, so put together once."""
    return _selected(everywhere, drafts).where(col(getattr(tables.Round, name)) == bindparam("key"))


@cache
def _all(everywhere: bool, drafts: bool, imported: bool) -> "SelectOfScalar[tuple[tables.Round, bool]]":
    """Return the query for all rounds in sight, or all imported ones, the newest first; put together once, too."""
    newest = col(tables.Round.voting_from).desc(), col(tables.Round.id).desc()
    return _selected(everywhere, drafts).where(col(tables.Round.imported).is_(imported)).order_by(*newest)


def _selected(everywhere: bool, drafts: bool) -> "SelectOfScalar[tuple[tables.Round, bool]]":
    """Return the query for rounds in such sight from the municipality `:here`, each with whether it has a ballot."""
    has_ballot = or_(
        exists().where(col(tables.Slot.round_id) == tables.Round.id),
        exists().where(col(tables.WaitingBox.round_id) == tables.Round.id),
    )
    # Read anew even if the session knows the row: it may have waited for a lock meanwhile.
    query = select(tables.Round, has_ballot).execution_options(populate_existing=True)
    # A draft that was thrown away is there for the journal only.
    query = query.where(col(tables.Round.voided_at).is_(None) | col(tables.Round.published_at).is_not(None))
    return query if everywhere else query.where(_in_sight(drafts))  # type: ignore[return-value]


def _in_sight(drafts: bool) -> ColumnElement[bool]:
    """Return the condition that a round is of the municipality `:here` or imported, and public unless `drafts`."""
    here = or_(col(tables.Round.municipality_id) == bindparam("here"), col(tables.Round.imported).is_(True))
    return here if drafts else here & col(tables.Round.published_at).is_not(None)
