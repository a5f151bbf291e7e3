"""Serving: one process serves one town, and knows its database again.

Two would publish steps of the live tally of their own, and two looks would isolate fewer people than K; sign-ins,
private files and uploads of one would be unknown to the other. So whoever serves holds, for its whole life, a lock on a
file beside the keys, and one of the database: on SQLite a file beside it – so that has one name only –, on PostgreSQL a
lock of its own. All of them go with the process, however it ends, so a crash leaves none behind. The keys' lock keeps a
second database from being served with the same keys, the database's a second key folder from serving the same database.
`migrate` and `restore` take the same locks while they work; other commands work beside the server.

The server also writes a drawn value into the database, every minute another one, and each vote looks for it. A file
that was put in the place of the one being served, a backup played back under the running server, or a second server
that came in while PostgreSQL's connection was down are noticed so; from then on no ballot is taken until a restart, for
what is acknowledged there could be lost, or stand in two places.
"""

import fcntl
import json
import logging
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlmodel import Session

from core.errors import DatabaseReplaced, ServerRuns, SettingWrong
from core.settings import settings
from db.engine import normal
from db.presence import Presence, Unreachable

_READ = text("SELECT value FROM mark WHERE name = 'server'")
_WRITE = text(
    "INSERT INTO mark (name, value) VALUES ('server', :value) ON CONFLICT (name) DO UPDATE SET value = :value"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who serves: the process, its parent, its computer, and since when; what is not known is None."""

    pid: int | None
    parent: int | None
    host: str | None
    since: datetime | None


@dataclass(slots=True)
class _Seat:
    """What the process that serves holds. `marks`: the value it wrote last and the one before."""

    files: dict[Path, int] = field(default_factory=dict)
    presence: Presence | None = None
    marks: tuple[bytes, ...] = ()
    database: tuple[int, int] | None = None
    replaced: bool = False


_seats: list[_Seat] = []


@contextmanager
def alone(at: datetime) -> Iterator[None]:
    """Be the only one who serves or rebuilds this database inside the block. Raises ServerRuns."""
    seat = _sit(at)
    try:
        yield
    finally:
        _leave(seat)


def begin(at: datetime) -> None:
    """Be the only one who serves this database and these keys, until this process ends. Raises ServerRuns."""
    _seats.append(_sit(at))


def end() -> None:
    """Give up what `begin` took; for tests, for a server ends with its process."""
    while _seats:
        _leave(_seats.pop())


def holder() -> Holder | None:
    """Return who serves this database or these keys now, None if nobody does."""
    for path in _paths():
        if path.exists():
            handle = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(path)
            finally:
                os.close(handle)
    presence = _presence("glas asks")
    try:
        if presence is not None and not presence.take():
            return _parse(presence.who())
    except Unreachable:
        return None
    finally:
        if presence is not None:
            presence.leave()
    return None


def mark(session: Session) -> None:
    """Write a new value into the database that is served; one that holds another's is not ours any more.

    Raises DatabaseReplaced, or ServerRuns.
    """
    for seat in _seats:
        # Where the database did not answer at first, its lock is still to be had.
        if seat.presence is not None and not seat.presence.take():
            raise _runs("database", _parse(seat.presence.who()))
        refuse_replaced(session.connection())
        found = session.connection().execute(_READ).scalar()
        made = secrets.token_bytes(16)
        # Until it is committed, and for those who began before, the old one holds as well.
        seat.marks = (bytes(found), made) if seat.marks and found is not None else (made,)
        seat.database = seat.database or _identity()
        session.connection().execute(_WRITE, {"value": made})


def refuse_replaced(connection: Connection) -> None:
    """Raise DatabaseReplaced if this process serves, and this is not the database that it has begun with."""
    for seat in _seats:
        if not seat.replaced:
            if not seat.marks:
                continue
            found = connection.execute(_READ).scalar()
            same = found is not None and bytes(found) in seat.marks and _identity() == seat.database
            if same:
                continue
            seat.replaced = True
            _log.critical("The database is not the one this server began with: it takes no ballots until a restart.")
        raise DatabaseReplaced


def replaced() -> bool:
    """Return whether it was noticed that the database is another one."""
    return any(seat.replaced for seat in _seats)


def watch(at: datetime) -> None:
    """See to it that all locks are still held, and take again what was lost. Raises ServerRuns if another has one."""
    for seat in _seats:
        for path, handle in list(seat.files.items()):
            # A file that was removed can be made and locked anew by somebody else.
            if not _same_file(path, handle):
                try:
                    seat.files[path] = _lock(path, at)
                except ServerRuns:
                    seat.replaced = True
                    raise
                os.close(handle)
                _log.warning("The lock %s was gone and is taken again.", path)
        if seat.presence is not None:
            try:
                mine = seat.presence.take()
            except Unreachable:
                # Without the database nothing is taken in; what comes next is decided once it answers.
                continue
            if not mine:
                seat.replaced = True
                raise _runs("database", _parse(seat.presence.who()))


def _sit(at: datetime) -> _Seat:
    _refuse_second_name()
    seat = _Seat()
    try:
        for path in _paths():
            seat.files[path] = _lock(path, at)
        seat.presence = _presence(_name(at))
        if seat.presence is not None and not seat.presence.take():
            raise _runs("database", _parse(seat.presence.who()))
    except Unreachable:
        # What is wrong with the database is said by whoever opens it; its lock is taken once it answers.
        return seat
    except BaseException:
        _leave(seat)
        raise
    return seat


def _refuse_second_name() -> None:
    """Refuse a SQLite file that has another name, too: each name has locks and a log of its own, and votes are lost.

    Raises SettingWrong.
    """
    file = _file()
    if file is not None and file.exists() and file.stat().st_nlink > 1:
        raise SettingWrong(name="GLAS_DATABASE_URL", value=str(file), problem="second_name")


def _leave(seat: _Seat) -> None:
    for handle in seat.files.values():
        os.close(handle)
    seat.files.clear()
    if seat.presence is not None:
        seat.presence.leave()


def _paths() -> tuple[Path, ...]:
    """Return the files to be locked: beside the keys, and beside a SQLite database."""
    beside_keys = settings().key_dir / ".server"
    file = _file()
    return (beside_keys,) if file is None else (beside_keys, file.with_name(f"{file.name}.server"))


def _file() -> Path | None:
    """Return the file of a SQLite database, wherever a link to it may lie."""
    address = normal(settings().database_url)
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return None
    return Path(address.database).resolve()


def _identity() -> tuple[int, int] | None:
    """Return what tells one SQLite file from another that was put in its place; (0, 0) if there is none any more."""
    file = _file()
    if file is None:
        return None
    try:
        found = file.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def _presence(name: str) -> Presence | None:
    url = settings().database_url
    return None if normal(url).get_backend_name() == "sqlite" else Presence(url, name)


def _lock(path: Path, at: datetime) -> int:
    """Return a handle that holds this file's lock, with who holds it written down. Raises ServerRuns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _same_file(path, handle):
            raise BlockingIOError
        told = {"pid": os.getpid(), "parent": os.getppid(), "host": socket.gethostname(), "since": at.isoformat()}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(told).encode(), 0)
    except BlockingIOError:
        os.close(handle)
        raise _runs("keys" if path.name == ".server" else "database", _read(path)) from None
    except BaseException:
        os.close(handle)
        raise
    return handle


