"""What comes before it has been gathered: frames are counted, messages have an end and a time, silence has one too."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from pages.server import frames
from tests.helpers.aside import run

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

    def __init__(self) -> None:
        self.sent, self.closing, self.aborted, self.protocol = b"", False, False, None

    def write(self, data: bytes) -> None:
        self.sent += data

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = self.aborted = True

    def is_closing(self) -> bool:
        return self.closing

    def get_extra_info(self, _name: str, default: Any = None) -> Any:
        return default

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Listen to a websocket and keep what it says in the scope's state."""
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        scope["state"]["heard"].append(message["bytes"])


async def opened(heard: list[bytes] | None = None) -> tuple[Any, Wire]:
    """Return a websocket that has shaken hands, and its other end."""
    made = frames.Frames(settings(), ServerState(), {"heard": [] if heard is None else heard})
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
