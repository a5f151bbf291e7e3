"""The QR code of a receipt: an image of the address at which it is checked."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.parts import receipts

# Longer than any slug or number of ours: what does not fit is no receipt.
LONGEST = 120


async def show(request: Request) -> Response:
    """GET /api/receipt.svg?round=…&n=…&c=…&s=…: the code of this receipt, 404 for anything else."""
    claim = receipts.claim(request.query_params)
    if claim is None or not claim.round or max(len(claim.round), len(claim.number)) > LONGEST:
        return JSONResponse({"error": "not_found"}, 404)
    image = await run_in_threadpool(receipts.image, claim)
    return Response(image, media_type="image/svg+xml", headers={"cache-control": "private, max-age=86400, immutable"})


ROUTES = (Route("/api/receipt.svg", show, methods=["GET"]),)
