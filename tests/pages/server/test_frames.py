"""What comes before it has been gathered: frames are counted, messages have an end and a time, silence has one too."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from pages.server import frames, guard
from tests.helpers.aside import run

MEBIBYTE = 1024 * 1024
ASKED = (
    b"GET /_stcore/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Forget the connections of other tests."""
    frames._gathering.clear()
    frames._silent.clear()
    yield
    frames._gathering.clear()
    frames._silent.clear()


class Wire:
    """The other end of a connection."""

    def __init__(self, host: str = "") -> None:
        self.sent, self.closing, self.aborted, self.protocol = b"", False, False, None
        self.host = host

    def write(self, data: bytes) -> None:
        self.sent += data

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = self.aborted = True

    def is_closing(self) -> bool:
        return self.closing

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (self.host, 50_000) if name == "peername" and self.host else default

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Listen to a websocket and keep what it says in the scope's state."""
    await receive()
    await send({"type": "websocket.accept", **scope["state"]["lets"]})
    while (message := await receive())["type"] == "websocket.receive":
        scope["state"]["heard"].append(message["bytes"])


async def opened(heard: list[bytes] | None = None, *, most: int | None = MEBIBYTE) -> tuple[Any, Wire]:
    """Return a websocket that has shaken hands, and its other end; `most`: how long a message may be."""
    lets = {} if most is None else {frames.WIDTH: most}
    made = frames.Frames(settings(), ServerState(), {"heard": [] if heard is None else heard, "lets": lets})
    wire = Wire()
    made.connection_made(wire)  # type: ignore[arg-type]
    made.data_received(ASKED)
    for _ in range(5):
        await asyncio.sleep(0)
    assert b"101 Switching" in wire.sent
    return made, wire


def settings() -> uvicorn.Config:
    made = uvicorn.Config(app, log_config=None, ws=frames.Frames, http=frames.Requests, ws_max_size=frames.MOST)
    made.load()
    made.loaded_app = app
    return made


def frame(data: bytes, opcode: int = 2, *, fin: bool = True, says: int | None = None) -> bytes:
    length = len(data) if says is None else says
    return struct.pack("!BBQ", (0x80 if fin else 0) | opcode, 0xFF, length) + bytes(4) + data


def code(wire: Wire) -> int:
    """Return with which code the connection was closed, 0 where it was not."""
    told = wire.sent.partition(b"\r\n\r\n")[2]
    place = told.rfind(b"\x88")
    return struct.unpack("!H", told[place + 2 : place + 4])[0] if wire.closing and place >= 0 else 0


def shown(act: Callable[[], Awaitable[Any]]) -> Any:
    return run(act())  # type: ignore[arg-type]


def test_a_message_of_a_page_arrives_whole_and_in_parts():
    async def speak() -> list[bytes]:
        heard: list[bytes] = []
        made, _wire = await opened(heard)
        made.data_received(frame(b"x" * 100_000))
        made.data_received(frame(b"a", fin=False) + frame(b"b", 0, fin=False))
        made.data_received(frame(b"c", 0))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        made.connection_lost(None)
        return heard

    assert shown(speak) == [b"x" * 100_000, b"abc"]


def test_a_message_that_says_that_it_will_be_large_is_refused_before_it_comes():
    async def threaten() -> tuple[int, int]:
        made, wire = await opened()
        made.data_received(frame(b"x" * 1_000, says=60 * 1024 * 1024))
        return code(wire), made.unfinished()

    assert shown(threaten) == (1009, 0)


def test_so_is_one_that_becomes_large_in_parts():
    async def grow() -> tuple[int, bool]:
        made, wire = await opened()
        made.data_received(frame(b"x" * 500_000, fin=False))
        made.data_received(frame(b"x" * 500_000, 0, fin=False))
        before = wire.closing
        made.data_received(frame(b"x" * 500_000, 0, fin=False))
        return code(wire), before

    assert shown(grow) == (1009, False)


@pytest.mark.parametrize(
    "one",
    [frame(b"", 9), frame(b"", 10), frame(b""), frame(b"x", 1), frame(b"", fin=False) + frame(b"", 0, fin=False) * 20],
    ids=["pings", "pongs", "messages", "texts", "parts"],
)  # fmt: skip
def test_who_sends_frames_without_a_pause_is_hung_up_on_and_little_of_it_was_looked_at(one: bytes):
    async def flood() -> tuple[int, int, int]:
        made, wire = await opened()
        looked = 0
        counted = made._counted

        def count() -> bool:
            nonlocal looked
            looked += 1
            return counted()

        made._counted = count
        head, again = one[: len(one) // 21 or len(one)], one[len(one) // 21 :] or one
        made.data_received(head + (again if len(one) > 100 else one) * 20_000)
        return code(wire), looked, made.queue.qsize()

    told, looked, queued = shown(flood)

    assert told == 1008
    assert looked < 300 + 700 and queued < 310


def test_all_messages_that_have_not_ended_are_bounded_together_and_the_largest_goes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "MOST_OF_ALL", 1_000_000)

    async def gather() -> tuple[list[int], int, int]:
        small, phone = await opened()
        small.data_received(frame(b"x" * 4_000, says=5_000))
        rude = [await opened() for _ in range(20)]
        for number, (made, _wire) in enumerate(rude):
            made.data_received(frame(b"x" * (200_000 + number), says=900_000))
        held = sum(frames._gathering.values())
        told = [code(wire) for _made, wire in rude]
        for made, _wire in [*rude, (small, phone)]:
            made.connection_lost(None)
        return told, held, code(phone)

    told, held, phone = shown(gather)

    assert told.count(1009) == 16 and phone == 0
    assert held <= 1_000_000 and not frames._gathering


