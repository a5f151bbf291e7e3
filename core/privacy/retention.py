"""Retention: what has had its time goes by itself, at start and every hour. Nobody has to remember it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from core import closing
from core.errors import GlasError
from core.ideas import IdeaStatus
from core.people import persons, sessions, throttle
from core.permissions import OPERATOR
from core.privacy import erasure, on_request
from core.rounds.steps import UNCLOSED, Step, step_of
from core.store import Opener
from db import leftovers, migrate, tables

COPIES_STAY = timedelta(days=14)
# So long its author may still want to read what she has taken back.
WITHDRAWN_STAYS = timedelta(days=30)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carried:
    """What went: how many of each, and the rounds that lead to nobody any more – then call `closing.finish`."""

    sign_ins: int = 0
    links: int = 0
    invitations: int = 0
    tries: int = 0
    holders: int = 0
    ideas: int = 0
    accounts: int = 0
    parted: tuple[str, ...] = ()
    requests: int = 0
    rounds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything went."""
        return self != Carried()


def carry_out(transaction: Opener, *, at: datetime) -> Carried:
    """Remove everything whose time is over and return what that was; a second time nothing happens.

    Every round has a transaction of its own: one that cannot be anonymised keeps nothing else from going.
    """
    noted = persons.AT_ONCE
    while noted == persons.AT_ONCE:
        # Of names from before looks were compared; later there is nothing to note.
        with transaction() as session:
            noted = persons.note_looks(session)
    with transaction() as session:
        carried = _forget_old(session, at)
        # What people wrote, and who had a code; of a sign-in there is only a digest.
        if carried.ideas or carried.holders or carried.invitations or carried.requests:
            leftovers.owe(session.connection())
        waiting, unclosed = _over(session, at), _unclosed(session, at)
    if carried.accounts:
        erasure.sweep()
    parted = _each(transaction, unclosed, lambda session, id_: closing.part(session, OPERATOR, id_, at=at))
    done = _each(transaction, waiting, lambda session, id_: closing.anonymise(session, OPERATOR, id_, at=at))
    return replace(carried, parted=parted, rounds=done)


def _each(
    transaction: Opener, found: Sequence[tuple[int, str]], act: Callable[[Session, int], object]
) -> tuple[str, ...]:  # fmt: skip
    """Do this to each of the rounds in a transaction of its own; return the slugs of those with which it went well."""
    done = []
    for round_id, slug in found:
        try:
            with transaction() as session:
                act(session, round_id)
            done.append(slug)
        except GlasError as refusal:
            _log.error("%s could not be anonymised: %s %s", slug, type(refusal).__name__, refusal)
    return tuple(done)


def forget_copies(*, at: datetime) -> None:
    """Remove the copies of the database made before a migration two weeks ago or earlier: others go, and they stay."""
    migrate.forget_copies(at - COPIES_STAY)


def _forget_old(session: Session, at: datetime) -> Carried:
    links = delete(tables.SignInLink).where(
        (col(tables.SignInLink.expires_at) <= at) | col(tables.SignInLink.used_at).is_not(None)
    )
    invitations = delete(tables.Invitation).where(col(tables.Invitation.expires_at) <= at)
    ended = select(tables.Round.id).where(
        col(tables.Round.closed_at).is_not(None) | col(tables.Round.voided_at).is_not(None)
    )
    holders = (
        update(tables.Code)
        .where(col(tables.Code.holder).is_not(None), col(tables.Code.round_id).in_(ended))
        .values(holder=None)
    )
    on_ballot = select(tables.Project.idea_id).where(col(tables.Project.idea_id).is_not(None))
    withdrawn = delete(tables.Idea).where(
        col(tables.Idea.status) == IdeaStatus.withdrawn, col(tables.Idea.updated_at) <= at - WITHDRAWN_STAYS,
        col(tables.Idea.id).not_in(on_ballot),
    )  # fmt: skip
    return Carried(
        sign_ins=sessions.forget_old(session, at=at),
        links=session.exec(links).rowcount,
        invitations=session.exec(invitations).rowcount,
        tries=throttle.forget_old(session, at=at),
        holders=session.exec(holders).rowcount,
        ideas=session.exec(withdrawn).rowcount,
        accounts=erasure.forget_unused(session, at=at),
        requests=on_request.forget_old(session, at=at),
    )


def _over(session: Session, at: datetime) -> tuple[tuple[int, str], ...]:
    """Return the rounds whose objection window is over. Those that somebody has anonymised are left alone."""
    found = session.exec(
        select(tables.Round)
        .where(col(tables.Round.keep_until) <= at, col(tables.Round.anonymised_at).is_(None))
        # A draft was never voted in.
        .where(col(tables.Round.imported).is_(False), col(tables.Round.published_at).is_not(None))
        .order_by(col(tables.Round.id))
    ).all()
    return tuple((tables.id_of(row), row.slug) for row in found if step_of(row, at) is Step.anonymise)


def _unclosed(session: Session, at: datetime) -> tuple[tuple[int, str], ...]:
    """Return the rounds whose result nobody has published within a year after their vote, unless they are parted."""
    found = session.exec(
        select(tables.Round)
        .where(col(tables.Round.voting_until) <= at - UNCLOSED, col(tables.Round.parted_at).is_(None))
        .where(col(tables.Round.result_published_at).is_(None), col(tables.Round.voided_at).is_(None))
        .where(col(tables.Round.imported).is_(False), col(tables.Round.published_at).is_not(None))
        .where(col(tables.Round.anonymised_at).is_(None))
        .order_by(col(tables.Round.id))
    ).all()
    return tuple((tables.id_of(row), row.slug) for row in found)
