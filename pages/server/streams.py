"""The websockets of open pages: counted, paced and queued before Streamlit sees what they say.

Every message that asks for a page costs twenty milliseconds of a processor, and Streamlit takes all that come. Here
each open page has one page made at a time and, of those that overtake each other, the newest; what was pressed is never
dropped. All of them go through the turnstile. Who sends faster than any hand, or more than any page, is disconnected.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.server import asker, border, frames, lanes
from pages.server.guard import turn_away
from pages.server.limits import Pace, origin_of
from pages.server.rooms import Rooms
from pages.server.turnstile import HUNG_UP, Turn, Turnstile

# Messages of one open page: a hand that plays with a slider sends five a second.
OF_ONE = (60, 10.0)  # at once, then a second
# … of all open pages of a person, and of all guests of a network: a school is one.
OF_PERSON = (240, 20.0)
OF_NETWORK = (900, 60.0)
# Guests who connect, from a network or from who knows where: a town that was told to look now.
CONNECTING = (400, 60.0)
# What was pressed on one page and waits; nobody has more fingers.
WAITING = 20
# A message this long counts as two, also for its person and its network.
LONG = 16 * 1024
# Widgets, and kept pieces of pages, that one message may tell of: a page of ours has some dozens.
WIDGETS = 500
# Pages made at once: for guests, and for who is signed in.
GUESTS, MEMBERS = 2, 2
# Pages made for one open page of a guest and of who is signed in; more of them wait, and the newest is made.
PAGES_OF_GUEST, PAGES_OF_MEMBER = (12, 1.5), (24, 4.0)

# What the page says to Streamlit; anything else is for developers.
RERUN, STOP = "rerun_script", "stop_script"
PASSED = frozenset({RERUN, STOP, "app_heartbeat"})
# What a widget says once and not again: that it was pressed.
PRESSED = frozenset({"trigger_value", "string_trigger_value", "chat_input_value", "json_trigger_value"})
# A message that says that a page has been made, or which of its parts asks by itself, is no longer than this.
SHORT = 400
FINISHED_EARLY = 2  # ForwardMsg.ScriptFinishedStatus: another run follows at once

TOO_MANY, MAKE_ROOM, UNREADABLE, TOO_MUCH = 1008, 1013, 1003, 1009


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that asks for a page; `again`: by itself, as a live page does; `pressed`: of which nothing is lost."""

    message: Message
    fragment: str
    pressed: bool
    again: bool


class Bucket:
    """The pace of one open page: so many at once, then so many a second."""

    def __init__(self, at_once: int, per_second: float) -> None:
        self.at_once, self.per_second = at_once, per_second
        self.left, self.at = float(at_once), time.monotonic()

    def take(self, weight: float = 1.0) -> bool:
        """Return whether one more may come, and count it."""
        now = time.monotonic()
        self.left, self.at = min(self.at_once, self.left + (now - self.at) * self.per_second), now
        if self.left < weight:
            return False
        self.left -= weight
        return True

    def wait(self) -> float:
        """Return after how many seconds one more may come."""
        return max(0.0, (1.0 - self.left) / self.per_second)


