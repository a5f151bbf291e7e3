"""Small components, and the one loader of all: what lies in `assets/components`, put on the page."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from pages.assets import COMPONENTS
from pages.parts import templates
from pages.parts.i18n import _
from pages.parts.links import Link
from pages.parts.packed import packed

_REFUSED = "refused"


def component(name: str, **parts: str) -> Callable[..., Any]:
    """Return the component `name`, of the HTML, style and script that lie under its name; `parts` take their place.

    It is registered again at every drawing, as Streamlit wants it; without HTML it is an empty element.
    """
    return st.components.v2.component(f"glas_{name}", **{"html": "<span></span>", **_files(name), **parts})


@cache
def _files(name: str) -> dict[str, str]:
    found = {kind: COMPONENTS / name / f"{name}.{kind}" for kind in ("html", "css", "js")}
    return {kind: path.read_text("utf-8") for kind, path in found.items() if path.is_file()}


def focus(at: str, *, key: str, top: bool = False) -> None:
    """Lead the focus once to the first element that fits the selector `at`, as long as this is drawn.

    For when what was pressed has gone: it goes to what came in its place. `top`: the page begins at its top again.
    """
    component("focus")(key=f"focus-{key}", data={"at": at, "top": top}, height=1)


def go(address: str) -> None:
    """Open a page of ours at its whole address, as a link does; the page drawn now ends with it.

    `st.switch_page` would leave an entry of the history that mixes this page with the query of the other one.
    """
    component("go")(key="go", data={"to": address, "once": secrets.token_hex(8)}, height=1)


def enter(button: str, *fields: str) -> None:
    """Let Enter in the fields with these keys press the button with the key `button`, as people and phones expect."""
    component("enter")(key=f"enter-{button}", data=packed({"button": button, "fields": list(fields)}), height=1)


def copy(key: str, text: str, label: str) -> None:
    """Draw a button called `label` that copies `text` to the clipboard."""
    failed = _("Copying did not work. Mark the text and copy it by hand.")
    component("copy")(key=key, data={"text": text, "label": label, "copied": _("Copied."), "failed": failed})


def share(key: str, title: str, address: str) -> None:
    """Draw a button that hands on the `address` of a page, such as `/idea?id=3`, as the device does or by copying."""
    data = {
        "title": title,
        "address": address,
        "label": _("Share"),
        "copied": _("The address is copied."),
        "failed": _("Copy this address:"),
    }
    component("share")(key=key, data=data)


def print_page(key: str) -> None:
    """Draw a button that prints the page."""
    component("print")(key=key, data={"label": _("Print")}, width="content")


def bar(link: Link, *, repeats: str) -> None:
    """Draw the bar at the foot of a phone: a page's one thing to do, once its button is out of view.

    `repeats`: the selector of that button.
    """
    data = {"href": link.href, "label": link.label, "icon": link.icon, "repeats": repeats}
    component("bar")(key="bar", data=data)


def note_refusal() -> None:
    """Note that a form was refused: the first of its wrong fields takes the focus at the next drawing."""
    st.session_state[_REFUSED] = st.session_state.get(_REFUSED, 0) + 1


def fault(text: str, *, key: str = "", label: str = "", typing: bool = False) -> None:
    """Draw what is wrong with the field that has this key and label, or with no field at all.

    It is tied to the field for screen readers, which Streamlit has no way to do. `typing`: it is said while the form
    is being filled in, so the focus stays where it is.
    """
    templates.draw("parts/field_error.html", text=text, key=key, label=label)
    if key:
        refused = 0 if typing else st.session_state.get(_REFUSED, 0)
        component("fault")(key=f"fault-{key}", data={"field": key, "text": text, "refused": refused}, height=1)
