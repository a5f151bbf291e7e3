"""POST /lang/bg, /lang/en …: keep the language in a cookie."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.parts import i18n
from pages.server.guard import language_cookie, same_origin


async def choose(request: Request) -> Response:
    """Keep the language of the address for a year."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403)
    chosen = request.path_params["language"]
    if chosen not in i18n.languages():
        return JSONResponse({"error": "language"}, 404)
    return Response(status_code=204, headers={"set-cookie": language_cookie(chosen), "cache-control": "no-store"})


ROUTES = (Route("/lang/{language}", choose, methods=["POST"]),)