class Stream:
    """One open page: between the browser and Streamlit."""

    def __init__(self, layer: Streams, send: Send, *, person: int | None, network: str | None) -> None:
        self.layer, self.person, self.network, self.used = layer, person, network, time.monotonic()
        # Networks take turns, and in a network who asked first: hundreds from one keep no class in another waiting.
        self.lane = f"person {person}" if person is not None else network or ""
        self.most = frames.MOST if person is None else frames.MOST_OF_MEMBER
        self.turnstile = layer.guests if person is None else layer.members
        self.said = Bucket(*OF_ONE)
        self.made = Bucket(*(PAGES_OF_GUEST if person is None else PAGES_OF_MEMBER))
        self.closed, self.stuck = False, False
        self.later: asyncio.TimerHandle | None = None
        self.turn: Turn | None = None
        self.waiting: deque[Asked] = deque()
        # The parts of this page that may ask for themselves.
        self.parts: set[str] = set()
        self._send, self._ready, self._some = send, deque[Message](), asyncio.Event()
        self._closing: asyncio.Task[None] | None = None

    async def listen(self, receive: Receive) -> None:
        """Take what the browser says until it hangs up or is hung up on."""
        while not self.closed:
            message = await receive()
            if message["type"] == "websocket.receive":
                self.take(message)
            else:
                self._hand_on(message)
            if message["type"] == "websocket.disconnect":
                return self.hang_up(message)

    async def receive(self) -> Message:
        """Return the next thing that Streamlit is told."""
        while not self._ready:
            self._some.clear()
            await self._some.wait()
        return self._ready.popleft()

    async def send(self, message: Message) -> None:
        """Pass on what Streamlit says, and hear from it when a page has been made."""
        if self.closed:
            return
        if message["type"] == "websocket.accept":
            message = {**message, frames.WIDTH: self.most}
        self.stuck = True
        await self._send(message)
        self.stuck = False
        if message["type"] == "websocket.close":
            self.hang_up({"type": "websocket.disconnect", "code": message.get("code", 1000)})
        else:
            self._hear(message)
        self._ask()

    def take(self, message: Message) -> None:
        """Count a message; hand it on, let it wait its turn, or drop it."""
        data = message.get("bytes")
        if data is None:
            return self._close(UNREADABLE, "not text")
        if not self.layer.allows(self, 1 + len(data) // LONG):
            return self._close(TOO_MANY, "too many messages")
        if len(data) > self.most:
            return self._close(TOO_MUCH, "a message is too long")
        self.used = time.monotonic()
        kind, asked = read(message)
        if kind == RERUN:
            if asked is None:
                return self._close(TOO_MUCH, "a message holds too much")
            if self._queue(asked):
                return self._ask()
            return self._close(TOO_MANY, "too much waits")
        if kind == "":
            # Streamlit would log all of it.
            return self._close(UNREADABLE, "not a message")
        if kind in PASSED:
            self._hand_on(message)

    def put_out(self) -> None:
        """Close this page for others; its browser connects anew when somebody looks at it."""
        self._close(MAKE_ROOM, "others need the room")

    def hang_up(self, message: Message) -> None:
        """Tell Streamlit that it is over, and nothing else: what still waits was asked for by somebody who left."""
        self.closed = True
        self.waiting.clear()
        self._ready = deque(each for each in self._ready if each["type"] == "websocket.connect")
        self._hand_on(message)
        if self.later is not None:
            self.later.cancel()
        if self.turn is not None:
            self.turnstile.over(self.turn, after=HUNG_UP)
            self.turn = None

    def _queue(self, asked: Asked) -> bool:
        """Put a message where it waits; return False where too much waits."""
        if self.waiting:
            last = self.waiting[-1]
            if asked.again:
                return True  # what waits draws the page anew, and it asks again
            if not last.pressed and asked.fragment == last.fragment:
                self.waiting.pop()  # overtaken: the newer one tells the state of every widget
        self.waiting.append(asked)
        return len(self.waiting) <= WAITING

    def _ask(self) -> None:
        """Ask for a turn where a message waits and no page is being made, nor one being sent to who does not read."""
        if not self.waiting or self.closed or self.stuck or self.turn is not None or self.later is not None:
            return
        if self.made.take():
            self.turn = self.turnstile.ask(self.lane, self._begin, self._ended)
        else:
            self.later = asyncio.get_running_loop().call_later(self.made.wait(), self._rested)

    def _rested(self) -> None:
        self.later = None
        self._ask()

    def _ended(self) -> None:
        """Go on where the page that is being made takes long: the next message may interrupt it."""
        self.turn = None
        self._ask()

    def _begin(self) -> None:
        asked = self.waiting.popleft()
        if asked.fragment in self.parts:
            return self._hand_on(asked.message)
        self.parts.clear()
        # Streamlit passes over a part that it does not know, and nobody would hear that the turn is over.
        self._hand_on(whole(asked.message) if asked.fragment else asked.message)

    def _hear(self, message: Message) -> None:
        """Hear from Streamlit that a page has been made, and which parts of it may ask for themselves."""
        data = message.get("bytes")
        if data is None or len(data) > SHORT:
            return
        told = ForwardMsg.FromString(data)
        kind = told.WhichOneof("type")
        if kind == "auto_rerun":
            self.parts.add(told.auto_rerun.fragment_id)
        elif kind == "script_finished" and told.script_finished == FINISHED_EARLY:
            self.parts.clear()
        elif kind == "script_finished" and self.turn is not None and not self.turn.waits:
            self.turnstile.over(self.turn)
            self.turn = None

    def _hand_on(self, message: Message) -> None:
        self._ready.append(message)
        self._some.set()

    def _close(self, code: int, reason: str) -> None:
        if not self.closed:
            self.hang_up({"type": "websocket.disconnect", "code": code})
            closing = {"type": "websocket.close", "code": code, "reason": reason}
            self._closing = asyncio.ensure_future(self._send(closing))
            self._closing.add_done_callback(lambda done: done.cancelled() or done.exception())


class Streams:
    """The layer that all websockets pass."""

    def __init__(self, app: ASGIApp, *, rooms: Rooms | None = None) -> None:
        """Wrap `app`; `rooms`: for how many there is room."""
        self.app, self.rooms = app, rooms or Rooms()
        self.guests, self.members = Turnstile(GUESTS), Turnstile(MEMBERS)
        self.people = Pace(at_once=OF_PERSON[0], per_second=OF_PERSON[1])
        self.networks = Pace(at_once=OF_NETWORK[0], per_second=OF_NETWORK[1])
        self.connecting = Pace(at_once=CONNECTING[0], per_second=CONNECTING[1])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a websocket on where there is room for it, or answer 503."""
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)
        person = await lanes.ARRIVALS.run(_person, HTTPConnection(scope))
        stream = Stream(self, send, person=person, network=origin_of((scope.get("client") or ("",))[0]))
        if not ((person is not None or self.connecting.allows(stream.network or "")) and self.rooms.enter(stream)):
            return await turn_away(503, "busy", {"retry-after": "5"})(scope, receive, send)
        listening = asyncio.create_task(stream.listen(receive))
        try:
            await self.app(scope, stream.receive, stream.send)
        finally:
            listening.cancel()
            self.rooms.leave(stream)
            if not stream.closed:
                stream.hang_up({"type": "websocket.disconnect", "code": 1000})

    def allows(self, stream: Stream, weight: int) -> bool:
        """Return whether one more message may come: by its page, its person and its network.

        Where a network sends too much, whoever was quiet there is heard all the same.
        """
        if not stream.said.take(weight):
            return False
        if stream.person is not None:
            return self.people.allows(str(stream.person), weight=weight)
        if stream.network is None or self.networks.allows(stream.network, weight=weight):
            return True
        return stream.said.left >= OF_ONE[0] / 2


def read(message: Message) -> tuple[str, Asked | None]:
    """Return of which kind a message of the page is, "" where it says nothing; and clean what asks for a page.

    That is None where it holds more than any page tells.
    """
    told = BackMsg()
    try:
        told.ParseFromString(message.get("bytes") or b"")
    except DecodeError:
        return "", None
    kind = told.WhichOneof("type") or ""
    if kind != RERUN:
        return kind, None
    asked, sent = told.rerun_script, message
    # Counted before anything is walked through, which costs a hundred times more.
    if len(asked.widget_states.widgets) + len(asked.cached_message_hashes) > WIDGETS or border.long(asked.query_string):
        return kind, None
    try:
        if border.doubtful(message["bytes"]) and border.wash(told):
            sent = {**message, "bytes": told.SerializeToString()}
    except border.TooMuch:
        return kind, None
    pressed = any(widget.WhichOneof("value") in PRESSED for widget in asked.widget_states.widgets)
    return kind, Asked(sent, asked.fragment_id, pressed, asked.is_auto_rerun)


def whole(message: Message) -> Message:
    """Return a message that asks for a part of a page as one that asks for all of it."""
    told = BackMsg.FromString(message["bytes"])
    told.rerun_script.fragment_id, told.rerun_script.is_auto_rerun = "", False
    return {**message, "bytes": told.SerializeToString()}


def _person(request: HTTPConnection) -> int | None:
    """Return who opens a page; a guest where that cannot be found out."""
    try:
        actor = asker.look_up(request)
    except Exception:  # noqa: BLE001 - the page will tell what broke; here it only is a guest's
        return None
    return None if actor is None else actor.person_id
