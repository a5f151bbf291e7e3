"""The plain pages over HTTP, and the board's answer to a form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pages import menu
from pages.parts import i18n
from pages.plain import sheets
from pages.server import lanes, limits, shell, static
from pages.server.border import form_of
from pages.server.guard import SPOKEN, same_origin
from pages.trust import answers

# What is hidden or withdrawn must be gone from what others keep, too.
KEPT = "public, max-age=60"
NEVER = "no-store"
LONGEST = 60  # letters of a number


async def way_in(_request: Request) -> Response:
    """GET /plain: on to the language of the reader."""
    to = menu.plain_path(i18n.language(), "/")
    return RedirectResponse(to, 307, {"cache-control": NEVER, "vary": SPOKEN})


def door(path: str) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers GET at the plain page of an address such as `/ideas`."""

    async def page(request: Request) -> Response:
        query = dict(request.query_params)
        found = await lanes.LOOKS.run(_packed, path, request.path_params["language"], query)
        if found is None:
            return shell.not_found()
        file, there = found
        answer = file.answer(request.headers, KEPT if there else NEVER)
        if not there:
            answer.status_code = 404
        return answer

    return page


async def ask(request: Request) -> Response:
    """POST /plain/<language>/board number=…: what became of the ballot; its number stands in no address."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403, {"cache-control": NEVER})
    number = (await form_of(request)).get("number", [""])[-1][:LONGEST]
    fast = not answers.PACE.allows(limits.origin_of(request.client.host if request.client else "") or "")
    draw = partial(sheets.answered, number, too_fast=fast)
    made = await lanes.LOOKS.run(sheets.sheet, "/board", request.path_params["language"], {}, draw)
    if made is None:
        return shell.not_found()
    headers = {"cache-control": NEVER, "referrer-policy": "no-referrer"}
    return HTMLResponse(made.html, 429 if fast else 200, headers)


def _packed(path: str, language: str, query: dict[str, str]) -> tuple[static.File, bool] | None:
    """Return a page as a file, compressed anew only where it says something else."""
    made = sheets.sheet(path, language, query)
    if made is None:
        return None
    pack = partial(static.pack, made.html.encode(), "text/html", worth=True)
    return lanes.kept(("plain", sha256(made.html.encode()).digest()), pack, static.File.size), made.found


ROUTES = (
    Route("/plain", way_in, methods=["GET"]),
    *(
        Route(menu.plain_path("{language}", "/" + entry.path), door("/" + entry.path), methods=["GET"])
        for entry in menu.ENTRIES
        if entry.plain
    ),
    Route("/plain/{language}/board", ask, methods=["POST"]),
)
