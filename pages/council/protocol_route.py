"""The protocol of a round as a PDF: for everyone once the result is published, before that for those who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import clock, closing, municipalities, rounds
from core.closing import Doers
from core.errors import GlasError
from core.permissions import Actor, guest
from core.rounds import Round
from core.store import reading
from pages.council import protocol, protocol_pdf
from pages.parts import i18n
from pages.parts.i18n import _
from pages.rounds import chosen
from pages.server import asker, lanes
from pages.server.guard import SPOKEN


async def file(request: Request) -> Response:
    """GET /open/<round>/protocol.pdf?lang=bg."""
    wanted = request.query_params.get("lang", "")
    language = wanted if wanted in i18n.languages() else i18n.language()
    slug, at = request.path_params["slug"], clock.now()
    with i18n.speaking(language):
        try:
            round_, actor, names = await lanes.LOOKS.run(_found, slug, request, at)
            public = round_.result_published_at is not None
            if public:
                key = *names, chosen.key("protocol", round_, language)
                made = await lanes.made(key, lambda: _pdf(guest(round_.municipality_id), round_, at), len)
            else:
                made = await lanes.DEAR.run(_pdf, actor, round_, at)
        except GlasError:
            return PlainTextResponse(
                _("There is no protocol here, or not yet.") + "\n", 404, {"cache-control": "no-store"}
            )
    headers = {
        "content-disposition": f'inline; filename="{slug}-protocol-{language}.pdf"',
        "cache-control": "public, max-age=300" if public else "no-store",
        "vary": SPOKEN,
    }
    return Response(made, headers=headers, media_type="application/pdf")


def _found(slug: str, request: Request, at: datetime) -> tuple[Round, Actor, Sequence[Doers]]:
    with reading() as session:
        town = municipalities.the_town(session)
        actor = asker.actor_of(session, request, at=at) or guest(town.id if town else 0)
        round_ = rounds.round_by_slug(session, slug, actor)
        # A name that was hidden, or whose account is gone, is on no paper from then on.
        return round_, actor, closing.doers(session, actor, round_.id)


def _pdf(actor: Actor, round_: Round, at: datetime) -> bytes:
    with reading() as session:
        found = protocol.source(session, actor, round_, at=at)
    return protocol_pdf.pdf(protocol.protocol(found))


ROUTES = (Route("/open/{slug}/protocol.pdf", file, methods=["GET"]),)
