"""The plain pages over HTTP, and the board's answer to a form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from pages import menu
from pages.parts import i18n
from pages.plain import kept, sheets
from pages.plain.asked import asked
from pages.server import lanes, limits, shell, static
from pages.server.border import form_of
from pages.server.guard import SPOKEN, same_origin
from pages.trust import answers

NEVER = "no-store"
LONGEST = 60  # letters of a number


async def way_in(_request: Request) -> Response:
    """GET /plain: on to the language of the reader."""
    to = menu.plain_path(i18n.language(), "/")
    return RedirectResponse(to, 307, {"cache-control": NEVER, "vary": SPOKEN})


def door(path: str) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers GET at the plain page of an address such as `/ideas`."""

    async def page(request: Request) -> Response:
        wanted = path, request.path_params["language"], tuple(asked(path, request.query_params).items())
        made = kept.find(wanted) or await lanes.PLAIN.run(_made, *wanted)
        if made is None:
            return shell.not_found()
        answer = made.file.answer(request.headers, f"public, max-age={made.left()}" if made.there else NEVER)
        if not made.there:
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


def _made(path: str, language: str, query: tuple[tuple[str, str], ...]) -> kept.Made | None:
    """Return a page as a file: another who waited for the same may have had it made; what is not there is not kept."""
    wanted = path, language, query
    if (known := kept.find(wanted)) is not None:
        return known
    drawn = sheets.sheet(path, language, dict(query))
    if drawn is None:
        return None
    made = kept.Made(static.pack(drawn.html.encode(), "text/html", worth=drawn.found), drawn.found)
    return kept.keep(wanted, made) if made.there else made


ROUTES = (
    Route("/plain", way_in, methods=["GET"]),
    *(
        Route(menu.plain_path("{language}", "/" + entry.path), door("/" + entry.path), methods=["GET"])
        for entry in menu.ENTRIES
        if entry.plain
    ),
    Route("/plain/{language}/board", ask, methods=["POST"]),
)
