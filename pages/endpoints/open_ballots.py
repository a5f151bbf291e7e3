"""GET /open/<round>/election.pb: the ballots of a published result, for everyone who wants to count again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import municipalities, results, rounds
from core.errors import GlasError, NotFound
from core.open_ballots import as_file
from core.permissions import guest
from core.store import reading
from pages.endpoints.cached import File, pack

CACHING = "public, max-age=300"
MOST = 4  # files that are kept; a large one has a few megabytes

_kept: OrderedDict[str, File] = OrderedDict()
_lock = Lock()  # a file is written once, however many ask for it


async def election_pb(request: Request) -> Response:
    """Answer with the file, 304 where the browser has it, 404 where nothing is published."""
    slug = request.path_params["slug"]
    try:
        file = await run_in_threadpool(published, slug)
    except GlasError:
        return JSONResponse({"error": "not_found"}, 404)
    answer = file.answer(request.headers, CACHING)
    answer.headers["content-disposition"] = f'attachment; filename="{slug}.pb"'
    return answer


def published(slug: str) -> File:
    """Return the file of a published round, from memory if it was asked for before. Raises NotFound."""
    with reading() as session:
        town = municipalities.the_town(session)
        actor = guest(town.id if town else 0)
        round = rounds.round_by_slug(session, slug, actor)
        if round.result_published_at is None or round.voided_at is not None:
            raise NotFound(thing="result", key=slug)
        result = results.result(session, actor, round.id)
        key = f"{round.id}:{slug}:{result.fingerprint}:{round.version}"
        with _lock:
            if key not in _kept:
                home = municipalities.municipality(session, round.municipality_id)
                text = as_file(round, home, result, *results.load_election(session, round))
                _kept[key] = pack(text.encode(), "text/plain; charset=utf-8", worth=True)
                while len(_kept) > MOST:
                    _kept.popitem(last=False)
            _kept.move_to_end(key)
            return _kept[key]


ROUTES = (Route("/open/{slug}/election.pb", election_pb, methods=["GET"]),)
