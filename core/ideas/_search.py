"""How what somebody looks for is found: in either alphabet, whatever the ending, by the name of the area too."""

import re
from collections.abc import Iterable
from functools import lru_cache

from core import letters

# How Bulgarian is typed in Latin letters without thinking of any norm; both sides are brought to one spelling.
_TYPED = (
    ("6", "sh"), ("4", "ch"), ("q", "ya"), ("x", "h"), ("w", "v"), ("j", "zh"), ("ck", "k"), ("ts", "c"), ("y", "i"),
    ("ii", "i"),
)  # fmt: skip
# Endings in that spelling, the longest first: the article, then number and gender, in both languages.
_ARTICLES = re.compile(r"(?<=...)(?:iiat|iat|at|ta|to|te)$")
_ENDINGS = re.compile(r"(?<=...)(?:ove|eve|ovi|es|ia|ie|s|a|e|i|o|u)$")
_WORDS = re.compile(r"[^\W_]+")
SHORTEST, APART = 4, 2  # letters of a stem that finds others; by how many a longer one may find a shorter


def mentions(texts: Iterable[str], query: str) -> bool:
    """Return whether every word of a query stands in the texts: as a part of them, or as another form of a word."""
    # SQLite folds the case of Latin letters only, so this is done here.
    held = " ".join(texts).casefold()
    wanted = [word for word in query.casefold().split() if word not in held]
    if not wanted:
        return True
    stems = {stem(word) for word in _WORDS.findall(held)}
    return all(
        any(_same(stem(part), one) for one in stems) for word in wanted for part in _WORDS.findall(word) or [word]
    )


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return what the forms of a word in small letters have in common, in Latin letters."""
    spelt = letters.latin(word)
    for typed, meant in _TYPED if not word.isdecimal() else ():
        spelt = spelt.replace(typed, meant)
    return _ENDINGS.sub("", _ARTICLES.sub("", spelt))


def _same(wanted: str, held: str) -> bool:
    if min(len(wanted), len(held)) < SHORTEST:
        return wanted == held
    return held.startswith(wanted) or (wanted.startswith(held) and len(wanted) - len(held) <= APART)
