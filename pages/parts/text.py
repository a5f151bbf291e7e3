"""What people typed, made harmless for Streamlit's own widgets, which read Markdown and directives in it."""

from __future__ import annotations

import base64
import re
import unicodedata

# Every sign that Markdown may take for more than itself; a backslash before it makes it a plain sign.
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=\"'/@;%,?])")

# Streamlit looks for these after Markdown has been read, when the backslash is gone: an empty sign breaks them up.
_LATER = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=w)(?=w)|(?<=[<-])(?=[->])", re.IGNORECASE)

_EMPTY = "\u2060"


_INNER = str.maketrans({"„": "«", "“": "»", "”": "»"})


GROUP = 4


def plain(text: object) -> str:
    """Return `text` so that a widget shows it letter by letter, on one line: no links, images, colours or formulas."""
    one_line = " ".join(str(text).split())
    # Invisible signs can turn the direction of a line round or hide what a name says.
    shown = "".join(sign for sign in one_line if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return _SIGNS.sub(r"\\\1", _LATER.sub(_EMPTY, shown))


def inside(title: str) -> str:
    """Return a title that goes between quotation marks, with its own ones made inner ones: „«Тиха стая» – място“."""
    return title.translate(_INNER)


def letters(root: bytes) -> str:
    """Return a root in base 32, without what fills it up."""
    return base64.b32encode(root).decode().rstrip("=")


def groups(root: bytes) -> str:
    """Return a root in groups of four that may be read aloud."""
    text = letters(root)
    return " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))
