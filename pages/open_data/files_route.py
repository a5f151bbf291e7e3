"""The file of a published result, for everyone: the projects as a table."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import results, tally
from core.clock import now
from core.errors import GlasError
from core.ideas import projects
from core.permissions import guest
from core.rounds import Round
from core.store import reading
from pages.parts import i18n, money, tables
from pages.results import reasons, result
from pages.rounds import chosen
from pages.server import lanes
from pages.server.guard import SPOKEN


async def result_csv(request: Request) -> Response:
    """GET /open/<round>/result.csv: every project with its cost, votes, whether it was funded, and why."""
    try:
        round_ = await lanes.LOOKS.run(chosen.published, request.path_params["slug"])
        key = chosen.key("table", round_, i18n.language())
        text = await lanes.made(key, lambda: _table(round_, i18n.language()), len)
    except GlasError:
        return JSONResponse({"error": "not_found"}, 404, {"cache-control": "no-store"})
    name = f"{request.path_params['slug']}-result.csv"
    return _file(text, name, "text/csv; charset=utf-8")


def _table(round_: Round, language: str) -> str:
    actor = guest(round_.municipality_id)
    with reading() as session:
        found = results.result(session, actor, round_.id)
        listed = projects.projects(session, actor, round_.id)
        votes = dict(tally.live(session, round_, now()).supports)
    place = {one.id: number for number, one in enumerate(found.allocation.funded, start=1)}
    unfunded = {one.project: one for one in found.allocation.unfunded}
    with i18n.speaking(language):
        words, telling = result.columns(round_), result.telling_of(round_, found, listed)
        rows = [
            (
                one.code,
                i18n.told(one.title),
                money.plain(one.cost, round_.currency),
                votes.get(one.code, 0),
                place.get(one.code, ""),
                reasons.why_not(telling, unfunded[one.code], votes) if one.code in unfunded else "",
            )
            for one in listed
        ]
    return tables.csv_text(words, rows)


def _file(text: str, name: str, kind: str) -> Response:
    told = f'attachment; filename="{name}"'
    headers = {"content-disposition": told, "cache-control": "public, max-age=300", "vary": SPOKEN}
    return Response(text, headers=headers, media_type=kind)


ROUTES = (Route("/open/{slug}/result.csv", result_csv, methods=["GET"]),)
