"""Websockets of pages: of a burst the newest is made, what was pressed is never lost, who floods is hung up on."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core import clock, store
from core.people import sessions
from pages.server import border, limits, rooms, streams
from pages.server.rooms import Rooms
from tests.helpers.aside import run
from tests.helpers.worlds import Town

FINISHED = {"type": "websocket.send", "bytes": ForwardMsg(script_finished=0).SerializeToString()}
# What Streamlit's own uploads ask for, and tables that come in pieces.
FILES, TABLE = BackMsg(), BackMsg()
FILES.file_urls_request.file_names.extend(["a.png"] * 2_500)
TABLE.backend_operation_request.request_id = "a"


@pytest.fixture
def database(sqlite_database: str) -> str:
    """Settle for SQLite: websockets lie before the database."""
    return sqlite_database


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Have the clock of the pace stand still: a slow machine is no patient guest."""
    held = SimpleNamespace(now=1_000.0)
    held.monotonic = lambda: held.now
    for module in (streams, rooms, limits):
        monkeypatch.setattr(module, "time", held)
    return held


def asking(name: str, *, pressed: str = "", fragment: str = "", again: bool = False) -> Message:
    told = BackMsg()
    told.rerun_script.page_name, told.rerun_script.fragment_id = name, fragment
    told.rerun_script.is_auto_rerun = again
    if pressed:
        told.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
    return {"type": "websocket.receive", "bytes": told.SerializeToString()}


