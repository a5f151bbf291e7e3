"""The bundles over HTTP: the public one for everyone, the auditor's one for auditors only."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import clock
from core.audit import bundle
from core.errors import GlasError, NotAllowed, NotFound, NotSignedIn, ShareRefused
from core.permissions import guest
from core.results import bundles
from core.store import reading
from pages.assets import ASSETS
from pages.parts import refusals
from pages.parts.i18n import _
from pages.rounds import chosen
from pages.server import asker, lanes
from pages.server.border import form_of
from pages.server.guard import same_origin

FOLDER = ASSETS / "bundle"
LONGEST = 4_000  # bytes; two shares are a few hundred
PRIVATE = {"cache-control": "no-store"}


async def public(request: Request) -> Response:
    """GET: the public bundle of a round whose result is published."""
    slug = request.path_params["slug"]
    try:
        round_ = await lanes.LOOKS.run(chosen.as_guest, slug)
        key = chosen.key("bundle", round_)
        archive = await lanes.made(key, lambda: _packed(slug, round_.municipality_id), len)
    except GlasError:
        return _refused(404, _("There is no such bundle. It comes when the result is published."))
    return _archive(archive, slug, {"cache-control": "public, max-age=300"})


async def auditors(request: Request) -> Response:
    """GET, or POST with two shares for a sealed round: the auditor's bundle."""
    if request.method == "GET":
        return await lanes.DEAR.run(_auditors, request, None)
    if not same_origin(request):
        return _refused(403, _("This request did not come from a page of Glas."))
    if int(request.headers.get("content-length", LONGEST + 1)) > LONGEST:
        return _refused(413, _("This is too long for two shares."))
    shares = (await form_of(request)).get("share", [])
    return await lanes.DEAR.run(_auditors, request, shares)


def readme() -> dict[str, bytes]:
    """Return what a bundle says of itself, in both languages."""
    return {name: (FOLDER / name).read_bytes() for name in bundle.README}


def _packed(slug: str, municipality_id: int) -> bytes:
    with reading() as session:
        files = bundles.public_bundle(session, guest(municipality_id), slug, readme())
    return bundle.to_zip(files)


def _auditors(request: Request, shares: list[str] | None) -> Response:
    slug, at = request.path_params["slug"], clock.now()
    try:
        with reading() as session:
            actor = asker.actor_of(session, request, at=at)
            if actor is None:
                raise NotSignedIn
            files = bundles.auditors_bundle(session, actor, slug, readme(), at=at, shares=shares)
    except NotSignedIn as refusal:
        return _refused(401, refusals.sentence(refusal))
    except NotAllowed as refusal:
        return _refused(403, refusals.sentence(refusal))
    except NotFound:
        return _refused(404, _("There is no such bundle. It comes when the round is counted, until it is anonymised."))
    except ShareRefused:
        return _refused(409, _("This round is sealed: its bundle needs two shares of the count key."))
    except GlasError as refusal:
        return _refused(409, refusals.sentence(refusal))
    return _archive(bundle.to_zip(files), f"{slug}-auditor", PRIVATE)


def _archive(content: bytes, name: str, headers: dict[str, str]) -> Response:
    told = {**headers, "content-disposition": f'attachment; filename="{name}-bundle.zip"'}
    return Response(content, media_type="application/zip", headers=told)


def _refused(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence + "\n", status, PRIVATE)


ROUTES = (
    Route("/rounds/{slug}/bundle.zip", public, methods=["GET"]),
    Route("/rounds/{slug}/auditors-bundle.zip", auditors, methods=["GET", "POST"]),
)
