"""HTML from templates: one template is one element on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from babel.numbers import format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pages.assets import ASSETS
from pages.parts import dates, money
from pages.parts.i18n import _, catalogue, language, locale, n_, number, plain_spaces, told, told_in

_sheet: ContextVar[list[str] | None] = ContextVar("sheet", default=None)


def render(template: str, **values: Any) -> str:
    """Return the HTML of a template in `assets/templates`; whatever is put in is escaped."""
    return environment().get_template(template).render(lang=language(), **values)


def draw(template: str, **values: Any) -> None:
    """Put a template on the page, as one element; inside of `gathered`, on the sheet."""
    import streamlit as st

    # Our style sheets speak of what stands in .g-html, so that they need no class of Streamlit's.
    html = f'<div class="g-html">{render(template, **values)}</div>'
    sheet = _sheet.get()
    if sheet is None:
        st.html(html)
    else:
        sheet.append(html)


@contextmanager
def gathered() -> Iterator[list[str]]:
    """Gather what is drawn inside the block on a sheet, for a page that is made without Streamlit."""
    sheet: list[str] = []
    token = _sheet.set(sheet)
    try:
        yield sheet
    finally:
        _sheet.reset(token)


@cache
def environment() -> Environment:
    """Return the Jinja2 environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(ASSETS / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.install_gettext_callables(_gettext, _ngettext, newstyle=False)  # type: ignore[attr-defined]
    made.globals.update(_=_marked, n_=_marked_many, icon=icon, tile=tile, nbsp="\u00a0")
    made.filters.update(
        money=money.text,
        day=dates.day,
        short_day=dates.short,
        weekday=dates.weekday,
        moment=dates.moment,
        until=dates.until,
        clock=dates.clock,
        number=number,
        percent=percent,
        t=told,
        told_in=told_in,
    )
    made.globals.update(span=dates.span, countdown=dates.countdown)
    return made


def percent(share: float, digits: int = 1) -> str:
    """Return a share as text: 0.195 → „19,5 %“."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "") + "%"
    figure = format_percent(share, format=pattern, locale=locale()).rstrip("%")
    return _("{number}%", number=plain_spaces(figure))


def icon(name: str, *more: str) -> Markup:
    """Return a Material symbol that screen readers skip; one outside of our small font brings the large one."""
    classes = " ".join(("g-i", *more) if name in symbols() else ("g-i", "g-i--rare", *more))
    return Markup('<span class="{}" aria-hidden="true" translate="no">{}</span>').format(classes, name)


@cache
def symbols() -> frozenset[str]:
    """Return the names of the symbols that `assets/fonts/glas-symbols.woff2` holds."""
    return frozenset((ASSETS / "fonts" / "glas-symbols.txt").read_text("utf-8").split())


def _marked(message: str, **facts: Any) -> str:
    """Return a translated text; a fact that is markup stays markup, all else is escaped."""
    if not any(isinstance(fact, Markup) for fact in facts.values()):
        return _(message, **facts)
    return Markup(escape(_(message))).format(**facts)


def _marked_many(one: str, many: str, count: int, **facts: Any) -> str:
    if not any(isinstance(fact, Markup) for fact in facts.values()):
        return n_(one, many, count, **facts)
    text = catalogue(language()).ngettext(one, many, count)
    return Markup(escape(text)).format(**{"count": number(count), **facts})


def _gettext(message: str) -> str:
    return catalogue(language()).gettext(message)


def _ngettext(one: str, many: str, count: int) -> str:
    return catalogue(language()).ngettext(one, many, count)


TILES = {
    "sport": "sports_basketball",
    "culture": "movie",
    "education": "menu_book",
    "digital": "memory",
    "environment": "nature",
    "public-space": "deck",
    "mobility": "directions_bike",
    "health": "psychology",
    "jobs": "work",
    "inclusion": "diversity_3",
    "safety": "health_and_safety",
}


def tile(category: str | None, *, small: bool = False) -> Markup:
    """Return the coloured square of a topic; a topic without a colour of its own is neutral."""
    code = category or "other"
    size = " g-tile--sm" if small else ""
    return Markup('<span class="g-tile{} g-c-{}" aria-hidden="true">{}</span>').format(
        size, code, icon(TILES.get(code, "lightbulb"))
    )
