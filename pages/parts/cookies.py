"""The three cookies of Glas: the sign-in, the browser's notes about who has signed in in it, and the language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import negotiate_locale

from core.settings import settings
from pages.parts import i18n

LANGUAGE = "lang"
YEAR = 365 * 24 * 3600


@cache
def sign_in_name() -> str:
    """Return the name of the sign-in cookie; over https browsers then refuse any that another host set."""
    return "__Host-glas" if settings().secure else "glas"


def sign_in(cookies: Mapping[str, str]) -> str | None:
    """Return the sign-in token among `cookies`."""
    kept = cookies.get(sign_in_name())
    return kept if kept and isinstance(kept, str) else None


def browser_name() -> str:
    """Return the name of the cookie with the browser's notes."""
    return "__Host-glas-browser" if settings().secure else "glas-browser"


def browser(cookies: Mapping[str, str]) -> str:
    """Return what the browser keeps about who has signed in in it; "" if it keeps nothing."""
    kept = cookies.get(browser_name())
    return kept if isinstance(kept, str) else ""


def language(cookies: Mapping[str, str], accepted: str) -> str:
    """Return the language of the cookie, else the first that the browser accepts and Glas speaks, else the town's."""
    kept = cookies.get(LANGUAGE)
    if kept in i18n.languages():
        return str(kept)
    wanted: list[tuple[float, int, str]] = []
    # Page tests have no browser behind them, and so no headers worth the name.
    for part in (accepted if isinstance(accepted, str) else "").split(",")[:20]:
        name, _, weight = part.partition(";q=")
        try:
            wanted.append((-float(weight or 1), len(wanted), name.strip()))
        except ValueError:
            continue
    names = [name for _, _, name in sorted(wanted)]
    return negotiate_locale(names, i18n.languages(), sep="-") or i18n.default()
