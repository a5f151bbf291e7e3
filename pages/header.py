"""The header: one component with logo, pages, language and account."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

import streamlit as st

from core.people import accounts, sessions
from core.permissions import Actor
from pages import menu
from pages.assets import COMPONENTS
from pages.parts import i18n, templates, visit
from pages.parts.components import component
from pages.parts.i18n import _, n_
from pages.parts.links import Link, this_thing
from pages.parts.links import here as to_here
from pages.parts.packed import packed

_OF_NO_ROUND = frozenset({
    "rounds", "board", "about", "sign-in", "join", "account", "studio", "review", "team", "import",
})  # fmt: skip


def draw(here: str, actor: Actor | None) -> None:
    """Draw the header of the page at the address `here` for `actor`; None: no town is set up yet."""
    with st.container(key="glas-head"):
        component("header", js=_script())(key="header", data=packed(_data(here, actor)), on_language_change=_switch)


@cache
def _script() -> str:
    """Return the script of the header; the way back, which stands before it, is a subject of its own."""
    return "\n".join((COMPONENTS / "header" / f"{name}.js").read_text("utf-8") for name in ("header.back", "header"))


def missed(count: int) -> None:
    """Draw that so many wrong second steps came before this sign-in, until its owner has read it."""
    text = n_(
        "Before this login a wrong second step was typed {count} time. If it was not you, somebody knows your "
        "password: choose a new one in your profile.",
        "Before this login a wrong second step was typed {count} times. If it was not you, somebody knows your "
        "password: choose a new one in your profile.",
        count,
    )
    link = Link("/account", _("My profile"))
    templates.draw("parts/note.html", look="wa", icon_name="warning", text=text, link=link, live=True)
    if st.button(_("I have read this"), key="missed-read"):
        with visit.transaction() as session:
            sessions.forget_missed(session, visit.token() or "")
        st.rerun()


def _switch() -> None:
    """Keep the language that was chosen in the header, for this page and for the account."""
    chosen = st.session_state["header"].get("language")
    if chosen not in i18n.languages():
        return
    st.session_state["language"] = chosen
    actor = visit.visitor()
    if actor.person_id is not None:
        with visit.transaction() as session:
            accounts.set_language(session, actor, chosen)


def _data(here: str, actor: Actor | None) -> dict[str, Any]:
    roles = actor.roles if actor else frozenset()
    name = actor.nickname if actor and actor.person_id is not None else ""

    def links(place: menu.Place) -> list[dict[str, Any]]:
        shown = (entry for entry in menu.ENTRIES if entry.place == place)
        # Voting stands in everybody's menu: a guest is asked to sign in there.
        wanted = (entry for entry in shown if place == "main" or menu.may_open(entry, roles))
        return [_link(entry.path, entry.title(), here) for entry in wanted] if actor else []

    back = this_thing("/" + here)
    enter = "/sign-in" if back == "/" or here in {"sign-in", "join"} else "/sign-in?next=" + quote(back)
    join = "/join" if back == "/" or here in {"sign-in", "join"} else "/join?next=" + quote(back)
    guest_links = [_link("sign-in", _("Log in"), here, href=enter), _link("join", _("Join"), here, href=join)]
    return {
        "language": i18n.language(),
        "languages": [_language(one) for one in i18n.languages()],
        "page": here,
        "paths": sorted(menu.PATHS),
        "main": links("main"),
        "mine": links("account") if name else guest_links if actor else [],
        "staff": links("staff"),
        "more": [_link(path, title, here) for path, title in _more()] if actor else [],
        "name": name,
        "enter": enter,
        "words": _words(),
    }


def _language(one: str) -> dict[str, str]:
    return {"code": one, "name": i18n.own_name(one), "sign": i18n.own_sign(one)}


def _more() -> list[tuple[str, str]]:
    return [
        ("rules", _("Rules")),
        ("rounds", _("All rounds")),
        ("board", _("Check your receipt")),
        ("about", _("About Glas")),
    ]


def _link(path: str, title: str, here: str, *, href: str = "") -> dict[str, Any]:
    return {"href": href or _address(path), "title": title, "here": path == here}


def _address(path: str) -> str:
    """Return the address of a page in the menu; where it shows one round, in the one that is looked at."""
    return "/" + path if path in _OF_NO_ROUND else to_here("/" + path)


def _words() -> dict[str, str]:
    return {
        "skip": _("Skip to content"),
        "arrow": _("Open the list"),
        "home": _("Glas, home"),
        "pages": _("Pages"),
        "language": _("Language"),
        "menu": _("Menu and profile"),
        "close": _("Close the menu"),
        "enter": _("Log in"),
        "out": _("Log out"),
        "staff": _("Manage"),
        "offline": _("No connection. What you chose is kept here; we are trying again."),
        "offline_link": _("No connection. Try the link again once there is one."),
    }
