"""The two protocols below all layers: what a connection may send before anything of it has been gathered or read.

uvicorn gathers a message before the app hears of it, and answers a ping by itself; so what counts frames, bytes and
seconds stands here. Files come by a door of their own (`upload_route`), so no message of a page is large.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Bytes of a message: of a guest – a page whose sign-in has run out is one, and a table of 120 rows in which every cell
# was typed into is 40 KB –, and of who is signed in. How many it may be is said where a websocket is let in.
MOST, MOST_OF_MEMBER = 64 * 1024, 256 * 1024
WIDTH = "glas.most"
# Bytes of messages that have begun and not ended, of all connections together.
MOST_OF_ALL = 16 * 1024 * 1024
# Seconds for a message to come; for the other side to read what was sent; for a request to begin.
PATIENCE, READS, BEGINS = 20.0, 30.0, 10.0
# Frames of a connection, pings and parts of messages included: so many at once, then so many a second.
FRAMES = (300, 30.0)
# So many bytes are looked at before the frames in them are counted.
SLICE = 4096
# Connections that have not asked for anything yet.
SILENT = 256
# Requests that wait on one connection for the answer to another; browsers and web servers in front send one at a time.
WAITING = 4
# Bytes of a request before its body; cookies and a long address are a tenth of it.
HEAD = 64 * 1024
# Parts of a body shorter than this are crumbs: so many of them may come, on the worst of lines.
CRUMB, CRUMBS = 128, 200

TOO_MANY, TOO_SLOW, TOO_MUCH = 1008, 1008, 1009

_gathering: dict[Frames, int] = {}
_silent: OrderedDict[Requests, None] = OrderedDict()


class Frames(WebSocketsSansIOProtocol):
    """A websocket whose frames are counted as they come, and whose messages have an end."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.left, self.counted_at = float(FRAMES[0]), self.loop.time()
        self.late: asyncio.TimerHandle | None = None
        self.unread: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Take what has come, in small slices: a frame costs six bytes, and many are taken in one go."""
        for start in range(0, len(data), SLICE):
            if self.transport.is_closing():
                return
            if self.close_sent:
                # Only the other side's farewell is waited for.
                self.left -= 20
                if self.left < 0:
                    return self.transport.abort()
            super().data_received(data[start : start + SLICE])
        self._weigh()

    async def send(self, message: Any) -> None:
        """Send what the app says; as it lets the websocket in, it also says how long a message may be."""
        if message["type"] == "websocket.accept":
            self.conn.max_message_size = message.get(WIDTH, MOST)
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            # uvicorn takes a websocket that was turned away for one that broke, and writes each one down.
            self.handshake_complete = True

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        if self.unread is not None:
            self.unread.cancel()
        super().connection_lost(exc)

    def handle_ping(self) -> None:
        if self._counted():
            super().handle_ping()

    def handle_pong(self, event: Any) -> None:
        if self._counted():
            super().handle_pong(event)

    def handle_cont(self, event: Any) -> None:
        if self._counted():
            super().handle_cont(event)

    def handle_text(self, event: Any) -> None:
        if self._counted():
            super().handle_text(event)

    def handle_bytes(self, event: Any) -> None:
        if self._counted():
            super().handle_bytes(event)

    def send_receive_event_to_app(self) -> None:
        # The next message has its own time.
        self._forget()
        super().send_receive_event_to_app()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread = self.loop.call_later(READS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.unread is not None:
            self.unread.cancel()

    def give_up(self, code: int, reason: str) -> None:
        """Close the connection, whatever the other side does."""
        self._forget()
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(code, reason)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.frames = []
        self.transport.close()
        # Who does not read would keep it open.
        self.loop.call_later(1.0, self.transport.abort)

    def unfinished(self) -> int:
        """Return how many bytes have come of a message that has not ended."""
        return len(self.conn.reader.buffer) + (self.conn.current_size or 0)

    def _counted(self) -> bool:
        """Count a frame, and return whether it may be taken."""
        if self.close_sent:
            return False
        now = self.loop.time()
        self.left = min(FRAMES[0], self.left + (now - self.counted_at) * FRAMES[1]) - 1
        self.counted_at = now
        if self.left < 0:
            self.give_up(TOO_MANY, "too many frames")
        return self.left >= 0

    def _weigh(self) -> None:
        """Note what has come of a message that has not ended; if all hold too much, whoever holds most is closed."""
        size = 0 if self.close_sent else self.unfinished()
        if not size:
            return self._forget()
        _gathering[self] = size
        if self.late is None:
            self.late = self.loop.call_later(PATIENCE, self.give_up, TOO_SLOW, "a message took too long")
        while sum(_gathering.values()) > MOST_OF_ALL:
            max(_gathering, key=_gathering.__getitem__).give_up(TOO_MUCH, "too much is unfinished")

    def _forget(self) -> None:
        _gathering.pop(self, None)
        if self.late is not None:
            self.late.cancel()
            self.late = None


def _host(connection: Requests) -> str:
    """Return from which address a connection came."""
    return connection.client[0] if connection.client else ""


class Requests(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """HTTP, as uvicorn speaks it, to whom a connection is lost that asks for nothing, or for much at once."""

    def connection_made(self, transport: Any) -> None:
        """Wait for a request; where too many are waited for, the oldest of whoever has most of them is given up."""
        super().connection_made(transport)
        self.head, self.crumbs = 0, 0
        self.app = self._unless_left
        self.quiet = False
        self.watch: asyncio.TimerHandle | None = self.loop.call_later(BEGINS, self._look)
        _silent[self] = None
        while len(_silent) > SILENT:
            crowd, _many = Counter(map(_host, _silent)).most_common(1)[0]
            oldest = next(each for each in _silent if _host(each) == crowd)
            del _silent[oldest]
            oldest.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what has come, in small slices: thousands of requests may be taken in one go."""
        for start in range(0, len(data), SLICE):
            part = data[start : start + SLICE]
            self.head += len(part)
            super().data_received(part)
            if self.head > HEAD or self.crumbs > CRUMBS or len(self.pipeline) > WAITING:
                self.pipeline.clear()
                self.transport.abort()
            if self.transport.is_closing() or self._is_websocket():
                break
        if self.cycle is not None or self._is_websocket():
            # As soon as it is a request, others are older.
            _silent.pop(self, None)

    def on_headers_complete(self) -> None:
        self.head = self.crumbs = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self.head = 0
        self.crumbs += len(body) < CRUMB
        if self.crumbs <= CRUMBS:
            super().on_body(body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and what it asked for that has not begun."""
        _silent.pop(self, None)
        if self.watch is not None:
            self.watch.cancel()
        self.pipeline.clear()
        super().connection_lost(exc)

    async def _unless_left(self, scope: Any, receive: Any, send: Any) -> None:
        """Have a request answered, unless whoever sent it has hung up, or been hung up on, in the same breath."""
        await asyncio.sleep(0)
        if self.transport.is_closing():
            receive.__self__.disconnected = True
        else:
            await self.config.loaded_app(scope, receive, send)

    def _look(self) -> None:
        """Give the connection up where nothing has been asked for twice in a row."""
        self.watch = None
        if self.transport.is_closing() or self._is_websocket():
            return
        asks = self.cycle is not None and not self.cycle.response_complete
        if self.quiet and not asks:
            return self.transport.abort()  # type: ignore[no-any-return]
        self.quiet = not asks
        self.watch = self.loop.call_later(BEGINS, self._look)

    def _is_websocket(self) -> bool:
        return self.transport.get_protocol() is not self
