"""POST /session/again: a sign-in whose time is over is confirmed with the password, where its owner stands."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import clock, errors
from core.codes import slips
from core.people import devices, sign_in
from core.store import transaction
from pages.parts import refusals
from pages.parts.i18n import _
from pages.people.session_route import cookie
from pages.server import asker, lanes
from pages.server.border import json_of
from pages.server.guard import same_origin

HEADERS = {"cache-control": "no-store"}


async def again(request: Request) -> Response:
    """Answer 204 with a new cookie; 401 "wrong" or "gone", 409 "code" for staff with a second step, 429 "too_many"."""
    if not same_origin(request):
        return _no(403, "origin", _("This request did not come from a page of Glas."))
    try:
        sent = await json_of(request)
        password, code = sent["password"], sent.get("code", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _no(400, "format", "")
    if not isinstance(password, str) or not isinstance(code, str):
        return _no(400, "format", "")
    return await lanes.SIGN_INS.run(_renewed, request, password, code)


def _renewed(request: Request, password: str, code: str) -> Response:
    if not asker.renewable(request):
        return _no(401, "gone", _("You are logged out. Log in again: your choice is kept."))
    known: dict[str, Any] = {
        "code": code, "at": clock.now(), "device": devices.device_of(request.headers.get("user-agent", "")),
        "local": asker.local(request),
    }  # fmt: skip
    try:
        signed = sign_in.renew(transaction, asker.token(request), password, **known)
    except errors.SecondStepNeeded as refusal:
        return _no(409, "code", refusals.sentence(refusal))
    except errors.TooManyTries as refusal:
        return _no(429, "too_many", refusals.sentence(refusal))
    except errors.DemoElsewhere as refusal:
        return _no(401, "gone", refusals.sentence(refusal))
    except errors.SignInFailed:
        return _no(401, "wrong", _("The password does not match. Try again."))
    slips.hand_over(asker.token(request), signed.token)
    return Response(status_code=204, headers={**HEADERS, "set-cookie": cookie(signed.token)})


def _no(status: int, word: str, message: str) -> Response:
    return JSONResponse({"error": word, "message": message}, status, headers=HEADERS)


ROUTES = (Route("/session/again", again, methods=["POST"]),)
