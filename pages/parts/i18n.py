"""Languages: the catalogues, the language of the current run or request, and `_` and `n_` that speak it.

Which languages there are is no matter of code: each folder of `assets/locale` is one, beside English, in which the
source is written; the town says which of them it offers.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO

from babel import Locale, negotiate_locale
from babel.core import get_global
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from core.texts import ENGLISH, LANGUAGES, Texts
from pages.assets import ASSETS

FOLDER = ASSETS / "locale"

_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")

_current: ContextVar[str | None] = ContextVar("language", default=None)
_fallbacks: list[Callable[[], str | None]] = []
_town: list[str] = [*LANGUAGES]


@cache
def known() -> tuple[str, ...]:
    """Return every language that there are texts in, in the order of the alphabet."""
    return tuple(sorted({ENGLISH, *(path.parent.name for path in FOLDER.glob("*/*.po"))}))


def languages() -> tuple[str, ...]:
    """Return the languages that the town offers, in its order; without a town those of a new one."""
    return tuple(each for each in _town if each in known()) or (ENGLISH,)


def default() -> str:
    """Return the language for those who ask for none: the town's own."""
    return languages()[0]


def offer(chosen: Sequence[str]) -> None:
    """Offer the languages of the town from now on, its own first."""
    _town[:] = chosen


def language() -> str:
    """Return the language that speaks now: of this run or request, else of the visitor's session, else the town's."""
    chosen = _current.get()
    if chosen is not None:
        return chosen
    # Callbacks and fragments run in a thread of their own, in which the frame has not set anything yet.
    for ask in _fallbacks:
        found = ask()
        if found in known():
            return str(found)
    return default()


def use(chosen: str) -> None:
    """Let this run or request speak `chosen`."""
    _current.set(chosen if chosen in known() else default())


def fall_back_to(ask: Callable[[], str | None]) -> None:
    """Add a question that is asked when no language was set."""
    _fallbacks.append(ask)


def of_terminal(environ: Mapping[str, str]) -> str:
    """Return the language of a terminal: GLAS_LANG, else its own where there are texts in it, else English."""
    for name in ("GLAS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return negotiate_locale([environ[name].partition(".")[0]], known()) or ENGLISH
    return ENGLISH


def said_by_terminal(environ: Mapping[str, str]) -> str:
    """Return the language that somebody chose for the terminal, "" where nobody did: C is no language."""
    named = (environ.get(name, "").partition(".")[0] for name in ("GLAS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return "" if next((name for name in named if name), "C") in ("C", "POSIX") else of_terminal(environ)


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak `chosen` inside the block and the former language after it."""
    token = _current.set(chosen if chosen in known() else default())
    try:
        yield
    finally:
        _current.reset(token)


def in_all(say: Callable[[], str]) -> Texts:
    """Return what `say` says in each language of the town."""
    found = {}
    for language in languages():
        with speaking(language):
            found[language] = say()
    return Texts(found)


def locale() -> Locale:
    """Return the Babel locale of the language; English dates and numbers are written the European way."""
    return _locale(language())


@cache
def _locale(chosen: str) -> Locale:
    return Locale.parse("en_GB" if chosen == ENGLISH else chosen)


def name_of(chosen: str, speaks: str = "") -> str:
    """Return what a language is called in the current one or in `speaks`: „български“, "Bulgarian"."""
    return Locale.parse(speaks or language()).languages.get(chosen, chosen)


def own_name(chosen: str) -> str:
    """Return what a language is called by those who speak it, for a choice of languages: „Български“."""
    name = name_of(chosen, chosen)
    return name[:1].upper() + name[1:]


def own_sign(chosen: str) -> str:
    """Return the few letters by which a language is offered on every page: „БГ“, "EN"."""
    with speaking(chosen):
        # Translators: the sign of your language, two or three letters in its own script.
        sign = _("EN")
    return sign if sign != "EN" else chosen.upper()


def with_country(chosen: str) -> str:
    """Return the language with the country it is mostly spoken in, as preview tags name it: "bg_BG"."""
    found = _locale(chosen)
    return str(found) if found.territory else "_".join(get_global("likely_subtags").get(chosen, chosen).split("_")[::2])


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


def told(texts: Texts) -> str:
    """Return what somebody wrote in the current language, else in the town's: `{{ round.titles|t }}`.

    Where that is hidden, return that it is, and why.
    """
    if texts.hidden is not None:
        reason, name = told(texts.hidden.reason), texts.hidden.name
        return (
            _("{code} (hidden: {reason})", code=name, reason=reason.removesuffix("."))
            if name
            else _("Hidden: {reason}", reason=reason)
        )
    return texts.in_(language(), default())


def told_in(texts: Texts) -> str:
    """Return the language that `told` answers in, for who reads aloud: `lang="{{ idea.title|told_in }}"`."""
    # That it is hidden is said in the language of the page.
    return language() if texts.hidden else texts.spoken(language(), default())


def number(value: int | float) -> str:
    """Return a number as it is written in the current language: 1 248, 19,5."""
    return plain_spaces(format_decimal(value, locale=locale()))


def plain_spaces(text: str) -> str:
    """Return `text` with the narrow no-break space, which Sofia Sans lacks, made a common no-break one."""
    return text.replace("\u202f", "\u00a0")


def ended(text: str) -> str:
    """Return what somebody wrote as a sentence that has its end, so that the next one does not run into it."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def one_stop(text: str) -> str:
    """Return `text` with one full stop where an abbreviation ends a sentence: „до 20:00 ч.“, not „ч..“."""
    return _TWO_STOPS.sub(".", text)
