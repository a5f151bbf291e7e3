"""GET /open/<round>/election.pb: the ballots of a published result, for everyone who wants to count again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import municipalities, results
from core.errors import GlasError
from core.permissions import guest
from core.results.open_ballots import as_file
from core.rounds import Round
from core.store import reading
from core.tally import loading
from pages.rounds import chosen
from pages.server import lanes
from pages.server.static import File, pack

CACHING = "public, max-age=300"


async def election_pb(request: Request) -> Response:
    """Answer with the file, 304 where the browser has it, 404 where nothing is published."""
    slug = request.path_params["slug"]
    try:
        file = await published(slug)
    except GlasError:
        return JSONResponse({"error": "not_found"}, 404, {"cache-control": "no-store"})
    answer = file.answer(request.headers, CACHING)
    answer.headers["content-disposition"] = f'attachment; filename="{slug}.pb"'
    return answer


async def published(slug: str) -> File:
    """Return the file of a published round, from memory if it was asked for before. Raises NotFound."""
    round_ = await lanes.LOOKS.run(chosen.published, slug)
    return await lanes.made(chosen.key("election", round_), lambda: _written(round_), File.size)


def _written(round_: Round) -> File:
    with reading() as session:
        result = results.result(session, guest(round_.municipality_id), round_.id)
        home = municipalities.municipality(session, round_.municipality_id)
        text = as_file(round_, home, result, *loading.load_election(session, round_))
    return pack(text.encode(), "text/plain; charset=utf-8", worth=True)


ROUTES = (Route("/open/{slug}/election.pb", election_pb, methods=["GET"]),)