def test_control_without_that_bound_they_hold_as_much_as_they_send(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "MOST_OF_ALL", 10**12)

    async def gather() -> int:
        rude = [await opened() for _ in range(20)]
        for made, _wire in rude:
            made.data_received(frame(b"x" * 500_000, says=900_000))
        held = sum(frames._gathering.values())
        for made, _wire in rude:
            made.connection_lost(None)
        return held

    assert shown(gather) > 10_000_000 - 1_000


def test_a_message_has_so_long_to_come(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "PATIENCE", 0.05)

    async def dawdle() -> list[int]:
        slow, wire = await opened()
        quick, other = await opened()
        slow.data_received(frame(b"x", says=10))
        quick.data_received(frame(b"x", says=2))
        quick.data_received(b"x")
        for _ in range(6):
            await asyncio.sleep(0.03)
            if not wire.closing:
                slow.data_received(b"x")
        quick.connection_lost(None)
        return [code(wire), code(other)]

    assert shown(dawdle) == [1008, 0]


def test_who_does_not_read_is_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "READS", 0.02)

    async def stop() -> list[bool]:
        deaf, wire = await opened()
        slow, other = await opened()
        deaf.pause_writing()
        slow.pause_writing()
        slow.resume_writing()
        await asyncio.sleep(0.2)
        return [wire.aborted, other.aborted]

    assert shown(stop) == [True, False]


def test_who_connects_and_asks_for_nothing_is_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "BEGINS", 0.03)
    monkeypatch.setattr(frames, "SILENT", 3)

    async def say_nothing() -> tuple[list[bool], list[bool]]:
        wires = []
        for _ in range(5):
            made, wire = frames.Requests(settings(), ServerState(), {}), Wire()
            wire.protocol = made
            made.connection_made(wire)
            made.data_received(b"GET / HTTP/1.1\r\nHost: ")
            wires.append(wire)
        first = [wire.aborted for wire in wires]
        await asyncio.sleep(0.3)
        return first, [wire.aborted for wire in wires]

    assert shown(say_nothing) == ([True, True, False, False, False], [True] * 5)


def test_a_crowd_that_connects_takes_the_place_of_nobody_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "SILENT", 3)

    async def connect() -> list[bool]:
        wires = [Wire(host) for host in ("10.0.0.1", "10.0.0.9", "10.0.0.9", "10.0.0.9", "10.0.0.2", "10.0.0.9")]
        for wire in wires:
            wire.protocol = frames.Requests(settings(), ServerState(), {})
            wire.protocol.connection_made(wire)
        return [wire.aborted for wire in wires]

    assert shown(connect) == [False, True, True, True, False, False]


def test_a_message_of_a_guest_is_shorter_than_one_of_who_is_signed_in():
    async def speak() -> list[list[int]]:
        told = []
        for most in (None, frames.MOST_OF_MEMBER):
            codes = []
            for size in (40_000, 70_000, 270_000):
                made, wire = await opened(most=most)
                made.data_received(frame(b"x", says=size))
                codes.append(code(wire))
                made.connection_lost(None)
            told.append(codes)
        return told

    # 120 rows of a table, typed into from end to end, pass even where the sign-in has run out.
    assert shown(speak) == [[0, 1009, 1009], [0, 0, 1009]]


class Asked:
    """A connection that speaks HTTP, with an app that answers when it is let."""

    def __init__(self, patient: bool = False) -> None:
        self.begun, self.bodies, self.may = list[str](), list[int](), asyncio.Event()
        if not patient:
            self.may.set()
        given = settings()
        given.loaded_app = self.app  # type: ignore[assignment]
        self.made, self.wire = frames.Requests(given, ServerState(), {}), Wire()
        self.wire.protocol = self.made
        self.made.connection_made(self.wire)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun.append(scope["path"])
        size, more = 0, scope["method"] == "POST"
        while more:
            message = await receive()
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        self.bodies.append(size)
        await self.may.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    def say(self, *parts: bytes) -> None:
        for part in parts:
            self.made.data_received(part)

    async def settle(self) -> None:
        for _ in range(60):
            await asyncio.sleep(0)

    def over(self) -> None:
        self.may.set()
        self.made.connection_lost(None)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """Return the list to which every call of a method by the parser adds what it was given."""
    calls, method = list[Any](), getattr(frames.Requests, name)

    def called(self: frames.Requests, *given: Any) -> None:
        calls.append(given)
        method(self, *given)

    monkeypatch.setattr(frames.Requests, name, called)
    return calls


