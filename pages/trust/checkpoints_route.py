"""Every signed checkpoint of a log as a file, the newest and the older ones."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.errors import GlasError
from core.store import reading
from core.trust import board
from pages.server import lanes
from pages.trust.log_route import round_of

FOREVER = {"cache-control": "public, max-age=31536000, immutable", "access-control-allow-origin": "*"}


async def checkpoint(request: Request) -> Response:
    """GET /log/<round>/checkpoints/<size>: what was signed when the board had so many leaves."""
    return await lanes.LOOKS.run(_note, request.path_params["slug"], request.path_params["size"])


def _note(slug: str, size: int) -> Response:
    try:
        with reading() as session:
            notes = board.checkpoints_of(session, round_of(session, slug))
    except GlasError:
        return _missing()
    found = next((note for note in notes if note.split("\n")[1] == str(size)), None)
    return Response(found, headers=FOREVER, media_type="text/plain") if found else _missing()


def _missing() -> Response:
    return PlainTextResponse("not found\n", 404, {"cache-control": "no-store"})


ROUTES = (Route("/log/{slug}/checkpoints/{size:int}", checkpoint, methods=["GET"]),)
