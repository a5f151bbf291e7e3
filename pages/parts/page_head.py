"""The head of a staff page."""

from __future__ import annotations

from collections.abc import Sequence

from pages.parts import draw as templates
from pages.parts.badges import Badge
from pages.parts.links import Link


def draw(title: str, text: str = "", *, over: str = "", tags: Sequence[Badge] = (), back: Link | None = None) -> None:
    """Draw where one is, the title, one sentence and tags."""
    templates.draw("staff_head.html", title=title, text=text, over=over, tags=tags, back=back)


def empty(title: str, text: str, links: Sequence[Link] = (), icon: str = "task_alt") -> None:
    """Draw a calm page that has nothing to do, with what can be done instead."""
    templates.draw("empty.html", title=title, text=text, links=links, icon_name=icon)
