"""Guests who would stop a vote: who ask without a pause or for what is not there, who only hold places, who say much at
once, who never finish a sentence.

Each of them comes again when she is thrown out. As a process of its own, which takes no time from who measures:
`python -m tests.helpers.rude_guests BASE flood=10 hold=300 unfinished=20`; when it is ended it prints what happened.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.helpers.paths import ROOT

# A second's pause before she comes again.
AGAIN = 0.5
# Seconds after which they go by themselves, should nobody end them.
LONGEST = 600
LARGE = 60 * 1024 * 1024
Told = Counter[str]


def asking(page: str = "") -> bytes:
    """Return the message that asks for a page."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = f"lang=bg&n={os.urandom(2).hex()}"
    return message.SerializeToString()


def states() -> bytes:
    """Return the state of a page with half a million widgets, as small as can be."""
    message = BackMsg()
    message.rerun_script.page_name = "vote"
    for _ in range(450_000):
        message.rerun_script.widget_states.widgets.add()
    return message.SerializeToString()


def names() -> bytes:
    """Return a message that asks Streamlit for the addresses of 2,500 files."""
    message = BackMsg()
    message.file_urls_request.file_names.extend(["a.png"] * 2_500)
    return message.SerializeToString()


def part() -> bytes:
    """Return a message that asks for a part that no page has."""
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.fragment_id = "vote", os.urandom(8).hex()
    return message.SerializeToString()


def connected(base: str, **more: object) -> websockets.connect:
    """Return a websocket of a browser of nobody."""
    return websockets.connect(
        base.replace("http", "ws", 1) + "/_stcore/stream", origin=base, subprotocols=["streamlit", "none"],
        compression=None, ping_interval=None, proxy=None, max_size=None, open_timeout=30, **more,
    )  # fmt: skip


async def flood(base: str, told: Told, pause: float = 0.0) -> None:
    """Ask for pages without waiting for any; `pause`: seconds between two."""
    async with connected(base) as socket:
        reading = asyncio.create_task(_read(socket, told, "hurry" if pause else "flood"))
        try:
            while True:
                for _ in range(1 if pause else 20):
                    await socket.send(asking("vote"))
                    told["asked"] += 1
                await asyncio.sleep(pause or 0.001)
        finally:
            reading.cancel()


async def hold(base: str, told: Told) -> None:
    """Open one page and then hold its place."""
    async with connected(base) as socket:
        await socket.send(asking())
        told["held"] += 1
        await _read(socket, told, "hold")


