"""The access log: what was asked and how it went – by shortened addresses, without tokens, and never who voted when."""

from __future__ import annotations

import logging
import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import redaction
from pages.server.limits import Pace

log = logging.getLogger("glas.access")

# Asked by everybody all the time, or by nobody in particular.
DULL = ("/static/", "/assets/", "/healthz", "/favicon.png", "/_stcore/health", "/_stcore/host-config")
# Casting a ballot, asking whether it arrived, and the code of its receipt, which is drawn right afterwards.
VOTE = re.compile(r"/api/rounds/[^/]*/ballot|/api/receipt")
# Lines of all together: so many at once, then so many a second. A busy day of a town has less; who asks without a pause
# fills no disk.
PACE = Pace(at_once=3_000, per_second=20.0)
_left_out = 0
_WEBSOCKET = re.compile(r'^(?P<address>\S+) - "WebSocket (?P<path>[^"?]*)[^"]*"')


class AccessLog:
    """Writes one line a request to the logger `glas.access`."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`, and quiet the server's own log, which keeps whole addresses and everything behind the `?`."""
        self.app = app
        quiet()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it went."""
        if scope["type"] != "http" or not log.isEnabledFor(logging.INFO) or not noted(scope["path"]):
            return await self.app(scope, receive, send)
        began, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            if _written_down():
                took = (time.perf_counter() - began) * 1000
                who = redaction.of_address((scope.get("client") or ("",))[0])
                log.info("%s %s %s %s %.0f ms", who, scope["method"], redaction.of_path(scope["path"]), status, took)


def noted(path: str) -> bool:
    """Return whether a request to `path` may stand in the log: a vote never does."""
    return not path.startswith(DULL) and VOTE.search(path) is None


def _written_down() -> bool:
    """Return whether one more line may be written; how many were left out is said as soon as one may be again."""
    global _left_out
    if not PACE.allows("all"):
        _left_out += 1
        return False
    if _left_out:
        log.info("%s more lines like these were left out", _left_out)
        _left_out = 0
    return True


class _Shortened(logging.Filter):
    """Drops the server's lines on requests, and shortens those on websockets."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "uvicorn.access":
            return False
        # What is no HTTP is a warning, and strangers may send it without a pause.
        if record.levelno <= logging.WARNING and not _written_down():
            return False
        found = _WEBSOCKET.match(record.getMessage())
        if found:
            address = found["address"].rpartition(":")[0].strip("[]")
            path, rest = redaction.of_path(found["path"]), record.getMessage()[found.end() :]
            record.msg, record.args = (
                f'{redaction.of_address(address)} - "WebSocket {path}"{rest}',
                (),
            )
        return True


_SHORTENED = _Shortened()


def quiet() -> None:
    """Have the server's own loggers keep no whole address and nothing behind a `?`; our own log begins to write."""
    for name in ("uvicorn.access", "uvicorn.error"):
        # Adding the same filter again changes nothing.
        logging.getLogger(name).addFilter(_SHORTENED)
    if not log.handlers:
        written = logging.StreamHandler()
        written.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%d %H:%M"))
        log.addHandler(written)
        log.setLevel(logging.INFO)
        log.propagate = False
