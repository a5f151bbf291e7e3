"""Throttling: whoever guesses waits longer and longer, and nobody is ever locked out.

A wait at a door that many share could be used to keep them out: whoever tries all the time takes every try as soon as
there is one. So whoever has a door of her own – a browser that knows her, a running sign-in – is counted there only,
and an account that was not got wrong lately from a network has its turn there, whatever others do.

Wrong tries are counted in the database, so that a restart does not help a running attack. Doors are numbered by a keyed
hash within a fixed range: however many names and addresses an attacker makes up, the table cannot outgrow it, and
nobody can read from it who was attacked.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from math import ceil

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, delete, select

from core import redaction
from core.errors import CodeSpent, CodeUnknown, SignInFailed, TooManyTries
from core.store import Opener
from core.trust import keys
from db import engine, tables

# So many that in an hour of guesses at made-up names hardly any two fall on one door.
BUCKETS = 1 << 20
# What a guess is answered with. Every other refusal says nothing about a secret, so it does not count.
GUESSES = (SignInFailed, CodeUnknown, CodeSpent)


class Kind(IntEnum):
    """What a door leads to."""

    account_here = 0  # one account, tried from one network
    account = 1  # one account, tried from anywhere
    network = 2  # anything, tried from one network
    code = 3  # participation codes that begin alike
    browser = 4  # one account, tried in a browser that knows its owner
    inside = 5  # one account's password, tried in a running sign-in
    second_step = 6  # one account's second step, tried by who knows the password
    join = 7  # new accounts, from one network
    names = 8  # other names and e-mails for one account
    strength = 9  # how good a new password for one account is


DAY = timedelta(days=1)
# What is told of wrong tries: for an hour, even where they count for less.
LEAST_KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries are free; then the wait doubles, from `first` to `longest` seconds, until `rest` is over.

    `patience`: after so many in a row each further one waits a day.
    """

    free: int
    first: int
    longest: int
    rest: timedelta
    patience: int | None = None

    def wait(self, failures: int) -> timedelta:
        """Return how long to wait after so many wrong tries."""
        if self.patience is not None and failures >= self.patience:
            return DAY
        over = failures - self.free
        return timedelta(seconds=0 if over < 0 else min(self.longest, self.first << min(over, 20)))


# An account waits a minute at most, or somebody else could keep its owner out; a network seconds only, for a school is
# one network, in which on a day everybody may join.
LIMITS = {
    Kind.account_here: Limit(5, 5, 60, timedelta(hours=1)),
    Kind.account: Limit(20, 1, 30, timedelta(hours=1)),
    Kind.network: Limit(60, 1, 5, timedelta(minutes=10)),
    Kind.code: Limit(5, 5, 300, timedelta(hours=1)),
    Kind.browser: Limit(10, 5, 60, timedelta(hours=1)),
    Kind.inside: Limit(10, 5, 60, timedelta(hours=1)),
    # Who tries this one knows the password, and would have all six digits in some months at a try a minute.
    Kind.second_step: Limit(5, 5, 60, timedelta(days=30), patience=50),
    Kind.join: Limit(1000, 1, 5, timedelta(hours=1)),
    Kind.names: Limit(20, 5, 60, timedelta(hours=1)),
    Kind.strength: Limit(20, 5, 60, timedelta(hours=1)),
}
# When an account has its turn in a network: at first, a minute after a wrong try there, two after the next, and so on.
# Then neither what others try in this network nor what others try at this account from elsewhere keeps it waiting.
# For a guesser that is half a dozen tries an hour and network.
TURN = Limit(1, 60, 3600, timedelta(hours=1))
# So far ahead of now the last try can only be if the clock was set back.
SET_BACK = timedelta(minutes=1)
_SHARED = frozenset({Kind.account, Kind.network})

# All of a bucket's waiting and counting is done under its row's lock, so a hundred tries at once are a hundred tries.
_COUNT = text(
    "INSERT INTO throttle (bucket, failures, last_at) VALUES (:bucket, :failures, :at)"
    " ON CONFLICT (bucket) DO UPDATE SET failures = :failures, last_at = :at"
).bindparams(bindparam("at", type_=tables.Moment()))
_HOLD = text("SELECT pg_advisory_xact_lock(470311, :bucket)")
_LESS = text("UPDATE throttle SET failures = failures - 1 WHERE bucket = :bucket AND failures > 0")


@dataclass(frozen=True, slots=True)
class Door:
    """Something that can be tried, as the table knows it."""

    kind: Kind
    bucket: int


@dataclass(frozen=True, slots=True)
class Tries:
    """A try that has been counted at these doors. `before`: the wrong ones before it, at the door with most."""

    doors: tuple[Door, ...]
    before: int = 0

    def forgive(self, session: Session) -> None:
        """Forget the wrong tries at the account or code, for this one was right; the network gets this one back."""
        for door in self.doors:
            if door.kind is Kind.network:
                session.connection().execute(_LESS, {"bucket": door.bucket})
            else:
                session.exec(delete(tables.Throttle).where(col(tables.Throttle.bucket) == door.bucket))


