"""The file of a published result, for everyone: the projects as a table."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import municipalities, projects, results, rounds, tally
from core.clock import now
from core.errors import GlasError, NotFound
from core.permissions import guest
from core.projects import Listed
from core.results import Result
from core.rounds import Round
from core.store import reading
from pages.parts import i18n, money, reasons, result_view, tables


async def result_csv(request: Request) -> Response:
    """GET /open/<round>/result.csv: every project with its cost, votes, whether it was funded, and why."""
    try:
        text = await run_in_threadpool(_table, request.path_params["slug"], i18n.language())
    except GlasError:
        return JSONResponse({"error": "not_found"}, 404)
    name = f"{request.path_params['slug']}-result.csv"
    return _file(text, name, "text/csv; charset=utf-8")


def _table(slug: str, language: str) -> str:
    with reading() as session:
        round, found, listed, votes = _published(session, slug)
    titles = {one.code: one.title.in_(language) for one in listed}
    place = {one.id: number for number, one in enumerate(found.allocation.funded, start=1)}
    unfunded = {one.project: one for one in found.allocation.unfunded}
    with i18n.speaking(language):
        words, telling = result_view.columns(round), result_view.telling_of(round, found, listed, votes)
        rows = [
            (
                one.code,
                titles[one.code],
                money.plain(one.cost, round.currency),
                votes.get(one.code, 0),
                place.get(one.code, ""),
                reasons.why_not(telling, unfunded[one.code]) if one.code in unfunded else "",
            )
            for one in listed
        ]
    return tables.csv_text(words, rows)


def _published(session: Any, slug: str) -> tuple[Round, Result, tuple[Listed, ...], dict[str, int]]:
    """Return a published round with its result, projects and votes. Raises NotFound."""
    town = municipalities.the_town(session)
    actor = guest(town.id if town else 0)
    round = rounds.round_by_slug(session, slug, actor)
    if round.result_published_at is None or round.voided_at is not None:
        raise NotFound(thing="result", key=slug)
    found = results.result(session, actor, round.id)
    votes = dict(tally.live(session, round, now()).supports)
    return round, found, projects.projects(session, actor, round.id), votes


def _file(text: str, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "public, max-age=300"}
    return Response(text, headers=headers, media_type=kind)


ROUTES = (Route("/open/{slug}/result.csv", result_csv, methods=["GET"]),)
