"""GET /healthz: whether the server answers and reaches its database. GET /favicon.png: our mark."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import municipalities
from core.store import reading
from core.trust import serving
from pages.assets import ASSETS
from pages.server import static


async def health(_request: Request) -> Response:
    """Return 200 "ok", or 503 while the database does not answer, or once it is another one."""
    try:
        await run_in_threadpool(_ask)
    except Exception:  # noqa: BLE001 - whatever is wrong with the database, the watcher must hear it
        return PlainTextResponse("no database", 503, headers={"cache-control": "no-store"})
    if serving.replaced():
        return PlainTextResponse("another database", 503, headers={"cache-control": "no-store"})
    return PlainTextResponse("ok", headers={"cache-control": "no-store"})


def _ask() -> None:
    with reading() as session:
        municipalities.the_town(session)


async def favicon(request: Request) -> Response:
    """Return our mark under the name that Streamlit gives to every page."""
    return static.load(ASSETS / "favicon.svg").answer(request.headers, "public, max-age=86400")


ROUTES = (Route("/healthz", health, methods=["GET"]), Route("/favicon.png", favicon, methods=["GET"]))
