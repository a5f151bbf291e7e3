"""Retention: what has had its time goes by itself, at start and once a day. Nobody has to remember it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from core import closing, sessions, throttle
from core.permissions import OPERATOR
from core.steps import Step, step_of
from db import migrate, tables

COPIES_STAY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Carried:
    """What went: how many of each, and the rounds that are anonymous from now on – then call `finishing.finish`."""

    sign_ins: int = 0
    links: int = 0
    invitations: int = 0
    tries: int = 0
    holders: int = 0
    rounds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether anything went."""
        return bool(self.sign_ins or self.links or self.invitations or self.tries or self.holders or self.rounds)


def carry_out(session: Session, *, at: datetime) -> Carried:
    """Remove everything whose time is over and return what that was; a second time nothing happens."""
    links = delete(tables.SignInLink).where(
        (col(tables.SignInLink.expires_at) <= at) | col(tables.SignInLink.used_at).is_not(None)
    )
    invitations = delete(tables.Invitation).where(col(tables.Invitation.expires_at) <= at)
    over = select(tables.Round.id).where(col(tables.Round.closed_at).is_not(None))
    voided = select(tables.Round.id).where(col(tables.Round.voided_at).is_not(None))
    holders = (
        update(tables.Code)
        .where(col(tables.Code.holder).is_not(None))
        .where(col(tables.Code.round_id).in_(over) | col(tables.Code.round_id).in_(voided))
        .values(holder=None)
    )
    return Carried(
        sign_ins=sessions.forget_old(session, at=at),
        links=session.exec(links).rowcount,
        invitations=session.exec(invitations).rowcount,
        tries=throttle.forget_old(session, at=at),
        holders=session.exec(holders).rowcount,
        rounds=_anonymised(session, at),
    )


def forget_copies(*, at: datetime) -> None:
    """Remove the copies of the database made before a migration two weeks ago or earlier: others go, and they stay."""
    migrate.forget_copies(at - COPIES_STAY)


def _anonymised(session: Session, at: datetime) -> tuple[str, ...]:
    """Anonymise the rounds whose objection window is over. Those that somebody has anonymised are left alone."""
    waiting = session.exec(
        select(tables.Round)
        .where(col(tables.Round.keep_until) <= at, col(tables.Round.anonymised_at).is_(None))
        .where(col(tables.Round.imported).is_(False))
        .order_by(col(tables.Round.id))
    ).all()
    done = []
    for row in waiting:
        if step_of(row, at) is Step.anonymise:
            closing.anonymise(session, OPERATOR, tables.id_of(row), at=at)
            done.append(row.slug)
    return tuple(done)
