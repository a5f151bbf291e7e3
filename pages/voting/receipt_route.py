"""The QR code of a receipt: an image of the address at which it is checked.

Asked for by POST: an address that held the receipt would stand in the log of a proxy, with the minute of the vote.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.server import lanes
from pages.server.border import form_of
from pages.server.guard import same_origin
from pages.voting import receipts

# Longer than any slug or number of ours: what does not fit is no receipt.
LONGEST = 120
HEADERS = {"cache-control": "no-store"}


async def draw(request: Request) -> Response:
    """POST /api/receipt round=…&n=…&c=…&s=…: the code of this receipt, 404 for anything else."""
    if not same_origin(request):
        return JSONResponse({"error": "origin"}, 403, headers=HEADERS)
    claim = receipts.claim({name: said[-1] for name, said in (await form_of(request)).items()})
    if claim is None or not claim.round or max(len(claim.round), len(claim.number)) > LONGEST:
        return JSONResponse({"error": "not_found"}, 404, headers=HEADERS)
    image = await lanes.LOOKS.run(receipts.image, claim)
    return Response(image, media_type="image/svg+xml", headers=HEADERS)


ROUTES = (Route("/api/receipt", draw, methods=["POST"]),)