class Page:
    """An open page with a browser that says what it is told to, and a Streamlit that writes down what it hears."""

    def __init__(self, layer: streams.Streams, cookie: str = "", address: str = "192.0.2.7") -> None:
        self.layer, self.said, self.heard, self.told = layer, asyncio.Queue[Message](), list[str](), list[Message]()
        headers = [(b"cookie", cookie.encode())] if cookie else []
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers, "client": (address, 1)}
        scope |= {"extensions": {"websocket.http.response": {}}, "page": self}
        self.say({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(layer(scope, self.said.get, self._send))

    def say(self, *messages: Message) -> None:
        for message in messages:
            self.said.put_nowait(message)

    async def settle(self) -> None:
        for _ in range(30):
            await asyncio.sleep(0)

    async def finish(self) -> None:
        """Let Streamlit say that the page has been made."""
        await self.answer(FINISHED)
        await self.settle()

    async def _send(self, message: Message) -> None:
        self.told.append(message)

    def codes(self) -> list[int]:
        return [each.get("code", each.get("status")) for each in self.told if "code" in each or "status" in each]


async def streamlit(scope: Any, receive: Any, send: Any) -> None:
    """Listen as Streamlit does, and write down what is asked for."""
    page = scope["page"]
    page.answer = send
    while (message := await receive())["type"] != "websocket.disconnect":
        if "bytes" in message:
            told = BackMsg.FromString(message["bytes"])
            pressed = "".join(widget.id for widget in told.rerun_script.widget_states.widgets)
            page.heard.append(pressed or told.rerun_script.page_name or str(told.WhichOneof("type")))
    page.heard.append("gone")


class Site:
    """The layer with a Streamlit behind it."""

    def __init__(self, room: Rooms | None = None) -> None:
        self.layer = streams.Streams(streamlit, rooms=room or Rooms(100))

    async def open(self, cookie: str = "", address: str = "192.0.2.7") -> Page:
        page = Page(self.layer, cookie, address)
        for _ in range(200):
            await asyncio.sleep(0.005)
            if hasattr(page, "answer") or page.task.done():
                break
        return page


def test_of_reruns_that_overtake_each_other_the_newest_is_made():
    async def burst() -> list[str]:
        page = await Site().open()
        page.say(*(asking(str(number)) for number in range(40)))
        await page.settle()
        await page.finish()
        await page.finish()
        return page.heard

    assert run(burst()) == ["0", "39"]


def test_what_was_pressed_is_never_lost_and_keeps_its_order():
    async def burst() -> list[str]:
        page = await Site().open()
        for number in range(6):
            page.say(asking("typed"), asking("typed"), asking("", pressed=f"button {number}"))
        await page.settle()
        for _ in range(20):
            await page.finish()
        return [each for each in page.heard if each.startswith("button")]

    assert run(burst()) == [f"button {number}" for number in range(6)]


def test_a_part_of_a_page_does_not_overtake_another_part_and_what_asks_by_itself_waits_for_its_next_time():
    async def burst() -> list[str]:
        page = await Site().open()
        page.say(asking("first"), asking("left", fragment="l"), asking("right", fragment="r"))
        page.say(asking("live", fragment="f", again=True), asking("newest right", fragment="r"))
        await page.settle()
        for _ in range(5):
            await page.finish()
        return page.heard

    assert run(burst()) == ["first", "left", "newest right"]


def flooded(monkeypatch: pytest.MonkeyPatch | None = None) -> tuple[list[int], int]:
    """Return with which codes a flood is hung up on, and how many pages were made for it."""
    if monkeypatch is not None:
        monkeypatch.setattr(streams.Streams, "allows", lambda *_: True)

    async def flood() -> tuple[list[int], int]:
        page = await Site().open()
        page.say(*(asking(str(number)) for number in range(500)))
        await page.settle()
        while page.said.qsize() and not page.codes():
            await page.finish()
        await page.settle()
        return page.codes(), len([each for each in page.heard if each != "gone"])

    return run(flood())


def test_who_floods_is_hung_up_on_and_has_had_next_to_nothing():
    codes, made = flooded()

    assert codes == [1008]
    assert made <= 13


def test_control_without_the_count_nobody_is_hung_up_on(monkeypatch: pytest.MonkeyPatch):
    codes, _made = flooded(monkeypatch)

    assert codes == []


def test_who_has_hung_up_has_no_page_made_any_more():
    async def leave() -> list[str]:
        page = await Site().open()
        page.say(*(asking("", pressed=str(number)) for number in range(15)), {"type": "websocket.disconnect"})
        await page.settle()
        await asyncio.wait_for(page.task, 5)
        return page.heard

    assert run(leave()) in (["gone"], ["0", "gone"])


def test_more_presses_than_fingers_end_it():
    async def press() -> list[int]:
        page = await Site().open()
        page.say(*(asking("", pressed=str(number)) for number in range(40)))
        await page.settle()
        return page.codes()

    assert run(press()) == [1008]


@pytest.mark.parametrize(
    ("message", "codes", "heard"),
    [
        ({"type": "websocket.receive", "text": "hello"}, [1003], ["gone"]),
        ({"type": "websocket.receive", "bytes": b"\xff\xff"}, [1003], ["gone"]),
        ({"type": "websocket.receive", "bytes": b""}, [1003], ["gone"]),
        ({"type": "websocket.receive", "bytes": BackMsg(clear_cache=True).SerializeToString()}, [], []),
        ({"type": "websocket.receive", "bytes": BackMsg(load_git_info=True).SerializeToString()}, [], []),
        ({"type": "websocket.receive", "bytes": FILES.SerializeToString()}, [], []),
        ({"type": "websocket.receive", "bytes": TABLE.SerializeToString()}, [], []),
        ({"type": "websocket.receive", "bytes": BackMsg(stop_script=True).SerializeToString()}, [], ["stop_script"]),
    ],
)
def test_what_no_page_says_is_not_passed_on(message: Message, codes: list[int], heard: list[str]):
    async def say() -> tuple[list[int], list[str]]:
        page = await Site().open()
        page.say(message)
        await page.settle()
        return page.codes(), page.heard

    assert run(say()) == (codes, heard)


def test_a_page_that_takes_long_is_interrupted_by_the_next_click(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pages.server.turnstile.LONGEST", 0.05)

    async def click() -> list[str]:
        page = await Site().open()
        page.say(asking("slow"), asking("", pressed="stop it"))
        await asyncio.sleep(0.3)
        return page.heard

    assert run(click()) == ["slow", "stop it"]


def test_of_guests_two_pages_are_made_at_once_and_who_is_signed_in_waits_for_none_of_them(town: Town):
    with store.transaction() as session:
        cookie = f"glas={sessions.open_session(session, town.resident, at=clock.now())}"

    async def many() -> tuple[int, list[str]]:
        site = Site()
        guests = [await site.open(address=f"192.0.2.{number}") for number in range(8)]
        for guest in guests:
            guest.say(asking("home"))
        await guests[0].settle()
        member = await site.open(cookie)
        member.say(asking("vote"))
        await member.settle()
        return sum(len(guest.heard) for guest in guests), member.heard

    assert run(many()) == (2, ["vote"])


def test_a_crowd_from_one_network_keeps_only_its_own_waiting():
    async def crowd() -> list[str]:
        site = Site()
        rude = [await site.open(address="198.51.100.1") for _ in range(30)]
        for each in rude:
            each.say(asking("home"))
        await rude[0].settle()
        pupil = await site.open(address="203.0.113.5")
        pupil.say(asking("vote"))
        await pupil.settle()
        assert pupil.heard == []
        for each in [each for each in rude if each.heard]:
            await each.finish()
        return pupil.heard

    assert run(crowd()) == ["vote"]


def test_a_made_up_sign_in_is_a_guest(town: Town):
    assert town

    async def knock() -> list[int]:
        site = Site(Rooms(4))
        return [code for _ in range(5) for code in (await site.open("glas=" + "x" * 43)).codes()]

    # A quarter of the room is kept for who is signed in.
    assert run(knock()) == [503, 503]


def test_who_was_quiet_in_a_network_that_sends_too_much_is_heard_all_the_same():
    async def speak() -> tuple[list[int], list[int], list[str]]:
        site = Site()
        site.layer.networks = limits.Pace(at_once=20, per_second=0.0)
        quiet, loud = await site.open(), await site.open()
        loud.say(*(asking(str(number)) for number in range(35)))
        await loud.settle()
        quiet.say(asking("vote"))
        await quiet.settle()
        return loud.codes(), quiet.codes(), quiet.heard

    # The loud one was hung up on as soon as half of what it may say was said.
    assert run(speak()) == ([1008], [], ["vote"])


def test_a_person_has_one_pace_for_all_her_pages(town: Town):
    with store.transaction() as session:
        cookie = f"glas={sessions.open_session(session, town.resident, at=clock.now())}"

    async def speak() -> list[int]:
        site = Site()
        site.layer.people = limits.Pace(at_once=100, per_second=0.0)
        pages = [await site.open(cookie) for _ in range(5)]
        for page in pages:
            page.say(*(asking(str(number)) for number in range(30)))
            await page.settle()
        return [len(page.codes()) for page in pages]

    assert run(speak()) == [0, 0, 0, 1, 1]


def test_a_class_of_thirty_clicks_and_a_phone_comes_again_and_again_and_nobody_is_refused(still: SimpleNamespace):
    """Thirty behind one address open, click twenty times and change their choices; a phone in a tunnel reconnects."""

    async def lesson() -> tuple[list[int], int]:
        site, codes, made = Site(Rooms(200)), list[int](), 0
        pupils = [await site.open() for _ in range(30)]
        for second in range(20):
            still.now += 3.0
            for pupil in pupils:
                pupil.say(asking(str(second)), asking("", pressed=f"{second}"))
            phone = await site.open()
            phone.say(asking("vote"))
            for _ in range(4):
                for pupil in pupils:
                    await pupil.finish() if pupil.heard else await pupil.settle()
            await phone.settle()
            phone.say({"type": "websocket.disconnect"})
            codes += phone.codes()
            # A turn of somebody who has hung up is over after a moment.
            for turn in tuple(site.layer.guests.had):
                site.layer.guests.over(turn)
        for pupil in pupils:
            for _ in range(60):
                await pupil.finish()
        made = min(len([each for each in pupil.heard if each == str(second)]) for pupil in pupils for second in [19])
        return codes + [code for pupil in pupils for code in pupil.codes()], made

    codes, made = run(lesson())

    assert codes == []
    assert made >= 1


def state(widgets: int = 0, **more: Any) -> Message:
    """Return a message that tells of so many widgets, as small as can be."""
    told = BackMsg()
    told.rerun_script.page_name = "vote"
    for _ in range(widgets):
        told.rerun_script.widget_states.widgets.add(**more)
    return {"type": "websocket.receive", "bytes": told.SerializeToString()}


def heavy(kind: str, size: int) -> Message:
    """Return a message of so many bytes that costs much: empty widgets, texts to be cleaned, parameters of a query."""
    told = BackMsg()
    asked = told.rerun_script
    if kind == "widgets":
        return state(size // 2)
    if kind == "zeros":
        return state(size // 5, id="\0")
    if kind == "kept pieces":
        asked.cached_message_hashes.extend([""] * (size // 2))
    if kind == "texts of a list":
        asked.widget_states.widgets.add(id="\0").string_array_value.data.extend([""] * (size // 2))
    if kind == "files":
        told_of = asked.widget_states.widgets.add(id="\0").file_uploader_state_value
        for _ in range(size // 2):
            told_of.uploaded_file_info.add()
    if kind == "parameters":
        asked.query_string = "%00" + "&" * size
    return {"type": "websocket.receive", "bytes": told.SerializeToString()}


HEAVY = ("widgets", "zeros", "kept pieces", "texts of a list", "files", "parameters")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is walked through in Python, and what of it is queued."""
    noted, plain, queue = list[str](), border._plain, streams.Stream._queue

    def washed(field: str, text: str) -> str:
        noted.append(field)
        return plain(field, text)

    def queued(self: streams.Stream, asked: streams.Asked) -> bool:
        noted.append("queued")
        return queue(self, asked)

    monkeypatch.setattr(border, "_plain", washed)
    monkeypatch.setattr(streams.Stream, "_queue", queued)
    return noted


def told(message: Message) -> list[int]:
    async def say() -> list[int]:
        page = await Site().open()
        page.say(message)
        await page.settle()
        return page.codes()

    return run(say())


@pytest.mark.parametrize("kind", HEAVY)
@pytest.mark.parametrize("size", [15_000, 60_000, 1_000_000])
def test_a_message_that_holds_more_than_a_page_ends_it_and_is_not_walked_through(
    kind: str, size: int, looked: list[str]
):
    assert told(heavy(kind, size)) == [1008 if size == 1_000_000 else 1009]
    assert "queued" not in looked and len(looked) <= border.PARTS


@pytest.mark.parametrize("kind", HEAVY)
def test_control_without_the_bounds_all_of_it_is_taken(kind: str, looked: list[str], monkeypatch: pytest.MonkeyPatch):
    for module, name in ((streams, "WIDGETS"), (border, "PARTS"), (border, "LONGEST_QUERY"), (border, "FIELDS")):
        monkeypatch.setattr(module, name, 10**9)

    assert told(heavy(kind, 15_000)) == []
    assert "queued" in looked


def test_nothing_is_cleaned_before_it_is_counted(looked: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams.Streams, "allows", lambda *_: False)

    assert told(state(10, id="\0")) == [1008]
    assert looked == []


def test_what_is_handed_on_is_clean():
    async def say() -> list[str]:
        page = await Site().open()
        page.say(asking("vo\0te"))
        await page.settle()
        return page.heard

    assert run(say()) == ["vote"]


def heard_out(town: Town | None) -> int:
    """Return how many of three pages are heard out, each of which sends ten messages of 50 KB."""
    cookie = ""
    if town is not None:
        with store.transaction() as session:
            cookie = f"glas={sessions.open_session(session, town.resident, at=clock.now())}"
    filled = BackMsg()
    filled.rerun_script.widget_states.widgets.add(id="text", string_value="я" * 25_000)
    message = {"type": "websocket.receive", "bytes": filled.SerializeToString()}

    async def speak() -> int:
        site = Site()
        site.layer.people = site.layer.networks = limits.Pace(at_once=40, per_second=0.0)
        pages = [await site.open(cookie) for _ in range(3)]
        for page in pages:
            page.say(*[message] * 10)
            await page.settle()
        return len(site.layer.rooms.inside)

    return run(speak())


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_person_and_a_network_are_counted_by_what_they_send(signed_in: bool, town: Town):
    """A message of 50 KB counts four times: forty are ten of them, and not forty."""
    assert heard_out(town if signed_in else None) == 1


@pytest.mark.parametrize("signed_in", [False, True])
def test_control_counted_by_the_message_all_are_heard(signed_in: bool, town: Town, monkeypatch: pytest.MonkeyPatch):
    allows = limits.Pace.allows
    monkeypatch.setattr(
        limits.Pace, "allows", lambda self, who, now=None, *, weight=1: allows(self, who, now, weight=weight // weight)
    )

    assert heard_out(town if signed_in else None) == 3


def test_a_table_of_120_rows_is_typed_into_from_end_to_end(town: Town, still: SimpleNamespace):
    """Each cell sends all that was typed so far; nobody types two a second for long."""
    with store.transaction() as session:
        cookie = f"glas={sessions.open_session(session, town.organiser, at=clock.now())}"

    async def edit() -> tuple[list[int], list[int], int]:
        site = Site()
        page, rows = await site.open(cookie), dict[str, object]()
        for number in range(360):
            still.now += 0.5
            row = rows.setdefault(str(number // 3), {})
            row |= ({"title_bg": "Я" * 90}, {"title_en": "Y" * 90}, {"cost": 12_345.67})[number % 3]
            message = BackMsg()
            typed = json.dumps({"edited_rows": rows, "added_rows": [], "deleted_rows": []}, ensure_ascii=False)
            message.rerun_script.page_name = "ballot-list"
            message.rerun_script.widget_states.widgets.add(id="table", string_value=typed)
            page.say({"type": "websocket.receive", "bytes": message.SerializeToString()})
            await page.settle()
            await page.finish()
        # The same once the sign-in has run out: the page can say so.
        guest = await site.open()
        guest.say({"type": "websocket.receive", "bytes": message.SerializeToString()})
        await guest.settle()
        return page.codes(), guest.codes(), len(message.SerializeToString())

    codes, of_guest, size = run(edit())

    assert (codes, of_guest) == ([], [])
    assert 35_000 < size < 45_000


def part(name: str) -> Message:
    """Return what Streamlit says of a part of a page that asks by itself."""
    message = ForwardMsg()
    message.auto_rerun.fragment_id, message.auto_rerun.interval = name, 5.0
    return {"type": "websocket.send", "bytes": message.SerializeToString()}


async def passes_over(scope: Any, receive: Any, send: Any) -> None:
    """Hear as Streamlit does: a part that it does not know is passed over, and nothing says that it is over."""
    page = scope["page"]
    page.answer = send
    while (message := await receive())["type"] != "websocket.disconnect":
        if "bytes" in message:
            asked = BackMsg.FromString(message["bytes"]).rerun_script
            page.heard.append(asked.fragment_id or asked.page_name)
            if asked.fragment_id in ("", "live"):
                if not asked.fragment_id:
                    await send(part("live"))
                await send(FINISHED)


def made_up() -> tuple[list[str], int, list[str]]:
    """Return what is made of parts that no page has, how many turns they still have, and what another guest gets."""

    async def ask() -> tuple[list[str], int, list[str]]:
        site = Site()
        site.layer.app = passes_over
        rude = [await site.open() for _ in range(4)]
        for page in rude:
            page.say(asking("vote", fragment="none", again=True))
            await page.settle()
        pupil = await site.open(address="203.0.113.5")
        pupil.say(asking("home"))
        await pupil.settle()
        return rude[0].heard, len(site.layer.guests.had), pupil.heard

    return run(ask())


def test_who_asks_for_a_part_that_no_page_has_gets_the_page_and_keeps_nobody_waiting():
    assert made_up() == (["vote"], 0, ["home"])


def test_control_handed_on_as_it_is_it_holds_a_turn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(streams, "whole", lambda message: message)

    assert made_up() == (["none"], 2, [])


def test_a_part_that_the_page_has_is_made_alone_until_another_page_is_asked_for():
    async def ask() -> list[str]:
        site = Site()
        site.layer.app = passes_over
        page = await site.open()
        for message in (asking("results"), asking("results", fragment="live", again=True)):
            page.say(message)
            await page.settle()
        site.layer.app = streamlit
        return page.heard

    assert run(ask()) == ["results", "live"]


def test_what_was_a_part_before_the_page_was_made_anew_is_none_any_more():
    async def ask() -> list[str]:
        page = await Site().open()
        page.say(asking("results"))
        await page.settle()
        await page.answer(part("live"))
        await page.finish()
        page.say(asking("home"))
        await page.settle()
        await page.finish()
        page.say(asking("home again", fragment="live"))
        await page.settle()
        return page.heard

    assert run(ask()) == ["results", "home", "home again"]
