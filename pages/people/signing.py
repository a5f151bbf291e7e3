"""Signing in: from a checked person to the cookie in the browser."""

from __future__ import annotations

import re
from urllib.parse import quote

import streamlit as st

from core.people import second_step as second_steps
from core.people import sessions
from core.people.sign_in import SignedIn
from core.permissions import Actor
from pages.parts import visit
from pages.parts.components import component
from pages.people.session_route import hand_over

_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x1f]*")


def next_page() -> str:
    """Return where `?next=` leads after signing in: a page of ours, else the home page."""
    wanted = str(st.query_params.get("next", "/"))
    return wanted if _INSIDE.fullmatch(wanted) else "/"


def carry(token: str, *, then: str = "/") -> None:
    """Have the browser fetch the cookie of a sign-in and open the page `then`."""
    wait(hand_over(token), then=then)


def stay(actor: Actor, *, then: str = "", second_step: bool = False) -> None:
    """Open a sign-in for `actor` and have the browser fetch its cookie without leaving the page, as often as drawn.

    It is one sign-in, however often this is drawn. What the page shows next stands at its top. With `then` the browser
    goes on to that page as soon as it has the cookie. `second_step`: it was shown in the sign-in that this one follows.
    """
    key = "sign-in-ticket"
    if key not in st.session_state:
        with visit.transaction() as session:
            token = sessions.open_session(session, actor, at=visit.at(), device=visit.device(), second_step=second_step)
        st.session_state[key] = hand_over(token)
    data = {"ticket": st.session_state[key], "next": then if _INSIDE.fullmatch(then) else ""}
    component("sign_in")(
        key="sign-in-stay", data=data, height=1, on_failed_change=lambda: st.session_state.pop(key, None)
    )


def arrive(signed: SignedIn, *, then: str = "/") -> None:
    """Have the browser fetch its cookie and go on; staff without their second step are led to it first."""
    waits = signed.second_step in ("to_set_up", "to_show")
    carry(signed.token, then=by_second_step(then) if waits else then)


def onward(actor: Actor, then: str = "/", *, shown: bool = False) -> str:
    """Return where the owner of a new sign-in goes on: staff who have not `shown` their second step by way of it."""
    with visit.reading() as session:
        waits = second_steps.status(session, actor, local=visit.local()).needed and not shown
    return by_second_step(then) if waits else then


def by_second_step(then: str) -> str:
    """Return the address of the second step that leads on to `then`."""
    return f"/second-step?next={quote(then)}"


def wait(ticket: str, *, then: str = "/") -> None:
    """Draw the invisible element that changes the ticket for the cookie; draw it once and again until it has left."""
    target = then if _INSIDE.fullmatch(then) else "/"
    component("sign_in")(
        key="sign-in", data={"ticket": ticket, "next": target}, height=1, on_failed_change=lambda: None
    )


def drop() -> None:
    """Have the browser drop the cookie of a sign-in that no longer exists, and stay on the page."""
    component("sign_out")(key="sign-out", height=1)
