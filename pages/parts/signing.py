"""Signing in: from a checked person to the cookie in the browser."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from core import sessions
from core.permissions import Actor
from pages.endpoints.session import hand_over
from pages.parts import visit

_JS = (Path(__file__).resolve().parents[2] / "assets" / "components" / "sign_in.js").read_text("utf-8")
_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")


def next_page() -> str:
    """Return where `?next=` leads after signing in: a page of ours, else the home page."""
    wanted = str(st.query_params.get("next", "/"))
    return wanted if _INSIDE.fullmatch(wanted) else "/"


def enter(actor: Actor, *, then: str = "/") -> None:
    """Open a sign-in for `actor` and have the browser fetch its cookie and open the page `then`."""
    with visit.transaction() as session:
        token = sessions.open_session(session, actor, at=visit.at())
    wait(hand_over(token), then=then)


def stay(actor: Actor) -> None:
    """Open a sign-in for `actor` and have the browser fetch its cookie without leaving the page, as often as drawn.

    What the page shows next stands at its top.
    """
    if "sign-in-ticket" not in st.session_state:
        with visit.transaction() as session:
            token = sessions.open_session(session, actor, at=visit.at())
        st.session_state["sign-in-ticket"] = hand_over(token)
    component = st.components.v2.component("glas_sign_in", js=_JS, html="<span></span>")
    data = {"ticket": st.session_state["sign-in-ticket"], "next": ""}
    component(key="sign-in-stay", data=data, height=1, on_failed_change=lambda: None)


def wait(ticket: str, *, then: str = "/") -> None:
    """Draw the invisible element that changes the ticket for the cookie; draw it once and again until it has left."""
    component = st.components.v2.component("glas_sign_in", js=_JS, html="<span></span>")
    target = then if _INSIDE.fullmatch(then) else "/"
    component(key="sign-in", data={"ticket": ticket, "next": target}, height=1, on_failed_change=lambda: None)
