"""One sentence that outlives a rerun: what was just done, or why it was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from core.errors import GlasError
from pages.parts import components, refusals, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link

_ICONS = {"ok": "check_circle", "in": "info", "wa": "warning", "er": "error"}


def keep(text: str, look: str = "ok", *, place: str = "top", lead: bool = False) -> None:
    """Keep a sentence for the next run, to be shown at a place of the page.

    `lead`: what was pressed lies out of sight of that place, so the reader is led to the beginning of the page.
    """
    st.session_state[f"flash-{place}"] = (text, look)
    if lead:
        st.session_state["flash-lead"] = f"{visit.at():%d%H%M%S%f}"


def refused(error: GlasError, *, place: str = "top", lead: bool = False) -> None:
    """Keep the sentence of a refusal for the next run, as `keep` does."""
    keep(refusals.sentence(error), "er", place=place, lead=lead)


def show(place: str = "top") -> None:
    """Show once what was kept for this place."""
    text, look = st.session_state.pop(f"flash-{place}", ("", "in"))
    if text:
        templates.draw("parts/note.html", look=look, icon_name=_ICONS[look], text=text, link=None, live=True)
        if place == "code":
            # The field and its button have gone with the code that was accepted.
            components.focus('.g-note[role="status"]', key="code")
        if place == "top" and (once := st.session_state.pop("flash-lead", "")):
            components.focus("h1", key=f"notice-{once}", top=True)


@dataclass(frozen=True, slots=True)
class Badge:
    """A small mark: its words, its icon, and the look of `g-tag`."""

    text: str
    icon: str
    look: str


def head(title: str, text: str = "", *, over: str = "", tags: Sequence[Badge] = (), back: Link | None = None) -> None:
    """Draw where one is, the title, one sentence and tags."""
    templates.draw("parts/staff_head.html", title=title, text=text, over=over, tags=tags, back=back)


def empty(title: str, text: str, links: Sequence[Link] = (), icon: str = "task_alt") -> None:
    """Draw a calm page that has nothing to do, with what can be done instead."""
    templates.draw("parts/empty.html", title=title, text=text, links=links, icon_name=icon)


def stop(title: str, text: str, icon: str = "search") -> NoReturn:
    """Show that something is not there, with ways on, and end the page."""
    links = (Link("/ideas", _("See the ideas")), Link("/", _("Home")))
    templates.draw("parts/empty.html", icon_name=icon, title=title, text=text, links=links)
    visit.leave(missing=True)
