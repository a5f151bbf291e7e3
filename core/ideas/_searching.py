"""Words as people search for them: one that asks for "площадката" or "ploshtadki" finds a "площадка".

All letters become Latin, as the law writes them and as people type them without a Bulgarian keyboard; then one ending
goes: article, number or gender. What is left has to begin a word of the text. No dictionary: a root that changes
("свят", "светове") is not found by its other form.
"""

import re
from collections.abc import Iterable

from core import letters

# The longest first; Bulgarian ones in Latin letters, then the English plural.
_ENDINGS = (
    "ovete evete ishtata ishta ovtsi iiat iata ieto ove eve ite ata oto eto iat ia at ta to te es a i o e s"
).split()
_SHORTEST_ROOT = 3

# One of several ways to type the same letter; both sides are read alike, so English words lose nothing.
_ALIKE = str.maketrans({"y": "i", "j": "i", "w": "v", "q": "ia", "x": "h"})
_C = re.compile("c(?!h)")
_DIGITS = re.compile("(?<=[a-z])[46]|[46](?=[a-z])")


def mention(texts: Iterable[str], query: str) -> bool:
    """Return whether the texts hold each word of the query, in some form and in either alphabet."""
    wanted = _folded(query).split()
    held = _folded(" ".join(texts))
    return all(word in held or re.search(rf"\b{re.escape(_root(word))}", held) for word in wanted)


def _folded(text: str) -> str:
    bare = _DIGITS.sub(lambda digit: {"4": "ch", "6": "sh"}[digit[0]], letters.latin(text.casefold()))
    return _C.sub("ts", bare.translate(_ALIKE))


def _root(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT:
            return word.removesuffix(ending)
    return word
