"""What `glas init` and `glas town` ask of a town's texts: one option a text and language that there are texts in."""

from __future__ import annotations

import argparse

from core.texts import DEFAULT
from pages.parts import i18n
from pages.parts.i18n import _


def add(command: argparse.ArgumentParser) -> None:
    """Add --languages, and --town and --imprint in every language."""
    command.add_argument(
        "--languages",
        metavar=_("LANGUAGES"),
        help=_("the languages of the town, its own first, for example bg,en"),
    )
    for one in _asked():
        speaks = i18n.name_of(one)
        command.add_argument(
            f"--{option('town', one)}",
            metavar=_("NAME"),
            help=_("the town's name in {language}", language=speaks),
        )
        command.add_argument(
            f"--{option('imprint', one)}",
            metavar=_("TEXT"),
            help=_("who answers for Glas and at which address, in {language}", language=speaks),
        )


def option(text: str, language: str) -> str:
    """Return what the option of a text in one language is called: "town", "town-en"."""
    return text if language == DEFAULT else f"{text}-{language}"


def given(chosen: argparse.Namespace) -> bool:
    """Return whether any of the options was given."""
    return chosen.languages is not None or bool(names(chosen) or imprint(chosen))


def languages(chosen: argparse.Namespace) -> tuple[str, ...]:
    """Return the languages given, in their order."""
    return tuple(one.strip() for one in (chosen.languages or "").split(",") if one.strip())


def names(chosen: argparse.Namespace) -> dict[str, str]:
    """Return the names given, by language."""
    return _given(chosen, "town")


def imprint(chosen: argparse.Namespace) -> dict[str, str]:
    """Return who was given to answer for this Glas, by language."""
    return _given(chosen, "imprint")


def _given(chosen: argparse.Namespace, text: str) -> dict[str, str]:
    options = {one: getattr(chosen, option(text, one).replace("-", "_")) for one in _asked()}
    return {one: " ".join(words.split()) for one, words in options.items() if words is not None}


def _asked() -> tuple[str, ...]:
    return (DEFAULT, *(one for one in i18n.known() if one != DEFAULT))
