"""What machines look for at fixed addresses: what they may visit, where everything stands, whom to tell of a hole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core import clock, ideas, rounds
from core.ideas import projects
from core.settings import settings
from pages import menu
from pages.parts import i18n, links, visit
from pages.server import lanes, shell

# Doors of the app, and papers with the names of organisers: search engines keep what they read.
CLOSED = (
    "/api/", "/account/", "/lang/", "/log/", "/private/", "/session", "/protocol", "/open/*/protocol.pdf",
)  # fmt: skip
KEPT = {"cache-control": "public, max-age=300"}
MOST = 40_000  # addresses; the format allows 50,000
GOOD_FOR = timedelta(days=180)


async def robots(_request: Request) -> Response:
    """GET /robots.txt: pages may be found; doors of the app, and papers with names, may not."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), f"Sitemap: {settings().url}/sitemap.xml"]
    return PlainTextResponse("\n".join(lines) + "\n", headers=KEPT)


async def sitemap(_request: Request) -> Response:
    """GET /sitemap.xml: every plain page, in every language of the town."""
    made = await lanes.DEAR.run(_sitemap)
    return Response(made, media_type="application/xml", headers=KEPT)


async def security(_request: Request) -> Response:
    """GET /.well-known/security.txt (RFC 9116): whom to tell of a hole, from the town's settings."""
    town = await lanes.LOOKS.run(visit.town_or_none)
    if town is None or not town.contact_email:
        return shell.not_found()
    lines = [
        f"Contact: mailto:{town.contact_email}",
        f"Expires: {clock.now() + GOOD_FOR:%Y-%m-%dT00:00:00Z}",
        f"Preferred-Languages: {', '.join(i18n.languages())}",
        f"Canonical: {settings().url}/.well-known/security.txt",
    ]
    return PlainTextResponse("\n".join(lines) + "\n", headers=KEPT)


def _sitemap() -> str:
    found = list(dict.fromkeys(_addresses()))
    rows = [
        f"<url><loc>{escape(settings().url + menu.plain_path(language, one))}</loc></url>"
        for one in found[: MOST // len(i18n.languages())]
        for language in i18n.languages()
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return "\n".join([head, *rows, "</urlset>"]) + "\n"


def _addresses() -> Iterator[str]:
    """Yield the address of everything that everybody may read, without the language."""
    yield from ("/", "/about", "/privacy")
    with visit.as_guest() as now, visit.reading() as session:
        if now.town is None or now.actor is None:
            return
        for round_ in rounds.rounds(session, now.actor):
            pages = ("/", "/rules", "/ideas", "/projects", "/results", *(["/protocol"] if round_.shows_result else []))
            yield from (links.to(page, round=round_.slug) for page in pages)
            yield from (links.to("/idea", id=one.id) for one in ideas.ideas(session, now.actor, round_.id))
            for one in projects.projects(session, now.actor, round_.id):
                if not one.idea_id:
                    yield links.to("/projects", round=round_.slug, project=one.code)


ROUTES = (
    Route("/robots.txt", robots, methods=["GET"]),
    Route("/sitemap.xml", sitemap, methods=["GET"]),
    Route("/.well-known/security.txt", security, methods=["GET"]),
)