async def leave_unfinished(base: str, told: Told) -> None:
    """Begin a message of 60 MB, send nearly all of it, and never end it."""
    async with connected(base) as socket:
        transport = socket.transport
        transport.write(struct.pack("!BBQ", 0x82, 0xFF, LARGE) + b"\0\0\0\0")
        part = bytes(256 * 1024)
        for _ in range(LARGE // len(part) - 1):
            if transport.is_closing():
                break
            transport.write(part)
            told["unfinished KB"] += 256
            await asyncio.sleep(0.005)
            while not transport.is_closing() and transport.get_write_buffer_size() > 1024 * 1024:
                await asyncio.sleep(0.02)
        await _read(socket, told, "unfinished")


async def leave_parts_unfinished(base: str, told: Told) -> None:
    """Send a message in small parts that never end."""
    async with connected(base) as socket:
        head = b"\x02"
        while not socket.transport.is_closing():
            socket.transport.write(head + b"\xfe" + struct.pack("!H", 16_000) + bytes(4) + bytes(16_000))
            head = b"\x00"
            await asyncio.sleep(0.05)
        await _read(socket, told, "parts")


async def say(base: str, told: Told, kind: str, say: Callable[[], bytes], pause: float) -> None:
    """Say something again and again until she is hung up on."""
    async with connected(base) as socket:
        reading = asyncio.create_task(_read(socket, told, kind))
        try:
            while True:
                await socket.send(say())
                told[f"{kind} said"] += 1
                await asyncio.sleep(pause)
        finally:
            await asyncio.wait({reading}, timeout=5)
            reading.cancel()


async def ask(base: str, told: Told, kind: str, request: bytes) -> None:
    """Send something that is no websocket, and read until the connection is closed."""
    host, port = base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        answer = await reader.read()
        told[f"{kind} {answer[9:12].decode()}"] += 1
    except ConnectionError:
        told[f"{kind} cut"] += 1
    finally:
        writer.close()


async def knock(base: str, told: Told) -> None:
    """Connect and leave."""
    async with connected(base):
        told["knocked"] += 1


async def _read(socket: websockets.ClientConnection, told: Told, kind: str) -> None:
    try:
        async for _ in socket:
            pass
    finally:
        if socket.close_code is not None:
            told[f"{kind} closed {socket.close_code}"] += 1


async def _again_and_again(act: Callable[[], Coroutine[object, object, None]], told: Told) -> None:
    while True:
        try:
            await act()
        except websockets.InvalidStatus as refused:
            told[f"refused {refused.response.status_code}"] += 1
        except (OSError, websockets.WebSocketException, TimeoutError) as error:
            told[type(error).__name__] += 1
        await asyncio.sleep(AGAIN)


async def misbehave(base: str, **numbers: int) -> Told:
    """Do all of it until the process is told to end, and return what happened."""
    told, over = Told(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    kinds: dict[str, Callable[[], Coroutine[object, object, None]]] = {
        "flood": lambda: flood(base, told),
        "hurry": lambda: flood(base, told, 0.04),
        "hold": lambda: hold(base, told),
        "unfinished": lambda: leave_unfinished(base, told),
        "parts": lambda: leave_parts_unfinished(base, told),
        "states": lambda: say(base, told, "states", lambda: large, 0.02),
        "files": lambda: say(base, told, "files", lambda: listed, 0.02),
        "fragments": lambda: say(base, told, "fragments", part, 0.5),
        "pipeline": lambda: ask(base, told, "pipeline", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 10_000),
        "queries": lambda: ask(base, told, "queries", query),
        "knock": lambda: knock(base, told),
    }
    large, listed = states() if numbers.get("states") else b"", names()
    fields = "&".join(f"a{number}=1" for number in range(7_000))
    query = f"GET /vote?{fields} HTTP/1.1\r\nHost: {base[7:]}\r\nConnection: close\r\n\r\n".encode()
    tasks = [
        asyncio.create_task(_again_and_again(kinds[kind], told))
        for kind, number in numbers.items()
        for _ in range(number)
    ]
    with suppress(TimeoutError):
        await asyncio.wait_for(over.wait(), LONGEST)
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    return told


class Rude:
    """Rude guests in a process of their own, who can be held still and let go."""

    def __init__(self, base: str, **numbers: int) -> None:
        """Let so many of each kind at the server at `base`."""
        kinds = [f"{kind}={number}" for kind, number in numbers.items()]
        command = [sys.executable, "-m", "tests.helpers.rude_guests", base, *kinds]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Hold them still inside the block: what they hold they go on holding."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            time.sleep(0.5)  # what they have sent is worked off
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def stop(self) -> dict[str, int]:
        """End them and return what happened to them."""
        self.process.terminate()
        try:
            return dict(json.loads(self.process.communicate(timeout=60)[0]))
        finally:
            self.process.kill()


def compared(cast: Callable[[], object], rude: Rude, *, turns: int, each: int) -> tuple[list[float], list[float]]:
    """Return how many milliseconds votes took with the guests held still and with them at it, in turns, sorted.

    In turns, for a machine has moods, and both shall meet the same ones.
    """
    quiet, under = list[float](), list[float]()
    for _ in range(turns):
        with rude.still():
            quiet += [_took(cast) for _ in range(each)]
        time.sleep(0.3)
        under += [_took(cast) for _ in range(each)]
    return sorted(quiet), sorted(under)


def p95(sorted_times: list[float]) -> float:
    """Return what 95 of 100 stay below."""
    return sorted_times[int(len(sorted_times) * 0.95)]


def _took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    address, *counted = sys.argv[1:]
    wanted = {name: int(number) for name, _, number in (each.partition("=") for each in counted)}
    print(json.dumps(asyncio.run(misbehave(address, **wanted))))
