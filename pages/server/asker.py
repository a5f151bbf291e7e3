"""Who asks over HTTP: looked up by the sign-in cookie, in this one place for every door."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import HTTPConnection

from core import clock
from core.people import devices, sessions
from core.permissions import Actor
from core.store import reading
from pages.parts import cookies, visit


def token(request: HTTPConnection) -> str:
    """Return the sign-in that the browser brought in its cookie, "" if it brought none."""
    return cookies.sign_in(request.cookies) or ""


def actor_of(session: Any, request: HTTPConnection, *, at: datetime) -> Actor | None:
    """Return who asks, as the open `session` knows it; None for who is not signed in."""
    return sessions.actor_of(session, token(request), at=at, local=local(request))


def look_up(request: HTTPConnection) -> Actor | None:
    """Return who asks at this moment, for doors that have no session open; None for who is not signed in."""
    return holder(token(request), local=local(request))


def local(request: HTTPConnection) -> bool:
    """Return whether the asker sits at the computer that serves, as the guard has noted."""
    return visit.HERE in request.headers


def holder(token: str, *, local: bool) -> Actor | None:
    """Return whose sign-in `token` is at this moment; None if it is nobody's or its time is over."""
    if not token:
        return None
    with reading() as session:
        return sessions.actor_of(session, token, at=clock.now(), local=local)


def renewable(request: HTTPConnection) -> bool:
    """Return whether the asker's sign-in runs or only ran out: what its owner ended is begun anew, with all in it."""
    with reading() as session:
        return devices.renewable(session, token(request), at=clock.now()) is not None
