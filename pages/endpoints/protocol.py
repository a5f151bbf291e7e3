"""The protocol of a round as a PDF: for everyone once the result is published, before that for those who may see it."""

from __future__ import annotations

from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import clock, municipalities, rounds, sessions
from core.errors import GlasError
from core.permissions import guest
from core.store import reading
from pages.parts import cookies, i18n, protocol, protocol_pdf
from pages.parts.i18n import _

_one_at_a_time = Lock()


async def file(request: Request) -> Response:
    """GET /open/<round>/protocol.pdf?lang=bg."""
    return await run_in_threadpool(_file, request)


def _file(request: Request) -> Response:
    wanted = request.query_params.get("lang", "")
    language = wanted if wanted in i18n.LANGUAGES else i18n.language()
    slug, at = request.path_params["slug"], clock.now()
    with i18n.speaking(language):
        try:
            with reading() as session:
                town = municipalities.the_town(session)
                token = cookies.sign_in(request.cookies)
                actor = sessions.actor_of(session, token, at=at) if token else None
                actor = actor or guest(town.id if town else 0)
                found = protocol.source(session, actor, rounds.round_by_slug(session, slug, actor), at=at)
        except GlasError:
            return PlainTextResponse(_("There is no protocol here, or not yet.") + "\n", 404)
        with _one_at_a_time:
            made = protocol_pdf.pdf(protocol.protocol(found))
    public = found.state.published_at is not None
    headers = {
        "content-disposition": f'inline; filename="{slug}-protocol-{language}.pdf"',
        "cache-control": "public, max-age=300" if public else "no-store",
        "vary": "cookie",
    }
    return Response(made, headers=headers, media_type="application/pdf")


ROUTES = (Route("/open/{slug}/protocol.pdf", file, methods=["GET"]),)
