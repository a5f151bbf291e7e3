"""A headless visitor: one browser tab that speaks Streamlit's websocket protocol. Every wait has an end.

async with Visitor(base, cookies) as visitor:
    await visitor.open("vote")      # HTML shell, websocket, first run of the script
    await visitor.click("Go")       # press a button, wait until the script has finished
"""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

FINISHED_EARLY = 2  # ForwardMsg.ScriptFinishedStatus: another run follows at once


class Visitor:
    """Keeps what a browser keeps between two reruns: the elements, the message cache, the state of the widgets."""

    def __init__(
        self, base: str, cookies: dict[str, str] | None = None, timeout: float = 60,
        headers: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.base, self.timeout, self.cookies, self.headers = base, timeout, dict(cookies or {}), dict(headers or {})
        self.page, self.query, self.page_hash = "", "", ""
        self.elements: dict[tuple[int, ...], Any] = {}
        self.state: dict[str, WidgetState] = {}
        self.cache: dict[str, ForwardMsg] = {}
        self.exceptions: list[str] = []
        self.finished = asyncio.Event()
        self.socket: Any = None
        self.reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.socket is not None:
            await self.socket.close()
        if self.reader is not None:
            self.reader.cancel()

    async def open(self, page: str = "", query: str = "") -> None:
        """Load the shell as a browser does, connect, and wait for the first run."""
        self.page, self.query = page, query
        async with httpx.AsyncClient(
            base_url=self.base, trust_env=False, cookies=self.cookies, headers=self.headers
        ) as client:
            for path in (f"/{page}?{query}" if query else f"/{page}", "/_stcore/health", "/_stcore/host-config"):
                (await client.get(path, timeout=self.timeout)).raise_for_status()
            self.cookies.update(client.cookies.items())
        self.socket = await websockets.connect(
            self.base.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self.base,  # type: ignore[arg-type]
            subprotocols=["streamlit", self.cookies.get("_streamlit_xsrf", "none")],  # type: ignore[list-item]
            additional_headers={
                **self.headers,
                "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            },
            max_size=None,
            compression=None,
            ping_interval=None,
            proxy=None,
        )
        self.reader = asyncio.create_task(self._read())
        await self.rerun()

    def find(self, label: str) -> Any:
        """Return the first element with this label; a hint in small letters may follow it."""
        for element in self.elements.values():
            if getattr(element, "label", "").partition(" :small[")[0] == label:
                return element
        raise LookupError(f"nothing here is called {label!r}, but {self.labels()}")

    def labels(self) -> list[str]:
        """Return the labels of all widgets on the page."""
        return [element.label for element in self.elements.values() if getattr(element, "label", "")]

    def components(self) -> set[str]:
        """Return the names of the components on the page."""
        return {element.component_name for element in self.elements.values() if hasattr(element, "component_name")}

    def shown(self) -> bytes:
        """Return all that was sent for the page that stands there now."""
        return b"\n".join(element.SerializeToString() for element in self.elements.values())

    def fill(self, label: str, value: str | float | bool) -> None:
        """Type into a field, choose from a list or tick a box; the next run of the script learns of it."""
        kind = {bool: "bool_value", str: "string_value"}.get(type(value), "double_value")
        widget = WidgetState(id=self.find(label).id, **{kind: value})
        self.state[widget.id] = widget

    async def click(self, label: str) -> None:
        """Press a button and wait until the run that follows has finished."""
        await self.rerun(WidgetState(id=self.find(label).id, trigger_value=True))

    async def tell(self, component: str, **state: object) -> None:
        """Let a component report its state and wait until the run that follows has finished."""
        found = (each for each in self.elements.values() if getattr(each, "component_name", "") == component)
        widget = WidgetState(id=next(found).id, json_value=json.dumps(state))
        self.state[widget.id] = widget
        await self.rerun()

    async def rerun(self, trigger: WidgetState | None = None) -> None:
        """Run the script once with the state of all widgets, as the real frontend sends it."""
        message = BackMsg()
        client = message.rerun_script
        client.query_string, client.page_script_hash = self.query, self.page_hash
        client.page_name = "" if self.page_hash else self.page
        client.cached_message_hashes.extend(self.cache)
        client.context_info.url, client.context_info.timezone = f"{self.base}/{self.page}", "UTC"
        client.widget_states.widgets.extend(self.state.values())
        if trigger is not None:
            client.widget_states.widgets.append(trigger)
        self.finished.clear()
        await self.socket.send(message.SerializeToString())
        await self._answered()

    async def _answered(self) -> None:
        """Wait until the run has finished; raise what broke the reader, or TimeoutError."""
        finished = asyncio.create_task(self.finished.wait())
        try:
            await asyncio.wait({finished, self.reader}, timeout=self.timeout, return_when=asyncio.FIRST_COMPLETED)
            if not finished.done():
                if self.reader.done():
                    self.reader.result()
                    raise ConnectionError("the server closed the connection")
                raise TimeoutError
        finally:
            finished.cancel()

    async def _read(self) -> None:
        async for raw in self.socket:
            message = ForwardMsg.FromString(raw)
            if message.WhichOneof("type") == "ref_hash":
                metadata, message = message.metadata, self.cache[message.ref_hash]
                message.metadata.CopyFrom(metadata)
            elif message.metadata.cacheable:
                self.cache[message.hash] = message
            self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta":
            path = tuple(message.metadata.delta_path)
            self.elements.pop(path, None)
            if message.delta.WhichOneof("type") == "new_element":
                drawn = message.delta.new_element
                element = getattr(drawn, drawn.WhichOneof("type"))
                self.elements[path] = element
                if drawn.WhichOneof("type") == "exception":
                    self.exceptions.append(f"{element.type}: {element.message}")
        elif kind == "new_session":
            if not message.metadata.run.fragment_ids:
                self.elements.clear()  # a full run draws everything again
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "script_finished" and message.script_finished != FINISHED_EARLY:
            self.finished.set()