def many_at_once(monkeypatch: pytest.MonkeyPatch) -> tuple[bool, list[str], int]:
    """Return whether who asks 10,000 times in one go is hung up on, what was begun, and how many were looked at."""
    looked = counted(monkeypatch, "on_message_begin")

    async def ask() -> tuple[bool, list[str], int]:
        asked = Asked(patient=True)
        asked.say(get("/healthz") * 10_000)
        await asked.settle()
        told = (asked.wire.aborted, list(asked.begun), len(looked))
        asked.over()
        return told

    return run(ask())


def test_who_asks_without_waiting_for_answers_is_hung_up_on_and_little_of_it_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
):
    aborted, begun, looked = many_at_once(monkeypatch)

    assert (aborted, begun) == (True, [])
    assert looked < 200


def test_control_without_the_bound_all_of_it_waits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "WAITING", 10**9)

    assert many_at_once(monkeypatch) == (False, ["/healthz"], 10_000)


def test_a_few_that_come_together_are_answered_one_after_the_other():
    async def ask() -> tuple[int, list[str]]:
        asked = Asked()
        asked.say(b"".join(get(f"/{number}") for number in range(4)))
        await asked.settle()
        asked.over()
        return asked.wire.sent.count(b"200 OK"), asked.begun

    assert run(ask()) == (4, ["/0", "/1", "/2", "/3"])


def test_what_somebody_asked_for_who_has_hung_up_is_not_begun():
    async def leave() -> list[str]:
        asked = Asked()
        asked.say(get("/first") + get("/second"))
        asked.wire.close()
        asked.made.connection_lost(None)
        await asked.settle()
        return asked.begun

    assert run(leave()) == []


def one_letter_at_a_time(monkeypatch: pytest.MonkeyPatch) -> tuple[bool, int]:
    heard = counted(monkeypatch, "on_body")

    async def send() -> tuple[bool, int]:
        asked = Asked()
        asked.say(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 60_000)
        await asked.settle()
        told = (asked.wire.aborted, len(heard))
        asked.over()
        return told

    return run(send())


def test_a_body_in_crumbs_is_not_taken(monkeypatch: pytest.MonkeyPatch):
    aborted, heard = one_letter_at_a_time(monkeypatch)

    assert aborted
    assert heard < 1_000


def test_control_without_the_bound_every_crumb_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(frames, "CRUMBS", 10**9)

    assert one_letter_at_a_time(monkeypatch) == (False, 60_000)


def test_a_file_of_64_mb_and_a_slow_line_pass():
    async def send() -> tuple[bool, list[int]]:
        asked = Asked()
        part, times = bytes(256 * 1024), 256
        asked.say(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {len(part) * times}\r\n\r\n".encode())
        for _ in range(times):
            asked.say(part)
            await asyncio.sleep(0)
        await asked.settle()
        asked.say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 150\r\n\r\n", *[b"x"] * 150)
        await asked.settle()
        told = (asked.wire.aborted, asked.bodies)
        asked.over()
        return told

    assert run(send()) == (False, [64 * MEBIBYTE, 150])


@pytest.mark.parametrize(
    "endless",
    [b"X-Name: " + b"x" * 8_000 + b"\r\n", b"x" * 8_000],
    ids=["lines", "one line"],
)  # fmt: skip
def test_a_head_that_never_ends_is_not_gathered(endless: bytes):
    async def send() -> tuple[bool, bool]:
        asked = Asked()
        asked.say(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: ", b"y" * 16_000 + b"\r\n")
        before = asked.wire.aborted
        asked.say(*[endless] * 10)
        told = (before, asked.wire.aborted)
        asked.made.connection_lost(None)
        return told

    assert run(send()) == (False, True)


def turned_away(caplog: pytest.LogCaptureFixture) -> tuple[bytes, str]:
    """Return what a websocket hears that is turned away, and what is written down of it."""

    async def knock() -> bytes:
        given = settings()
        given.loaded_app = guard.turn_away(429, "too_many")
        made, wire = frames.Frames(given, ServerState(), {}), Wire()
        made.connection_made(wire)  # type: ignore[arg-type]
        made.data_received(ASKED)
        for _ in range(5):
            await asyncio.sleep(0)
        made.connection_lost(None)
        return wire.sent

    with caplog.at_level("ERROR"):
        heard = run(knock())
    return heard[:12], caplog.text


def test_a_websocket_that_is_turned_away_is_told_so_and_no_error(caplog: pytest.LogCaptureFixture):
    assert turned_away(caplog) == (b"HTTP/1.1 429", "")


def test_control_uvicorn_takes_it_for_one(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(frames.Frames, "send")

    assert "without completing handshake" in turned_away(caplog)[1]