def _same_file(path: Path, handle: int) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(handle))
    return False


def _runs(what: str, who: Holder) -> ServerRuns:
    return ServerRuns(what=what, pid=who.pid, parent=who.parent, host=who.host, since=who.since)


def _read(path: Path) -> Holder:
    """Return who wrote into a lock's file; whatever stands there instead is nobody we know."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        told: Any = json.loads(path.read_text("utf-8"))
        since = datetime.fromisoformat(told["since"])
        return Holder(int(told["pid"]), int(told["parent"]), str(told["host"]), since.astimezone(UTC))
    return Holder(None, None, None, None)


def _name(at: datetime) -> str:
    """Return how the connection is called that holds PostgreSQL's lock."""
    return f"glas {os.getpid()} {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {socket.gethostname()}"


def _parse(name: str | None) -> Holder:
    with suppress(ValueError, AttributeError):
        _glas, pid, since, host = str(name).split(" ", 3)
        return Holder(int(pid), None, host, datetime.fromisoformat(since.replace("Z", "+00:00")))
    return Holder(None, None, None, None)


def _after_fork() -> None:
    """Let go in a child of what its parent holds: a lock must end with the process that serves."""
    for seat in _seats:
        for handle in seat.files.values():
            with suppress(OSError):
                os.close(handle)
        if seat.presence is not None:
            seat.presence.drop()
    _seats.clear()


os.register_at_fork(after_in_child=_after_fork)
