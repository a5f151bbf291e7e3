"""Signing in and out over HTTP: only a route can give a browser a cookie that scripts cannot read."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from threading import Lock

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from core.people import devices, sessions
from core.settings import settings
from core.store import transaction
from pages.parts import cookies
from pages.server import asker, lanes
from pages.server.border import json_of
from pages.server.guard import language_cookie, same_origin

SECONDS = 30
MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Waiting:
    token: str
    until: float


_tickets: dict[str, _Waiting] = {}
_lock = Lock()


def hand_over(token: str) -> str:
    """Return a ticket that a browser can change for the sign-in `token` once, within 30 seconds."""
    ticket, now = secrets.token_urlsafe(24), time.monotonic()
    with _lock:
        for old in [name for name, waiting in _tickets.items() if waiting.until < now]:
            del _tickets[old]
        while len(_tickets) >= MOST:
            del _tickets[next(iter(_tickets))]
        _tickets[ticket] = _Waiting(token, now + SECONDS)
    return ticket


def take(ticket: str) -> str | None:
    """Return the sign-in behind a ticket, and spend the ticket; None if it is unknown, spent or too old."""
    with _lock:
        waiting = _tickets.pop(ticket, None)
    return waiting.token if waiting and waiting.until >= time.monotonic() else None


async def begin(request: Request) -> Response:
    """POST /session {ticket}: change the ticket for the sign-in cookie, and note who has signed in in this browser."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403)
    try:
        ticket = (await json_of(request))["ticket"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return JSONResponse({"error": "format"}, 400)
    token = take(ticket) if isinstance(ticket, str) else None
    if token is None:
        return JSONResponse({"error": "ticket"}, 401)
    answer = Response(status_code=204, headers={"cache-control": "no-store"})
    answer.headers.append("set-cookie", cookie(token))
    actor = await lanes.SIGN_INS.run(lambda: asker.holder(token, local=asker.local(request)))
    if actor is not None:
        kept = devices.noted(cookies.browser(request.cookies), actor.pseudonym)
        answer.headers.append("set-cookie", browser_cookie(kept))
    # Only who chose a language for the account finds it anywhere; all others go on in the one they have just read.
    if actor is not None and actor.language:
        answer.headers.append("set-cookie", language_cookie(actor.language))
    return answer


async def end(request: Request) -> Response:
    """POST /session/out: close the sign-in, drop the cookie and show the home page."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403)
    token = asker.token(request)
    if token:
        await lanes.SIGN_INS.run(_close, token)
    answer = RedirectResponse("/", 303, headers={"cache-control": "no-store"})
    answer.headers.append("set-cookie", cookie("", age=0))
    answer.headers["clear-site-data"] = '"cache"'
    return answer


async def alive(request: Request) -> Response:
    """POST /session/alive: whoever is writing in a form is not away. 204, or 401 if the sign-in has ended."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403)
    actor = await lanes.SIGN_INS.run(asker.look_up, request)
    return Response(status_code=204 if actor else 401, headers={"cache-control": "no-store"})


def cookie(token: str, *, age: int | None = None) -> str:
    """Return the Set-Cookie line for a sign-in; scripts cannot read it and other sites cannot send it with a POST."""
    secure = "; Secure" if settings().secure else ""
    # Longer than the sign-in: one that has ended by itself is confirmed with the password.
    lasts = int((sessions.LIFETIME + sessions.RENEWABLE).total_seconds()) if age is None else age
    return f"{cookies.sign_in_name()}={token}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}"


def browser_cookie(kept: str) -> str:
    """Return the Set-Cookie line for what a browser keeps for a year about who has signed in in it."""
    secure = "; Secure" if settings().secure else ""
    return f"{cookies.browser_name()}={kept}; Path=/; Max-Age={cookies.YEAR}; HttpOnly; SameSite=Lax{secure}"


def _close(token: str) -> None:
    with transaction() as session:
        sessions.close_session(session, token)


ROUTES = (
    Route("/session", begin, methods=["POST"]),
    Route("/session/out", end, methods=["POST"]),
    Route("/session/alive", alive, methods=["POST"]),
)
