"""Files that organisers send: kept in a folder of their own until the page that asked for them takes them.

The folder lies beside the database, private, and holds nothing else: it is emptied at the start – whoever sent
something waits for no answer any more – and what is old goes, whoever has left it there. Votes need the same disk, so a
file is refused before its room is needed by them.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import IO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.permissions import Action, Actor, may
from core.settings import settings
from pages.parts.i18n import _
from pages.parts.uploads import MOST
from pages.server import asker
from pages.server.guard import same_origin

MINUTES = 15
FILES = 8
# Bytes that one sign-in may send in an hour.
QUOTA = 4 * MOST
# Bytes of the disk that stay free for votes.
RESERVE = 4 * MOST
# Seconds after which a file is nobody's any more: it waits for its page, and is read for some minutes at most.
OLD = 3 * 60 * MINUTES

log = logging.getLogger("glas.uploads")


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    person_id: int | None
    until: float


_kept: dict[str, _Kept] = {}
_sent: dict[str, tuple[float, int]] = {}  # digest of a sign-in → until when it is counted, bytes sent
_lock = Lock()


def take(ticket: str, actor: Actor) -> Path | None:
    """Return the file behind a ticket once, only to whoever sent it. The caller removes it."""
    with _lock:
        _sweep()
        kept = _kept.get(ticket)
        if kept is None or kept.person_id != actor.person_id:
            return None
        del _kept[ticket]
        return kept.path


def put_back(path: Path, actor: Actor) -> str:
    """Keep a file that was taken for another try, and return its new ticket."""
    return _keep(path, actor)


async def receive(request: Request) -> Response:
    """POST /api/upload: the file is the body. Answers 201 {ticket}."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403)
    token = asker.token(request)
    actor = await run_in_threadpool(asker.look_up, request)
    if actor is None:
        return JSONResponse({"error": "not_signed_in", "message": _("Log in again, then send the file.")}, 401)
    if not may(actor, Action.import_election):
        return JSONResponse({"error": "not_allowed", "message": _("Only organisers can send files.")}, 403)
    granted = _reserve(token, _size(request))
    if not granted:
        return JSONResponse({"error": "quota", "message": _("Too many files for now. Try again in an hour.")}, 429)
    path: Path | None = None
    try:
        # A stranger's mistake, a cut line, a full disk: whatever ends it early leaves nothing behind.
        file = await run_in_threadpool(_new_file, granted)
        path = Path(file.name)
        size, whole = await _written(request, file, token, granted)
        if not whole or not 0 < size <= granted:
            big = _("The file is larger than {size} MB.", size=MOST // 1024**2)
            message = big if size else _("The file is empty.")
            return JSONResponse({"error": "size", "message": message}, 413 if size else 400)
        ticket, path = _keep(path, actor), None
        return JSONResponse({"ticket": ticket}, 201, headers={"cache-control": "no-store"})
    except OSError as trouble:
        log.error("a file could not be kept: %s", trouble)
        message = _("The server has no room for this file. Tell whoever runs it; nothing else is affected.")
        return JSONResponse({"error": "room", "message": message}, 507)
    finally:
        if path is not None:
            path.unlink(missing_ok=True)


async def _written(request: Request, file: IO[bytes], token: str, granted: int) -> tuple[int, bool]:
    """Write the body and return its length, as far as it is granted, and whether all of it has come."""
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > granted:
                break
            await run_in_threadpool(file.write, part)
        await run_in_threadpool(file.flush)
    except ClientDisconnect:
        return size, False
    finally:
        _give_back(token, max(0, granted - size))
        _close(file)
    return size, True


def _close(file: IO[bytes]) -> None:
    try:
        file.close()
    except OSError:
        # What could not be written cannot be written at the end either; closed it is all the same.
        log.warning("a file that was sent could not be closed")


def folder() -> Path:
    """Return the folder in which files wait."""
    return settings().data_dir / "uploads"


def _new_file(size: int) -> IO[bytes]:
    """Return a new file in the folder. Raises OSError where so many bytes would take the room that votes need."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(folder()).free < size + RESERVE:
        raise OSError(f"fewer than {size + RESERVE} bytes are free")
    return NamedTemporaryFile(prefix="glas-", suffix=".pb", dir=folder(), delete=False)


def clear() -> None:
    """Remove what an earlier server has left in the folder; at the start, when nothing can be on its way."""
    with _lock:
        _kept.clear()
    _remove(float("inf"))


def sweep() -> None:
    """Remove what nobody has fetched in time, and whatever else is old."""
    with _lock:
        _sweep()
    _remove(time.time() - OLD)


def _remove(before: float) -> None:
    """Remove the files of the folder that were last written before this moment; trouble is logged."""
    try:
        for path in folder().glob("glas-*") if folder().exists() else ():
            if path.lstat().st_mtime < before:
                path.unlink(missing_ok=True)
    except OSError as trouble:
        log.warning("the folder of files that were sent could not be swept: %s", trouble)


def _size(request: Request) -> int:
    """Return how long the body says it is; who does not say it may send a whole file."""
    said = request.headers.get("content-length", "")
    return max(1, int(said)) if said.isascii() and said.isdecimal() else MOST


def _reserve(token: str, size: int) -> int:
    """Return how many bytes this sign-in may send now, and count them at once; 0 if so many are not left.

    What comes at the same time would otherwise pass together where one alone is the last.
    """
    now, name = time.monotonic(), _name(token)
    with _lock:
        for old in [each for each, (until, _sum) in _sent.items() if until < now]:
            del _sent[old]
        until, sent = _sent.get(name, (now + 3600, 0))
        if sent + size > QUOTA:
            return 0
        _sent[name] = (until, sent + size)
    return size


def _give_back(token: str, size: int) -> None:
    """Count no longer what did not come."""
    with _lock:
        until, sent = _sent.get(_name(token), (0.0, 0))
        _sent[_name(token)] = (until, max(0, sent - size))


def _name(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _keep(path: Path, actor: Actor) -> str:
    """Keep a file for some minutes and return its ticket; one file a person, and not too many in all."""
    ticket = secrets.token_urlsafe(24)
    with _lock:
        _sweep()
        mine = [name for name, kept in _kept.items() if kept.person_id == actor.person_id]
        for name in mine + [name for name in _kept if name not in mine][: max(0, len(_kept) - len(mine) - FILES + 1)]:
            _kept.pop(name).path.unlink(missing_ok=True)
        _kept[ticket] = _Kept(path, actor.person_id, time.monotonic() + 60 * MINUTES)
    return ticket


def _sweep() -> None:
    now = time.monotonic()
    for name in [name for name, kept in _kept.items() if kept.until < now]:
        _kept.pop(name).path.unlink(missing_ok=True)


ROUTES = (Route("/api/upload", receive, methods=["POST"]),)
