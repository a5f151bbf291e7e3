"""The slips of a batch that waits for its release, for the browser only in which they were made."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import clock
from core.codes import slips
from core.errors import GlasError
from core.store import reading
from pages.codes import press
from pages.server import asker, shell

_NUMBER = re.compile(r"[0-9]{1,15}")
KINDS = {press.SLIPS: "application/pdf", press.SHEET: "application/pdf", press.TABLE: "text/csv; charset=utf-8"}


async def give(request: Request) -> Response:
    """GET /slips/<batch>/<name>: the file, to whoever made the batch, in that sign-in; others find nothing."""
    batch, name = request.path_params["batch"], request.path_params["name"]
    status, body = await run_in_threadpool(_found, request, batch, name)
    if body is None:
        if "text/html" in request.headers.get("accept", ""):
            # Who has pressed the link of a page that is open since before the release.
            return shell.not_found()
        word = "not_signed_in" if status == 401 else "not_found"
        return JSONResponse({"error": word}, status, headers={"cache-control": "no-store"})
    headers = {"content-disposition": f'attachment; filename="{batch}-{name}"', "cache-control": "no-store"}
    return Response(body, media_type=KINDS[name], headers=headers)


def _found(request: Request, batch: str, name: str) -> tuple[int, bytes | None]:
    at = clock.now()
    with reading() as session:
        actor = asker.actor_of(session, request, at=at)
        if actor is None:
            return 401, None
        try:
            number = int(batch) if _NUMBER.fullmatch(batch) else 0
            return 200, slips.read(session, actor, number, name, token=asker.token(request), at=at)
        except GlasError:
            return 404, None


ROUTES = (Route("/slips/{batch}/{name}", give, methods=["GET"]),)
