"""Files for one person only: made on a page, kept in memory for some minutes, handed to whoever made them.

Streamlit's own downloads lie at addresses that anybody may open who knows them.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.permissions import Actor
from pages.server import asker

MINUTES, FILES, MOST = 15, 200, 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Kept:
    person_id: int
    name: str
    kind: str
    body: bytes
    until: float


_kept: OrderedDict[str, _Kept] = OrderedDict()
_lock = Lock()


def keep(actor: Actor, name: str, kind: str, body: bytes) -> str:
    """Keep a file for `actor` and return its address; the oldest make room."""
    if actor.person_id is None:
        raise ValueError("Files are kept for people with an account only.")
    ticket, now = secrets.token_urlsafe(24), time.monotonic()
    with _lock:
        for old in [each for each, one in _kept.items() if one.until < now]:
            del _kept[old]
        while _kept and (len(_kept) >= FILES or len(body) + sum(len(one.body) for one in _kept.values()) > MOST):
            _kept.popitem(last=False)
        _kept[ticket] = _Kept(actor.person_id, name, kind, body, now + 60 * MINUTES)
    return f"/private/{ticket}"


def forget(address: str) -> None:
    """Remove a file that has been taken."""
    with _lock:
        _kept.pop(address.rpartition("/")[2], None)


async def give(request: Request) -> Response:
    """GET /private/<ticket>: the file, to whoever had it made. To everybody else it is not there."""
    actor = await run_in_threadpool(asker.look_up, request)
    with _lock:
        one = _kept.get(request.path_params["ticket"])
    if actor is None:
        return JSONResponse({"error": "not_signed_in"}, 401, headers={"cache-control": "no-store"})
    if one is None or one.person_id != actor.person_id or one.until < time.monotonic():
        return JSONResponse({"error": "not_found"}, 404, headers={"cache-control": "no-store"})
    said = f'attachment; filename="{one.name}"'
    return Response(one.body, media_type=one.kind, headers={"content-disposition": said, "cache-control": "no-store"})


ROUTES = (Route("/private/{ticket}", give, methods=["GET"]),)
