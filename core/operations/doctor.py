"""The doctor: everything that can be seen to be unsafe or missing on this server, looked for in one go.

Each look is for itself: what goes wrong with one – a damaged table, a key that cannot be read – is its finding, and the
others go on. Nothing is made or changed.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import bindparam, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from core.errors import GlasError, LogBroken, LogRolledBack
from core.operations import backups, machine
from core.operations.machine import Finding, wrong
from core.permissions import Role
from core.settings import Settings
from core.store import Opener
from core.trust import journals, keys, readiness, verifying
from db import engine, migrate, tables

OFTEN, OFTEN_IN_VOTING = timedelta(days=7), timedelta(days=1)
APART, AHEAD = timedelta(seconds=2), timedelta(minutes=2)
OVERDUE = timedelta(days=7)

_log = logging.getLogger(__name__)

Look = Callable[[Session, Settings, datetime], Iterator[Finding]]


def examine(reading: Opener, settings: Settings, *, at: datetime) -> tuple[Finding, ...]:
    """Return all findings: of the machine first, then – where it can be opened and is up to date – of the database."""
    found: list[Finding] = []
    for look in machine.LOOKS:
        found += _carried_out(look.__name__, lambda look=look: look(settings))  # type: ignore[misc]
    try:
        state = _schema()
    except SQLAlchemyError:
        return (*found, wrong("schema", "unreachable"))
    found.append(state)
    if state.problem:
        return tuple(found)
    for each in LOOKS:
        with reading() as session:
            found += _carried_out(each.__name__, lambda each=each, session=session: each(session, settings, at))  # type: ignore[misc]
    return tuple(found)


def _carried_out(name: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except Exception as trouble:  # noqa: BLE001 – one look that fails shall not keep the others from looking
        _log.debug("a look failed", exc_info=True)
        return [wrong(name, "unreadable", trouble=type(trouble).__name__)]


def _schema() -> Finding:
    found, known = migrate.current(engine.engine()), migrate.newest()
    facts = {"found": found or "", "known": known}
    if found is None:
        return Finding("schema", "empty", facts=facts)
    return Finding("schema", facts=facts) if found == known else wrong("schema", "other", **facts)


def database(session: Session, _settings: Settings, _at: datetime) -> Iterator[Finding]:
    """Yield whether what is committed survives a crash and a power cut, where the database lies."""
    place = engine.unsafe_place(session)
    if place:
        yield wrong("database", place)
    if not engine.is_durable(session):
        yield wrong("database", "not_durable")
    elif not place:
        yield Finding("database", facts={"kind": "SQLite" if engine.is_sqlite(session) else "PostgreSQL"})


def clocks(session: Session, _settings: Settings, at: datetime) -> Iterator[Finding]:
    """Yield whether the clocks of server and database agree, and neither is behind what has been written down."""
    apart = abs(engine.database_now(session) - at)
    last = session.exec(select(func.max(tables.Journal.at))).one()
    last = None if last is None else tables.aware(last)
    if apart > APART and not engine.is_sqlite(session):
        yield wrong("clocks", "apart", seconds=round(apart.total_seconds()))
    elif last is not None and last - at > AHEAD:
        yield wrong("clocks", "behind", last=last)
    else:
        yield Finding("clocks")


def round_keys(session: Session, settings: Settings, _at: datetime) -> Iterator[Finding]:
    """Yield the rounds that rest because a key is missing or another one, and staff keys that do not fit."""
    if not keys.has_log_key() and session.exec(select(tables.Checkpoint.size).limit(1)).first() is not None:
        yield wrong("round_keys", "no_log_key", path=str(settings.key_dir))
        return
    resting = readiness.resting(session) if keys.has_log_key() else ()
    for slug in resting:
        yield wrong("round_keys", "rests", round=slug, path=str(settings.key_dir))
    bad = bool(resting)
    if (row := session.exec(select(tables.SecondStep).limit(1)).first()) is not None and not _opens(row.secret):
        bad = True
        yield wrong("round_keys", "totp", path=str(settings.key_dir))
    if not (settings.key_dir / "pepper").exists() and session.exec(select(tables.Code.id).limit(1)).first() is not None:
        bad = True
        yield wrong("round_keys", "pepper", path=str(settings.key_dir))
    if not bad:
        yield Finding("round_keys")


def _opens(sealed: bytes) -> bool:
    if not keys.has_totp_key():
        return False
    try:
        SecretBox(keys.totp_key()).decrypt(sealed)
    except CryptoError:
        return False
    return True


def boards(session: Session, _settings: Settings, _at: datetime) -> Iterator[Finding]:
    """Yield the boards that are not what was signed, or older than that."""
    if not keys.has_log_key():
        return
    try:
        verifying.refuse_stale(session)
    except LogRolledBack as stale:
        yield wrong("boards", "behind", round=stale.slug, found=stale.found, expected=stale.expected)
        return
    except LogBroken as broken:
        yield wrong("boards", "broken", round=broken.slug)
        return
    except GlasError:
        yield wrong("boards", "unreadable")
        return
    broken_ones = verifying.broken(session)
    for slug in broken_ones:
        yield wrong("boards", "broken", round=slug)
    if not broken_ones:
        number = session.exec(select(func.count()).select_from(tables.Checkpoint)).one()
        yield Finding("boards", facts={"checkpoints": number})


def journal(session: Session, _settings: Settings, _at: datetime) -> Iterator[Finding]:
    """Yield what is wrong with the lines of the journals, and with what was signed of them."""
    found = journals.faults(session) if keys.has_log_key() else ()
    for fault in found:
        yield wrong("journal", fault.problem, town=fault.town, number=fault.number, file=fault.file)
    if not found:
        lines = session.exec(select(func.count()).select_from(tables.Journal)).one()
        heads = session.exec(select(func.count()).select_from(tables.JournalHead)).one()
        yield Finding("journal", facts={"lines": lines, "heads": heads})


def town(session: Session, settings: Settings, _at: datetime) -> Iterator[Finding]:
    """Yield what a demo may not, and a real town must: its address, its setting, its contact."""
    row = _town(session)
    if row is None:
        yield Finding("town", "none")
        return
    if row.demo:
        yield Finding("town", "demo") if settings.loopback else wrong("town", "demo_in_public", url=settings.url)
        return
    before = 0
    if session.exec(select(tables.Person.id).where(col(tables.Person.demo).is_(True)).limit(1)).first() is not None:
        before = 1
        yield wrong("town", "demo_accounts")
    for bad, problem in (
        (settings.loopback, "loopback"), (settings.demo, "demo_setting"), (not row.contact_email, "no_contact"),
    ):  # fmt: skip
        if bad:
            before = 1
            yield wrong("town", problem, url=settings.url)
    if not before:
        yield Finding("town", facts={"url": settings.url})


def staff(session: Session, _settings: Settings, _at: datetime) -> Iterator[Finding]:
    """Yield whether there are two organisers, and whether everyone with a role has a second step."""
    row = _town(session)
    if row is None or row.demo:
        return
    own = select(tables.PersonRole.role, tables.Person.id).join(
        tables.Person, col(tables.Person.id) == col(tables.PersonRole.person_id)
    )
    roles = session.exec(own.where(tables.Person.municipality_id == row.id)).all()
    done = col(tables.SecondStep.confirmed_at).is_not(None)
    stepped = set(session.exec(select(tables.SecondStep.person_id).where(done)))
    organisers = sum(role == Role.organiser for role, _ in roles)
    without = len({person for _, person in roles} - stepped)
    if organisers < 2:
        yield wrong("staff", "alone", count=organisers)
    if without:
        yield wrong("staff", "no_second_step", count=without)
    if organisers >= 2 and not without:
        yield Finding("staff", facts={"count": len({person for _, person in roles})})


def backup(session: Session, _settings: Settings, at: datetime) -> Iterator[Finding]:
    """Yield how old the newest backup is that was made here: a day at most while people vote, else a week."""
    row = _town(session)
    if row is None or row.demo:
        return
    made = backups.last_made()
    voting = session.connection().execute(_VOTING, {"at": at}).first() is not None
    if made is None:
        yield wrong("backup", "never")
    elif at - made > (OFTEN_IN_VOTING if voting else OFTEN):
        yield wrong("backup", "old_in_voting" if voting else "old", made=made)
    else:
        yield Finding("backup", facts={"made": made})


def overdue(session: Session, _settings: Settings, at: datetime) -> Iterator[Finding]:
    """Yield the rounds whose ways from people to ballots should have been cut long ago."""
    asked = select(tables.Round.slug).where(
        col(tables.Round.keep_until) < at - OVERDUE, col(tables.Round.anonymised_at).is_(None),
        col(tables.Round.imported).is_(False), col(tables.Round.demo).is_(False),
    )  # fmt: skip
    found = session.exec(asked).all()
    for slug in found:
        yield wrong("overdue", "waits", round=slug)
    if not found:
        yield Finding("overdue")


_VOTING = text(
    "SELECT 1 FROM round WHERE published_at IS NOT NULL AND closed_at IS NULL AND voided_at IS NULL AND NOT imported"
    " AND NOT demo AND voting_from <= :at LIMIT 1"
).bindparams(bindparam("at", type_=tables.Moment()))

LOOKS: tuple[Look, ...] = (
    database, clocks, round_keys, boards, journal, town, staff, backup, overdue,
)  # fmt: skip


def _town(session: Session) -> Any:
    asked = select(tables.Municipality).where(col(tables.Municipality.read_only).is_(False))
    return session.exec(asked.order_by(col(tables.Municipality.id)).limit(1)).first()
