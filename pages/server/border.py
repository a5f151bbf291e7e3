"""The border: what comes from outside loses here what can be kept nowhere, whichever way it comes.

Zero characters, which PostgreSQL refuses, and halves of a pair of surrogates, which no file takes. A query is cleaned
by the layer, which refuses one that is too long; a message of the websocket by `streams`, once it is counted; a body by
the two functions with which every door reads it. A path with such signs is no address of anything, which `guard.odd`
says.
"""

from __future__ import annotations

import json
import re
from collections.abc import MutableSequence
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from core.letters import clean
from core.texts import cleaned
from pages.server.guard import turn_away

# A pair, or a single one of anything that a backslash begins in JSON.
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([0-9a-fA-F]{4})|\\.", re.DOTALL)
# What a message holds where anything in it may have to go.
_SIGNS = (b"\0", b"\\u", b"%00")

# Bytes and fields of a query: a search in Cyrillic, or all that stands in a receipt, is a quarter of it. A field costs
# a hundredth of a millisecond, again and again.
LONGEST_QUERY, FIELDS = 4_096, 64
# Fields and texts of lists that are looked through in a message; one widget has two.
PARTS = 2_000


class TooMuch(Exception):
    """A message holds more than is looked through."""


class Border:
    """Cleans the query of every request, and refuses one that is too long."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, clean."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        query = scope.get("query_string", b"").decode("latin-1")
        if long(query):
            return await turn_away(414, "query_too_long")(scope, receive, send)
        await self.app({**scope, "query_string": clean_query(query).encode("latin-1")}, receive, send)


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


def long(query: str) -> bool:
    """Return whether a query is longer than any of ours."""
    return len(query) > LONGEST_QUERY or query.count("&") >= FIELDS


def doubtful(sent: bytes) -> bool:
    """Return whether anything in a message may have to go."""
    return any(sign in sent for sign in _SIGNS)


def wash(message: Any) -> bool:
    """Clean every text of a message and of those inside it; return whether anything had to go. Raises TooMuch."""
    washed, left, seen = False, [message], 0
    while left:
        part = left.pop()
        for field, value in part.ListFields():
            several = isinstance(value, MutableSequence)
            seen += len(value) if several else 1
            if seen > PARTS:
                raise TooMuch
            if field.message_type is not None:
                left.extend(value if several else [value])
            elif field.type == field.TYPE_STRING:
                washed |= _wash_field(part, field.name, value, several)
    return washed


def _wash_field(message: Any, field: str, value: Any, several: bool) -> bool:
    kept = [_plain(field, text) for text in (value if several else [value])]
    if kept == (list(value) if several else [value]):
        return False
    if several:
        value[:] = kept
    else:
        setattr(message, field, kept[0])
    return True


def _plain(field: str, text: str) -> str:
    if field == "query_string":
        return clean_query(text)
    return _ESCAPE.sub(_kept, clean(text)) if field.startswith("json_") else clean(text)


def _kept(escape: re.Match[str]) -> str:
    """Return what stays of an escape in JSON: all, unless it stands for what `clean` takes away."""
    return "" if escape[1] and not clean(chr(int(escape[1], 16))) else escape[0]
