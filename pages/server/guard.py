"""Small ASGI layers round the whole app: who may connect, and the language of a request."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from ipaddress import ip_address
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import settings
from pages import menu
from pages.parts import cookies, i18n, templates, visit
from pages.parts.i18n import _
from pages.server import static

# The one place at which Streamlit listens for websockets.
STREAM = "/_stcore/stream"

# What stands before us says so by one of these, or by anything that begins like the first.
FORWARDED = ("x-forwarded", "forwarded", "via", "x-real-ip", "x-client-ip", "x-original-", "true-client-ip", "cf-")

# Of an answer that speaks the reader's language and may be kept: for whom else it is good.
SPOKEN = "Accept-Language, Cookie"

# Characters of an address; the longest of ours is a slug, a number and a few words.
LONGEST = 300

# The watcher of the server asks by whatever name leads here.
WATCHED = "/healthz"


class Guard:
    """Refuses foreign host names, and websockets from foreign or unnamed pages. A page leads to its right address."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        # Two names are one too many: what stands before us may have believed the other.
        if len(hosts) != 1 or not (host_allowed(hosts[0]) or scope["path"] == WATCHED):
            return await elsewhere(scope, hosts)(scope, receive, send)
        if scope["type"] == "websocket":
            if not origin_allowed(Headers(scope=scope).get("origin", ""), hosts[0]):
                return await turn_away(403, "origin")(scope, receive, send)
            if scope["path"] != STREAM:
                return await turn_away(404, "not_found")(scope, receive, send)
        told = [(name, value) for name, value in scope["headers"] if name.lower() != visit.HERE.encode()]
        noted = [(visit.HERE.encode(), b"1")] if at_this_computer(scope) else []
        return await self.app({**scope, "headers": [*told, *noted]}, receive, send)


class Language:
    """Sets the language of a request; `?lang=` on a page also keeps it in the cookie."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in its language."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = HTTPConnection(scope)
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
        keeps = asked in i18n.languages() and scope["method"] == "GET" and _is_page(scope["path"])
        chosen = (
            asked
            if asked in i18n.languages()
            else cookies.language(request.cookies, request.headers.get("accept-language", ""))
        )

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and keeps:
                MutableHeaders(scope=message).append("set-cookie", language_cookie(asked))
            await send(message)

        with i18n.speaking(chosen):
            await self.app(scope, receive, answer)


def _is_page(path: str) -> bool:
    """Return whether a page may stand there: who takes a file in another language goes on reading in the old one."""
    return not path.startswith(("/api/", "/log/")) and "." not in path.rpartition("/")[2]


def odd(path: str) -> bool:
    """Return whether this is no address of anything: too long, or with signs that no address of ours has.

    Whatever stands behind – routes, numbers, names of rounds, files, the database – never sees such a one.
    """
    return len(path) > LONGEST or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in path)


def language_cookie(chosen: str) -> str:
    """Return the Set-Cookie line that keeps a language for a year."""
    secure = "; Secure" if settings().secure else ""
    return f"{cookies.LANGUAGE}={chosen}; Path=/; Max-Age={cookies.YEAR}; SameSite=Lax{secure}"


def host_allowed(host: str) -> bool:
    """Return whether the server may be called by this name; a stranger's name that leads here is refused."""
    if host.lower() == urlsplit(settings().url).netloc.lower():
        return True
    # Where only this computer can reach the server, any of its own names will do.
    return settings().loopback and _is_loopback(host)


def at_this_computer(scope: Scope) -> bool:
    """Return whether a request was made at the very computer that serves, by its own name, with nothing in between."""
    peer, names = (scope.get("client") or ("",))[0], Headers(scope=scope)
    if not (settings().loopback and _is_loopback(names.get("host", "")) and _is_own_address(peer)):
        return False
    return not any(name.startswith(FORWARDED) for name in names)


def origin_allowed(origin: str, host: str) -> bool:
    """Return whether a page at `origin` is one of ours; on one computer any of its own names will do."""
    if origin.lower() == settings().url.lower():
        return True
    return settings().loopback and origin == f"http://{host}" and _is_loopback(host)


def same_origin(request: Request) -> bool:
    """Return whether our own page sent this request: by Sec-Fetch-Site, in older browsers by Origin."""
    return headers_same_origin(request.headers)


def headers_same_origin(headers: Headers) -> bool:
    """Return the same for bare headers. Without either header the sender is no browser page of ours."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is not None and origin_allowed(origin, headers.get("host", ""))


def _is_own_address(peer: str) -> bool:
    try:
        found = ip_address(peer)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def elsewhere(scope: Scope, hosts: list[str]) -> ASGIApp:
    """Return an app that sends who opens a page by another name of ours to the right one, and refuses all else.

    A name without a dot, or a number, is what a web server in front calls us that does not keep the Host: sent on, the
    reader would come back by it without end.
    """
    path: str = scope["path"]
    reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    page = path in menu.PATHS or path.startswith("/plain")
    if settings().loopback or not (reads and page and len(hosts) == 1 and _is_name(hosts[0])):
        return turn_away(421, "host")
    query = scope.get("query_string", b"").decode("latin-1")
    to = settings().url + quote(path) + (f"?{query}" if query else "")
    return RedirectResponse(to, 307, {"cache-control": "no-store"})


def _is_name(host: str) -> bool:
    name = host.rpartition(":")[0] or host
    return "." in name.strip(".") and any(sign.isalpha() for sign in name.rpartition(".")[2])


def turn_away(status: int, word: str, headers: Mapping[str, str] | None = None) -> ASGIApp:
    """Return an app that answers a request, or a websocket that knocks, with `status`."""
    kept = {"cache-control": "no-store", **(headers or {})}
    answer = JSONResponse({"error": word}, status, headers=kept)

    async def away(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and status in (414, 421, 429):
            asked = HTTPConnection(scope)
            if "text/html" in asked.headers.get("accept", ""):
                chosen = cookies.language(asked.cookies, asked.headers.get("accept-language", ""))
                return await HTMLResponse(_page(status, chosen, settings().url), status, {**kept, "vary": SPOKEN})(
                    scope, receive, send
                )
        if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
            # Closing before accepting is answered with 403.
            return await send({"type": "websocket.close", "code": 1008})
        return await answer(scope, receive, send)

    return away


@cache
def _page(status: int, language: str, url: str) -> str:
    """Return the page for a reader who is turned away; made once, for it may be asked for without a pause."""
    with i18n.speaking(language):
        title, sentence = {
            414: (_("This address is too long."), _("No page of Glas has such a long one. Go home and begin there.")),
            421: (_("Glas has another address."), _("Go to {address} and begin there.", address=url)),
            429: (
                _("Too many requests come from your network."),
                _("Wait a few seconds, then load the page again. Nothing is lost."),
            ),
        }[status]
        return templates.render(
            "server/turned_away.html",
            title=title,
            sentence=sentence,
            home=url + "/" if status == 421 else "/",
            style=static.version("glas.css"),
        )
