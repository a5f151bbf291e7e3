"""What breaks outside of pages: strangers learn nothing of it, staff a number that leads to the line in the log."""

from __future__ import annotations

import logging
import secrets

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
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
    number = reference()
    log.error("Page broke, reference %s", number, exc_info=error)
    templates.draw("server/broken.html", number=number if _staff() else "", page=st.context.url or "")


def _staff() -> bool:
    """Return whether somebody with a duty is looking; if that cannot be found out, nobody is told more."""
    try:
        return bool(visit.visitor().roles - {Role.guest, Role.resident})
    except Exception:  # noqa: BLE001 - it has broken already; this may not break on top of it
        return False
