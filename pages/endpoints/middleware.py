"""Small ASGI layers round the whole app: who may connect, security headers, the language of a request."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import settings
from pages.endpoints.origin import host_allowed, origin_allowed
from pages.parts import cookies, i18n

CLOSED = ("/_stcore/metrics", "/_stcore/agent")


class Guard:
    """Refuses foreign host names, websockets from foreign or unnamed pages, and Streamlit's own back doors."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if scope["type"] == "websocket":
            if not (host_allowed(host) and origin_allowed(headers.get("origin", ""), host)):
                # Closing before accepting is answered with 403.
                return await send({"type": "websocket.close", "code": 1008})
            return await self.app(scope, receive, send)
        if not host_allowed(host):
            return await PlainTextResponse("Wrong host.", 421)(scope, receive, send)
        if scope["path"].rstrip("/").startswith(CLOSED):
            return await PlainTextResponse("Not here.", 404)(scope, receive, send)
        return await self.app(scope, receive, send)


class SecurityHeaders:
    """Puts the content security policy and its companions on every answer."""

    def __init__(self, app: ASGIApp, *, scripts: tuple[str, ...]) -> None:
        """Wrap `app`; `scripts` are the hashes of the inline scripts of the shell."""
        self.app = app
        self.headers = {
            "content-security-policy": policy(scripts),
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "x-frame-options": "DENY",
        }
        if settings().secure:
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of the answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if "server" in headers:
                    del headers["server"]
            await send(message)

        return await self.app(scope, receive, answer)


def policy(scripts: tuple[str, ...]) -> str:
    """Return the content security policy: everything from here, scripts by hash, no frames."""
    hashes = " ".join(f"'{digest}'" for digest in scripts)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Language:
    """Sets the language of a request; `?lang=` on a page also keeps it in the cookie."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on in its language."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
        keeps = asked in i18n.LANGUAGES and scope["method"] == "GET" and not scope["path"].startswith("/api/")
        chosen = (
            asked
            if asked in i18n.LANGUAGES
            else cookies.language(cookies_of(headers), headers.get("accept-language", ""))
        )

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and keeps:
                MutableHeaders(scope=message).append("set-cookie", language_cookie(asked))
            await send(message)

        with i18n.speaking(chosen):
            await self.app(scope, receive, answer)


def cookies_of(headers: Headers) -> dict[str, str]:
    """Return the cookies of a request by name."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def language_cookie(chosen: str) -> str:
    """Return the Set-Cookie line that keeps a language for a year."""
    secure = "; Secure" if settings().secure else ""
    return f"{cookies.LANGUAGE}={chosen}; Path=/; Max-Age={cookies.YEAR}; SameSite=Lax{secure}"
