"""The headers of every answer: what a browser may load, embed and remember. The websocket's handshake has them too."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import settings

# What begins an answer: HTTP, a websocket that is let in, one that is turned away.
STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})
# Everything a page could ask a device for, and nothing of it is needed here.
DEVICES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "usb",
)


class SecurityHeaders:
    """Puts the content security policy and its companions on every answer."""

    def __init__(self, app: ASGIApp, *, scripts: tuple[str, ...]) -> None:
        """Wrap `app`; `scripts` are the hashes of the inline scripts of the shell."""
        self.app = app
        self.headers = tuple((name.encode(), value.encode()) for name, value in every(scripts).items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of the answer."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)

        async def answer(message: Message) -> None:
            if message["type"] in STARTS:
                given = list(message.get("headers") or ())
                names = {name.lower() for name, _value in given}
                message["headers"] = given + [pair for pair in self.headers if pair[0] not in names]
            await send(message)

        return await self.app(scope, receive, answer)


def every(scripts: tuple[str, ...]) -> dict[str, str]:
    """Return the headers by name."""
    named = {
        "content-security-policy": policy(scripts),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": ", ".join(f"{name}=()" for name in DEVICES),
        "x-frame-options": "DENY",
    }
    if settings().secure:
        named["strict-transport-security"] = "max-age=31536000"
    return named


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
