"""What breaks outside of pages: strangers learn nothing of it, staff a number that leads to the line in the log."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import redaction
from core.errors import GlasError
from core.permissions import Role
from pages.parts import cookies, i18n, refusals, templates, visit
from pages.server import asker, static
from pages.server.limits import Pace

log = logging.getLogger("glas.errors")

_BROKEN = Pace(at_once=100, per_second=0.2)
# How a page broke, by the place at which it did.
_PAGES = Pace(at_once=3, per_second=1 / 60, most=1_000)


class Failures:
    """Answers 500 in place of a route that broke."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if it breaks before an answer has begun, answer calmly."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except ClientDisconnect:
            # Nobody is left to be told, and nothing is broken.
            return
        except Exception as error:
            number = reference()
            # Without the query, which may hold a token.
            # How it broke is written down so often only: who breaks it again and again fills no disk.
            told = error if _BROKEN.allows("all") else None
            log.error("Route %s broke, reference %s", redaction.of_path(first(scope["path"])), number, exc_info=told)
            if begun:
                raise
            await (await _told(scope, number))(scope, receive, send)


def first(path: str) -> str:
    """Return the first part of a path, shortened, for the log."""
    return path.lstrip("/").partition("/")[0][:40]


def reference() -> str:
    """Return a new number by which a failure is found again."""
    drawn = secrets.token_hex(4).upper()
    return f"{drawn[:4]}-{drawn[4:]}"


async def _told(scope: Scope, number: str) -> Response:
    request = HTTPConnection(scope)
    shown = number if await run_in_threadpool(_staff_asks, request) else ""
    no_store = {"cache-control": "no-store"}
    if scope["path"].startswith("/api/") or scope["method"] != "GET":
        return JSONResponse({"error": "failed", **({"reference": shown} if shown else {})}, 500, headers=no_store)
    with i18n.speaking(cookies.language(request.cookies, request.headers.get("accept-language", ""))):
        html = templates.render(
            "server/failed.html", number=shown, style=static.version("glas.css"), town=visit.town_or_none()
        )
    return HTMLResponse(html, 500, headers=no_store)


def _staff_asks(request: HTTPConnection) -> bool:
    """Return whether somebody with a duty asks; if even that cannot be found out, nobody is told more."""
    try:
        actor = asker.look_up(request)
    except Exception:  # noqa: BLE001 - it has broken already; this may not break on top of it
        return False
    return actor is not None and bool(actor.roles - {Role.guest, Role.resident})


def on_script_error(error: Exception) -> bool:
    """Return that the visitor has been told; errors outside of pages, in callbacks say, are told here."""
    if not getattr(error, "told", False):
        tell(error)
    return True


def tell(error: Exception) -> None:
    """Show a sentence in place of a broken page; refusals that no page caught are told as they are."""
    error.told = True  # type: ignore[attr-defined]
    if isinstance(error, GlasError):
        templates.draw("parts/refused.html", sentence=refusals.sentence(error))
        return
    number = note("Page", error)
    templates.draw("server/broken.html", number=number if _staff() else "", page=st.context.url or "")


def note(what: str, error: Exception) -> str:
    """Write down that something broke, and return the number that stands with it."""
    number = reference()
    # How it broke stands in the log a few times, and then once a minute.
    told = error if _PAGES.allows(_place(error)) else None
    log.error("%s broke, reference %s: %s", what, number, _place(error), exc_info=told)
    return number


def _place(error: Exception) -> str:
    """Return what broke and in which line of which file; nothing that the error says."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f" at {Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at is not None else ""
    return f"{type(error).__name__}{place}"


def _staff() -> bool:
    """Return whether somebody with a duty is looking; if that cannot be found out, nobody is told more."""
    try:
        return bool(visit.visitor().roles - {Role.guest, Role.resident})
    except Exception:  # noqa: BLE001 - it has broken already; this may not break on top of it
        return False
