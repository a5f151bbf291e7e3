"""The border: what comes from outside loses here what can be kept nowhere, whichever way it comes.

Zero characters, which PostgreSQL refuses, and halves of a pair of surrogates, which no file takes. A query and
a message of the websocket are cleaned by the layer; a body by the two functions with which every door reads it. A path
with such signs is no address of anything, which `guard.odd` says.
"""

from __future__ import annotations

import json
import re
from collections.abc import MutableSequence
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from google.protobuf.message import DecodeError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto import BackMsg_pb2

from core.letters import clean
from core.texts import cleaned

# A pair, or a single one of anything that a backslash begins in JSON.
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([0-9a-fA-F]{4})|\\.", re.DOTALL)
# What a message holds where anything in it may have to go.
_SIGNS = (b"\0", b"\\u", b"%00")


class Border:
    """Cleans the query of every request, and every message of a websocket."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, clean."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        query = clean_query(scope.get("query_string", b"").decode("latin-1")).encode("latin-1")
        scope = {**scope, "query_string": query}
        if scope["type"] == "http":
            return await self.app(scope, receive, send)

        async def heard() -> Message:
            message = await receive()
            sent = message.get("bytes")
            if sent and any(sign in sent for sign in _SIGNS):
                message = {**message, "bytes": clean_message(sent)}
            return message

        return await self.app(scope, heard, send)


async def json_of(request: Request) -> Any:
    """Return what JSON the body of a request holds, clean. Raises ValueError or RecursionError."""
    return json_in(await request.body())


def json_in(body: bytes) -> Any:
    """Return what JSON these bytes hold, clean. Raises ValueError or RecursionError."""
    return cleaned(json.loads(body))


async def form_of(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form that is the body of a request, clean."""
    found: dict[str, list[str]] = cleaned(parse_qs((await request.body()).decode("utf-8", "replace")))
    return found


def clean_query(query: str) -> str:
    """Return a query without zero characters; any other is left letter by letter."""
    if "%00" not in query and "\0" not in query:
        return query
    return urlencode([(clean(name), clean(value)) for name, value in parse_qsl(query, keep_blank_values=True)])


def clean_message(sent: bytes) -> bytes:
    """Return a message of the page with every text in it clean; what cannot be read is not for us to judge."""
    message = BackMsg_pb2.BackMsg()
    try:
        message.ParseFromString(sent)
    except DecodeError:
        return sent
    return bytes(message.SerializeToString()) if _wash(message) else sent


def _wash(message: Any) -> bool:
    """Clean every text of a message and of those inside it; return whether anything had to go."""
    # A list first: `any` alone would stop at the first one.
    washed = [_wash_field(message, field, value) for field, value in message.ListFields()]
    return any(washed)


def _wash_field(message: Any, field: Any, value: Any) -> bool:
    several = isinstance(value, MutableSequence)
    parts = list(value) if several else [value]
    if field.message_type is not None:
        washed = [_wash(each) for each in parts]
        return any(washed)
    if field.type != field.TYPE_STRING:
        return False
    kept = [_plain(field.name, text) for text in parts]
    if kept == parts:
        return False
    if several:
        value[:] = kept
    else:
        setattr(message, field.name, kept[0])
    return True


def _plain(field: str, text: str) -> str:
    if field == "query_string":
        return clean_query(text)
    return _ESCAPE.sub(_kept, clean(text)) if field.startswith("json_") else clean(text)


def _kept(escape: re.Match[str]) -> str:
    """Return what stays of an escape in JSON: all, unless it stands for what `clean` takes away."""
    return "" if escape[1] and not clean(chr(int(escape[1], 16))) else escape[0]
