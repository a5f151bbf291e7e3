"""Live figures over HTTP: cached bytes with an ETag, so that a spectator costs next to nothing."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import NotFound
from pages.parts import i18n
from pages.tally import figures


async def live(request: Request) -> Response:
    """GET: turnout, and the tally where the round shows it."""
    slug, language = request.path_params["slug"], request.query_params.get("lang", "")
    if language not in i18n.languages():
        language = i18n.default()
    found = figures.fresh(slug, language)
    if found is None:
        try:
            found = await run_in_threadpool(figures.figures, slug, language)
        except NotFound:
            return JSONResponse({"error": "not_found"}, 404, {"cache-control": "no-store"})
    headers = {"etag": found.etag, "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == found.etag:
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type="application/json", headers=headers)


ROUTES = (Route("/api/rounds/{slug}/live", live, methods=["GET"]),)
