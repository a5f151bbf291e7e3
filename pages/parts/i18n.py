"""Languages: the catalogues, the language of the current run or request, and `_` and `n_` that speak it."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from core.texts import Texts
from pages.assets import ASSETS

LANGUAGES = ("bg", "en")
DEFAULT = "bg"
FOLDER = ASSETS / "locale"

_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")

_current: ContextVar[str | None] = ContextVar("language", default=None)
_fallbacks: list[Callable[[], str | None]] = []


def language() -> str:
    """Return the language that speaks now: of this run or request, else of the visitor's session, else Bulgarian."""
    chosen = _current.get()
    if chosen is not None:
        return chosen
    # Callbacks and fragments run in a thread of their own, in which the frame has not set anything yet.
    for ask in _fallbacks:
        found = ask()
        if found in LANGUAGES:
            return found
    return DEFAULT


def use(chosen: str) -> None:
    """Let this run or request speak `chosen`."""
    _current.set(chosen if chosen in LANGUAGES else DEFAULT)


def fall_back_to(ask: Callable[[], str | None]) -> None:
    """Add a question that is asked when no language was set."""
    _fallbacks.append(ask)


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak `chosen` inside the block and the former language after it."""
    token = _current.set(chosen if chosen in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _current.reset(token)


def in_all(say: Callable[[], str]) -> Texts:
    """Return what `say` says in each language."""
    found = {}
    for language in LANGUAGES:
        with speaking(language):
            found[language] = say()
    return Texts(**found)


def locale() -> Locale:
    """Return the Babel locale of the language; English dates and numbers are written the European way."""
    return _locale(language())


@cache
def _locale(chosen: str) -> Locale:
    return Locale.parse("en_GB" if chosen == "en" else chosen)


@cache
def catalogue(chosen: str) -> gettext.NullTranslations:
    """Return all texts of a language; those missing are shown as they stand in the source, in English."""
    merged = Catalog(locale=chosen)
    for path in sorted((FOLDER / chosen).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=chosen):
                if message.id and message.string and not message.fuzzy:
                    merged[message.id] = message
    if not len(merged):
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str, **facts: object) -> str:
    """Return `message` in the current language, with `{name}` replaced by the fact of that name."""
    text = catalogue(language()).gettext(message)
    return one_stop(text.format(**facts)) if facts else text


def n_(one: str, many: str, count: int, **facts: object) -> str:
    """Return the form that fits `count`; `{count}` is written with the language's thousands."""
    text = catalogue(language()).ngettext(one, many, count)
    return one_stop(text.format(count=number(count), **facts))


def number(value: int | float) -> str:
    """Return a number as it is written in the current language: 1 248, 19,5."""
    return plain_spaces(format_decimal(value, locale=locale()))


def plain_spaces(text: str) -> str:
    """Return `text` with the narrow no-break space, which Sofia Sans lacks, made a common no-break one."""
    return text.replace("\u202f", "\u00a0")


def one_stop(text: str) -> str:
    """Return `text` with one full stop where an abbreviation ends a sentence: „до 20:00 ч.“, not „ч..“."""
    return _TWO_STOPS.sub(".", text)
