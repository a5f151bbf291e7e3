"""What people typed, made harmless for Streamlit's own widgets, which read Markdown and directives in it."""

from __future__ import annotations

import re
import unicodedata

# Every sign that Markdown may take for more than itself; a backslash before it makes it a plain sign.
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=\"'/@;%,?])")
# Streamlit looks for these after Markdown has been read, when the backslash is gone: an empty sign breaks them up.
_LATER = re.compile(r"(?<=[:@])(?=\S)|(?<=www)(?=\.)|(?<=w)(?=w)|(?<=[<-])(?=[->])", re.IGNORECASE)
_EMPTY = "\u2060"


def plain(text: object) -> str:
    """Return `text` so that a widget shows it letter by letter, on one line: no links, images, colours or formulas."""
    one_line = " ".join(str(text).split())
    # Invisible signs can turn the direction of a line round or hide what a name says.
    shown = "".join(sign for sign in one_line if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return _SIGNS.sub(r"\\\1", _LATER.sub(_EMPTY, shown))
