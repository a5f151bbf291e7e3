"""The HTML shell: Streamlit's own page with our language, title, description, fonts and style; and our 404."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from core.settings import settings
from pages import menu
from pages.assets import SHELL
from pages.parts import i18n, templates, visit
from pages.parts.i18n import _
from pages.server import lanes, static
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
# Letters of the queries that say what a page is about.
_ABOUT = frozenset({"id", "round", "project", "page"})
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Preview:
    """What search engines and messengers show of a page: `title` of the tab, `text`, `address` below the server's."""

    title: str
    text: str
    address: str


Previews = Callable[[str, Mapping[str, str]], Preview | None]


class Shell:
    """Answers the addresses of pages with the shell, and unknown addresses with a page that says so."""

    def __init__(
        self, app: ASGIApp, *, streamlit: Path, routes: Sequence[BaseRoute], previews: Previews | None = None
    ) -> None:  # fmt: skip
        """Wrap `app`; `streamlit` is the folder of Streamlit's page, `routes` are ours, `previews` tells of an address.

        `previews` gets the address of a page and what of its query says what it is about.
        """
        self.app = app
        self.source = (streamlit / "index.html").read_text("utf-8")
        files = (path for path in streamlit.rglob("*") if path.is_file() and path.name != "index.html")
        self.known = THEIRS | {f"/{path.relative_to(streamlit).as_posix()}" for path in files}
        self.routes, self.previews = routes, previews

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the shell, with the 404 page, or pass the request on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path: str = scope["path"]
        if odd(path):
            return await (not_found() if scope["method"] in ("GET", "HEAD") else turn_away(404, "not_found"))(
                scope, receive, send
            )
        if path in self.known or self._ours(scope):
            return await self.app(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            return await turn_away(404, "not_found")(scope, receive, send)
        if path in menu.PATHS or path == "/index.html":
            file = await self._file(path, scope)
            answer = file.answer(Headers(scope=scope), "no-cache")
            answer.headers["vary"] = f"Accept-Encoding, {SPOKEN}"
            return await answer(scope, receive, send)
        bare = path.rstrip("/")
        if bare and (bare in menu.PATHS or self._ours({**scope, "path": bare})):
            query = scope.get("query_string", b"").decode("latin-1")
            to = bare + (f"?{query}" if query else "")
            return await Response(status_code=308, headers={"location": to})(scope, receive, send)
        return await not_found()(scope, receive, send)

    def _ours(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is not Match.NONE for route in self.routes)

    async def _file(self, path: str, scope: Scope) -> static.File:
        """Return the shell of a page, with what its address is about where it names that."""
        said = parse_qsl(scope.get("query_string", b"").decode("latin-1"))
        query = {name: value for name, value in said if name in _ABOUT}
        if self.previews is None or not (menu.is_plain(path) and (query or path == "/results")):
            return _page(self.source, path, i18n.language())
        return await lanes.LOOKS.run(_page_about, self.source, path, i18n.language(), self.previews, query)


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


def _page_about(source: str, path: str, language: str, previews: Previews, query: Mapping[str, str]) -> static.File:
    """Return the shell of a page with the title and text of what it is about."""
    with i18n.speaking(language):
        about = previews(path, query)
        if about is None:
            return _page(source, path, language)
        html = partial(rewrite, source, path, about)
        key = ("shell", path, language, about, i18n.languages())
        return lanes.kept(key, lambda: static.pack(html().encode(), "text/html", worth=True), static.File.size)


def rewrite(source: str, path: str, about: Preview | None = None) -> str:
    """Return Streamlit's page as the shell of the page at `path`, in the current language."""
    about = about or in_general(path)
    html = source.replace('<html lang="en">', f'<html lang="{i18n.language()}">', 1)
    html = re.sub(r"<title>.*?</title>", lambda _found: _head(about), html, count=1)
    html = re.sub(r"<link\s+rel=\"preload\".*?/>", "", html, count=1, flags=re.DOTALL)
    html = re.sub(r"<link rel=\"service-desc\".*?/>", "", html, count=1)
    html = re.sub(r"<!--(?!\[).*?-->", "", html, flags=re.DOTALL)
    html = html.replace("./favicon.png", "/favicon.png").replace("./static/", "/static/")
    html = re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.DOTALL)
    first = (
        '<div class="g-first" aria-hidden="true"><picture><source media="(prefers-color-scheme: dark)" '
        'srcset="/assets/logo-dark.svg"><img src="/assets/logo.svg" alt="" width="96" height="32"></picture></div>'
    )
    # Behind the app: the way past the header has to be the first link of a page.
    last = templates.render("server/ways_out.html", ways=_ways_out(path, about))
    last += f'<script src="{static.version("late.js")}" defer></script>'
    return html.replace('<div id="root"></div>', f'{first}<div id="root"></div>{last}', 1).lstrip()


def in_general(path: str) -> Preview:
    """Return what is shown of a page that is about nothing in particular."""
    entry = menu.entry_at(path)
    text = _("Young people decide how the youth budget of the municipality is spent: ideas, vote, result.")
    return Preview(menu.tab_title(entry) if entry is not None else _("Glas"), text, path)


def _head(about: Preview) -> str:
    fonts = "".join(
        f'<link rel="preload" href="/assets/fonts/{font}.woff2" as="font" type="font/woff2" crossorigin>'
        for font in FONTS
    )
    styles = "".join(
        f'<link rel="stylesheet" href="{static.version(name)}">' for name in ("glas.css", "public.css", "staff.css")
    )
    return (
        f"<title>{escape(about.title)}</title><script>{EARLY}</script><script>{BASE}</script>{fonts}{styles}"
        '<meta name="theme-color" media="(prefers-color-scheme: light)" content="#FFFFFF">'
        '<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#221229">'
    ) + templates.render("server/preview.html", **preview_of(about))


def preview_of(about: Preview) -> dict[str, str]:
    """Return the values of `server/preview.html`: what others show of an address that was shared."""
    return {
        "title": about.title,
        "text": about.text or in_general(about.address).text,
        "locale": i18n.with_country(i18n.language()),
        "address": settings().url + about.address,
        "image": f"{settings().url}/assets/preview.png",
    }


def _ways_out(path: str, about: Preview) -> list[dict[str, str]]:
    """Return, for each language of the town, what to do where the page does not open; that of the reader first."""
    to = about.address if menu.is_plain(path) else "/"
    found = []
    for language in sorted(i18n.languages(), key=lambda each: each != i18n.language()):
        with i18n.speaking(language):
            found.append({
                "language": language,
                "href": menu.plain_path(language, to),
                "title": _("Glas does not open here."),
                "off": _("Scripts (JavaScript) are switched off in this browser. Switch them on to take part."),
                "late": _(
                    "Perhaps the connection is slow, the network blocks it, or the browser is too old. Try another "
                    "network, such as mobile data, or a newer browser."
                ),
                "link": _("Read it as a plain page"),
            })  # fmt: skip
    return found
