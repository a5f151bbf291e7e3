"""How much may be sent at once, and how often from one address. A school shares one, so the pace is loose."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from threading import Lock

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.parts.uploads import MOST as LARGEST_FILE
from pages.server.guard import turn_away

# Bytes of a body; what stands in no line has a form's few hundred bytes.
SMALL = 64 * 1024

SIZES = (("/api/upload", LARGEST_FILE + 1024),)

# Digits of a length that is said; more cannot be read as a number.
DIGITS = 12

# Seconds for a body to come: on a slow phone a form takes a few.
SLOW, SLOW_FILE = 60.0, 600.0

READS = frozenset({"GET", "HEAD", "OPTIONS"})

# Files in memory, which every page asks for by the dozen.
FILES = ("/static/", "/assets/", "/favicon.png")

# Reading that costs much: plain pages, protocols, open data, bundles, exports, and proofs of the board.
DEAR = re.compile(r"/plain|/sitemap\.xml|/open/|/log/|/rounds/[^/]*/[^/]*bundle\.zip|/account/export\.json")


class TooLong(Exception):
    """A body is longer than it said or than it may be."""


class Sizes:
    """Refuses bodies that are too long: at once by what they say, else as soon as too much has come."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http" or scope["method"] in READS:
            return await self.app(scope, receive, send)
        most = next((size for path, size in SIZES if scope["path"] == path), SMALL)
        said = Headers(scope=scope).get("content-length", "0")
        if not said.isascii() or not said.isdecimal() or len(said) > DIGITS or int(said) > most:
            return await _refused(scope, receive, send)
        come, begun, whole, until = 0, False, False, time.monotonic() + (SLOW if most == SMALL else SLOW_FILE)

        async def measured() -> Message:
            nonlocal come, whole
            if whole:
                return await receive()
            async with asyncio.timeout(until - time.monotonic()):
                message = await receive()
            come, whole = come + len(message.get("body", b"")), not message.get("more_body", False)
            if come > most:
                raise TooLong
            return message

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, measured, answer)
        except TooLong:
            if not begun:
                await _refused(scope, receive, send)
        except TimeoutError:
            if whole or begun:
                raise
            await turn_away(408, "too_slow", {"connection": "close"})(scope, receive, send)


async def _refused(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"error": "too_long"}, 413, headers={"cache-control": "no-store", "connection": "close"})(
        scope, receive, send
    )


class Paced:
    """Lets every address send requests of one kind at a pace that a full classroom does not reach."""

    def __init__(
        self, app: ASGIApp, *, counts: Callable[[Scope], bool] | None = None, at_once: int = 600,
        per_second: float = 20.0,
    ) -> None:  # fmt: skip
        """Wrap `app`: `at_once` requests in one go, then `per_second`, of those that `counts` picks."""
        self.app, self.counts = app, counts or changes
        self.pace = Pace(at_once=at_once, per_second=per_second)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if not self.counts(scope) or self.allows((scope.get("client") or ("",))[0]):
            return await self.app(scope, receive, send)
        # With the connection goes whatever else waits on it.
        return await turn_away(429, "too_many", {"retry-after": "5", "connection": "close"})(scope, receive, send)

    def allows(self, address: str, now: float | None = None) -> bool:
        """Return whether one more request from `address` may pass, and count it."""
        name = origin_of(address)
        return name is None or self.pace.allows(name, now)


def changes(scope: Scope) -> bool:
    """Return whether a request changes something."""
    return scope["type"] == "http" and scope["method"] not in READS


def opens(scope: Scope) -> bool:
    """Return whether a request opens a websocket."""
    return scope["type"] == "websocket"


def reads(scope: Scope) -> bool:
    """Return whether a request reads anything but a file in memory."""
    return scope["type"] == "http" and scope["method"] in READS and not scope["path"].startswith(FILES)


def is_dear(scope: Scope) -> bool:
    """Return whether a request reads what costs much."""
    return scope["type"] == "http" and DEAR.match(scope["path"]) is not None


def origin_of(address: str) -> str | None:
    """Return what is counted as one: an IPv4 address, an IPv6 network of 64 bits; None for this computer.

    What comes from this computer comes from a proxy that hides who asked; to count it as one would stop a whole town.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return None
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


class Pace:
    """A bucket of tries for each asker, which fills up again while she rests."""

    def __init__(self, *, at_once: int, per_second: float, most: int = 20_000) -> None:
        """Allow `at_once` tries in one go, then `per_second`. At most `most` askers are remembered."""
        self.at_once, self.per_second, self.most = at_once, per_second, most
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def allows(self, who: str, now: float | None = None, *, weight: int = 1) -> bool:
        """Return whether `who` may ask once more, and count it as `weight`. `now`: of a clock that only goes on."""
        at = time.monotonic() if now is None else now
        with self._lock:
            left, then = self._seen.pop(who, (float(self.at_once), at))
            left = min(self.at_once, left + (at - then) * self.per_second)
            self._seen[who] = (left - weight if left >= weight else left, at)
            while len(self._seen) > self.most:
                self._seen.popitem(last=False)
        return left >= weight

    def forget(self) -> None:
        """Forget who asked, for tests."""
        self._seen.clear()
