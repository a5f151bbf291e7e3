"""GET /account/export.json: everything that is kept of whoever asks, to take away."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import clock
from core.privacy import export
from core.store import reading
from pages.server import asker, lanes
from pages.server.guard import same_origin

HEADERS = {"cache-control": "no-store", "content-disposition": 'attachment; filename="glas-my-data.json"'}


async def mine(request: Request) -> Response:
    """Answer with the asker's own data. A page elsewhere cannot even start the download."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403)
    text = await lanes.DEAR.run(_text, request)
    if text is None:
        return JSONResponse({"error": "not_signed_in"}, 401, headers={"cache-control": "no-store"})
    return Response(text, media_type="application/json", headers=HEADERS)


def _text(request: Request) -> str | None:
    at = clock.now()
    with reading() as session:
        actor = asker.actor_of(session, request, at=at)
        return json.dumps(export.of_person(session, actor, at=at), ensure_ascii=False, indent=2) if actor else None


ROUTES = (Route("/account/export.json", mine, methods=["GET"]),)
