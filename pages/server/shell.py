"""The HTML shell: Streamlit's own page with our language, title, description, fonts and style; and our 404."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from core.settings import settings
from pages import menu
from pages.assets import SHELL
from pages.parts import i18n, templates, visit
from pages.parts.i18n import _
from pages.server import static
from pages.server.guard import SPOKEN, odd, turn_away

FONTS = (
    "sofia-sans-cyrillic-wght-normal",
    "sofia-sans-latin-wght-normal",
    "sofia-sans-condensed-cyrillic-wght-normal",
    "sofia-sans-condensed-latin-wght-normal",
    "glas-symbols",
)
# Streamlit asks for its server below the page's own address first, which fails on every page but the first.
BASE = (
    "window.__streamlit={BACKEND_BASE_URL:location.origin,MAIN_PAGE_BASE_URL:location.origin,"
    "HOST_CONFIG_BASE_URL:location.origin}"
)
# What runs before anything else of the page.
EARLY = (SHELL / "early.js").read_text("utf-8")
# What Streamlit's page asks its server for, besides the websocket and its own files. Everything else that Streamlit
# would answer is closed: figures, agents, uploads, media and components of pages that ours do not have.
THEIRS = frozenset({"/_stcore/health", "/_stcore/host-config"})
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class Shell:
    """Answers the addresses of pages with the shell, and unknown addresses with a page that says so."""

    def __init__(self, app: ASGIApp, *, streamlit: Path, routes: Sequence[BaseRoute]) -> None:
        """Wrap `app`; `streamlit` is the folder of Streamlit's page, `routes` are ours."""
        self.app = app
        self.source = (streamlit / "index.html").read_text("utf-8")
        files = (path for path in streamlit.rglob("*") if path.is_file() and path.name != "index.html")
        self.known = THEIRS | {f"/{path.relative_to(streamlit).as_posix()}" for path in files}
        self.routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the shell, with the 404 page, or pass the request on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path: str = scope["path"]
        if odd(path):
            return await (not_found() if scope["method"] in ("GET", "HEAD") else turn_away(404, "not_found"))(
                scope, receive, send
            )
        if path in self.known or any(route.matches(scope)[0] is not Match.NONE for route in self.routes):
            return await self.app(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            return await turn_away(404, "not_found")(scope, receive, send)
        if path in menu.PATHS or path == "/index.html":
            file = _page(self.source, path, i18n.language())
            answer = file.answer(Headers(scope=scope), "no-cache")
            answer.headers["vary"] = f"Accept-Encoding, {SPOKEN}"
            return await answer(scope, receive, send)
        if len(path) > 1 and path.rstrip("/") in menu.PATHS:
            query = scope.get("query_string", b"").decode("latin-1")
            to = path.rstrip("/") + (f"?{query}" if query else "")
            return await Response(status_code=308, headers={"location": to})(scope, receive, send)
        return await not_found()(scope, receive, send)


def not_found() -> Response:
    """Return the page that says that there is no such page, in the language of the request."""
    html = templates.render("server/not_found.html", style=static.version("glas.css"), town=visit.town_or_none())
    return Response(html, 404, media_type="text/html", headers={"cache-control": "no-store", "vary": SPOKEN})


def hashes(source: str) -> tuple[str, ...]:
    """Return what a content security policy calls the inline scripts of the shell."""
    scripts = [*_SCRIPT.findall(source), BASE, EARLY]
    return tuple("sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)


@cache
def _page(source: str, path: str, language: str) -> static.File:
    """Return the shell of one page in one language."""
    with i18n.speaking(language):
        html = rewrite(source, path)
    return static.pack(html.encode(), "text/html", worth=True)


def rewrite(source: str, path: str) -> str:
    """Return Streamlit's page as the shell of the page at `path`, in the current language."""
    entry = menu.entry_at(path)
    title = menu.tab_title(entry) if entry is not None else _("Glas")
    html = source.replace('<html lang="en">', f'<html lang="{i18n.language()}">', 1)
    html = re.sub(r"<title>.*?</title>", f"<title>{escape(title)}</title>{_head(title, path)}", html, count=1)
    html = re.sub(r"<link\s+rel=\"preload\".*?/>", "", html, count=1, flags=re.DOTALL)
    html = re.sub(r"<link rel=\"service-desc\".*?/>", "", html, count=1)
    html = re.sub(r"<!--(?!\[).*?-->", "", html, flags=re.DOTALL)
    html = html.replace("./favicon.png", "/favicon.png").replace("./static/", "/static/")
    html = re.sub(r"<noscript>.*?</noscript>", f"<noscript>{_without_scripts()}</noscript>", html, flags=re.DOTALL)
    first = (
        '<div class="g-first" aria-hidden="true"><picture><source media="(prefers-color-scheme: dark)" '
        'srcset="/assets/logo-dark.svg"><img src="/assets/logo.svg" alt="" width="96" height="32"></picture></div>'
    )
    return html.replace('<div id="root"></div>', f'{first}<div id="root"></div>', 1).lstrip()


def _head(title: str, path: str) -> str:
    about = _("Young people decide how the youth budget of the municipality is spent: ideas, vote, result.")
    said = escape(about, quote=True)
    name = escape(_("Glas"), quote=True)
    url = escape(settings().url, quote=True)
    fonts = "".join(
        f'<link rel="preload" href="/assets/fonts/{font}.woff2" as="font" type="font/woff2" crossorigin>'
        for font in FONTS
    )
    locale = i18n.with_country(i18n.language())
    return (
        f"<script>{EARLY}</script><script>{BASE}</script>{fonts}"
        f'<link rel="stylesheet" href="{static.version("glas.css")}">'
        f'<link rel="stylesheet" href="{static.version("public.css")}">'
        f'<link rel="stylesheet" href="{static.version("staff.css")}">'
        f'<meta name="description" content="{said}">'
        '<meta name="theme-color" media="(prefers-color-scheme: light)" content="#FFFFFF">'
        '<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#221229">'
        f'<meta property="og:site_name" content="{name}"><meta property="og:type" content="website">'
        f'<meta property="og:title" content="{escape(title, quote=True)}">'
        f'<meta property="og:description" content="{said}"><meta property="og:locale" content="{locale}">'
        f'<meta property="og:url" content="{url}{escape(path, quote=True)}">'
        f'<meta property="og:image" content="{url}/assets/preview.png">'
        '<meta name="twitter:card" content="summary_large_image">'
    )


def _without_scripts() -> str:
    return "<p>" + escape(_("Glas needs JavaScript. Please switch it on in your browser.")) + "</p>"