@contextmanager
def trying(transaction: Opener, doors: Sequence[Door], *, at: datetime) -> Iterator[Tries]:
    """Count a try at these doors, for good, before anything is checked in the block. Raises TooManyTries instead.

    A block that ends well calls `forgive` in its own transaction. Where it refuses for another reason than a wrong
    guess, the try is taken back.
    """
    with transaction() as session:
        tries = count(session, doors, at=at)
    try:
        yield tries
    except GUESSES:
        raise
    except Exception:
        with transaction() as session:
            _take_back(session, tries)
        raise


def count(session: Session, doors: Sequence[Door], *, at: datetime) -> Tries:
    """Count one try at each door, or raise TooManyTries with how long to wait; then nothing is counted."""
    ordered = tuple(sorted(set(doors), key=lambda door: door.bucket))
    for door in ordered:
        if not engine.is_sqlite(session):
            session.connection().execute(_HOLD, {"bucket": door.bucket})
    kept = {row.bucket: row for row in session.exec(
        select(tables.Throttle).where(col(tables.Throttle.bucket).in_([door.bucket for door in ordered]))
        .execution_options(populate_existing=True)
    )}  # fmt: skip
    left = _left([(door.kind, kept.get(door.bucket)) for door in ordered], at)
    if left > timedelta():
        raise TooManyTries(seconds=ceil(left.total_seconds()))
    failures = {door: _failures(kept.get(door.bucket), LIMITS[door.kind], at) for door in ordered}
    for door in ordered:
        session.connection().execute(_COUNT, {"bucket": door.bucket, "failures": failures[door] + 1, "at": at})
    return Tries(ordered, max(failures.values(), default=0))


def account_doors(municipality_id: int, account: str, address: str) -> tuple[Door, ...]:
    """Return the doors of a sign-in: `account` is what tells a person, or the name that was typed."""
    name = f"{municipality_id}‖{account}"
    here = door(Kind.account_here, f"{name}‖{redaction.network(address)}")
    return (door(Kind.account, name), here, *network_doors(address))


def network_doors(address: str, kind: Kind = Kind.network) -> tuple[Door, ...]:
    """Return the door that all addresses of one network share; none where it is not known who comes from where."""
    network = redaction.network(address)
    return (door(kind, network),) if network else ()


def door(kind: Kind, name: str) -> Door:
    """Return the door of a name, by HMAC(pepper): nobody without the key can aim at another's."""
    found = hmac.digest(keys.pepper(), f"throttle‖{kind.value}‖{name}".encode(), hashlib.sha256)
    return Door(kind, kind.value * BUCKETS + int.from_bytes(found[:4]) % BUCKETS)


def forget_old(session: Session, *, at: datetime) -> int:
    """Remove the doors at which nobody has failed for long; return how many."""
    bucket, gone = col(tables.Throttle.bucket), 0
    for kind, limit in LIMITS.items():
        own = bucket >= kind.value * BUCKETS, bucket < (kind.value + 1) * BUCKETS
        old = delete(tables.Throttle).where(*own, col(tables.Throttle.last_at) < at - max(limit.rest, LEAST_KEPT))
        gone += session.exec(old).rowcount
    return gone


def _left(found: Sequence[tuple[Kind, tables.Throttle | None]], at: datetime) -> timedelta:
    """Return how long these doors keep somebody waiting; shared ones no longer than until the account's turn."""
    own, shared, turn = [timedelta()], [timedelta()], None
    for kind, row in found:
        (shared if kind in _SHARED else own).append(_still(LIMITS[kind], row, at))
        if kind is Kind.account_here:
            turn = _still(TURN, row, at)
    others = max(shared) if turn is None else min(max(shared), turn)
    return max(*own, others)


def _still(limit: Limit, row: tables.Throttle | None, at: datetime) -> timedelta:
    failures = _failures(row, limit, at)
    # Where the clock was set back the last try lies in the future, and nobody waits until then: one try is let through,
    # and is counted from now on. What only waited in line a little is not let through so.
    if row is None or not failures or row.last_at - at > SET_BACK:
        return timedelta()
    return row.last_at + limit.wait(failures) - at


def _failures(row: tables.Throttle | None, limit: Limit, at: datetime) -> int:
    return 0 if row is None or at - row.last_at >= limit.rest else row.failures


def _take_back(session: Session, tries: Tries) -> None:
    for each in tries.doors:
        session.connection().execute(_LESS, {"bucket": each.bucket})
    buckets = col(tables.Throttle.bucket).in_([each.bucket for each in tries.doors])
    session.exec(delete(tables.Throttle).where(buckets, col(tables.Throttle.failures) <= 0))
