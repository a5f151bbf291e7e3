"""What an address asks for, in one of the many spellings that it has: what is kept, and what is linked, is named so."""

from __future__ import annotations

from collections.abc import Mapping

_ROUND = ("round",)
_NAMES = {"/idea": (*_ROUND, "id"), "/ideas": (*_ROUND, "page"), "/projects": (*_ROUND, "project", "page")}


def asked(path: str, query: Mapping[str, str]) -> dict[str, str]:
    """Return what the page at an address such as `/ideas` is asked for, names and values in one spelling each."""
    found = {name: query[name] for name in _NAMES.get(path, _ROUND) if query.get(name)}
    if "id" in found:
        found["id"] = str(number(found["id"], 15))
    page = number(found.pop("page", ""), 5)
    return found if page < 2 or "project" in found else {**found, "page": str(page)}


def number(typed: str, digits: int) -> int:
    """Return a whole number of so many digits at most; 0 for anything else."""
    typed = typed.lstrip("0")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= digits else 0
