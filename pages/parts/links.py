"""Links between pages: real addresses that keep the round a visitor is looking at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.settings import settings

_round: ContextVar[str | None] = ContextVar("round", default=None)


@dataclass(frozen=True, slots=True)
class Link:
    """One thing a visitor can go to next."""

    href: str
    label: str
    icon: str = ""


def to(path: str, **query: object) -> str:
    """Return the address of a page with the query given; None and empty values are left out."""
    kept = {name: str(value) for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path


def here(path: str, **query: object) -> str:
    """Return the address of a page in the round that the visitor has chosen by `?round=`."""
    return to(path, round=round_asked(), **query)


def round_asked() -> str | None:
    """Return the round that the address names, if it names one."""
    asked = _round.get()
    return st.query_params.get("round") if asked is None else asked


@contextmanager
def asking(round_: str) -> Iterator[None]:
    """Let the address name this round inside the block, "" for none: for a page that is made without Streamlit."""
    token = _round.set(round_)
    try:
        yield
    finally:
        _round.reset(token)


def this_thing(path: str) -> str:
    """Return the address of what is looked at on the page at `path`: its round and its idea, and nothing else.

    What else an address holds – a receipt, a one-time link – must not get into another one.
    """
    return to(path, **{name: st.query_params.get(name) for name in ("round", "id", "idea")})


def number(name: str) -> int:
    """Return the whole number that the address gives this name, 0 if it gives none."""
    typed = st.query_params.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 16 else 0


def this_page() -> str:
    """Return the address that is open now, without the server: `/vote?round=2027`."""
    parts = urlsplit(st.context.url or "")
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def with_next(path: str, then: str) -> str:
    """Return the address of a page that leads on to `then` afterwards."""
    return to(path, next=then if then != "/" else None)


def link_address(token: str) -> str:
    """Return the address at which a one-time link logs in."""
    return f"{settings().url}/sign-in?link={token}"
