"""Latin letters for Bulgarian ones, by the Transliteration Act of 2009."""

import re
import unicodedata

_LETTERS = "абвгдежзийклмнопрстуфхцчшщъьюя"
_LATIN = "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya"
_PAIRS = dict(zip(_LETTERS, _LATIN.split(), strict=True))


def latin(text: str) -> str:
    """Return a text in small Latin letters: "ия" ends a word as "ia", and България is Bulgaria."""
    return "".join(map(_word, re.split(r"(\W+)", text.lower())))


def slug(text: str, *, most: int = 60) -> str:
    """Return a text as a part of an address: small Latin letters, digits and dashes; empty if nothing is left."""
    # Letters with accents lose them, those of other alphabets go.
    bare = unicodedata.normalize("NFKD", latin(unicodedata.normalize("NFKC", text))).encode("ascii", "ignore").decode()
    dashed = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    return dashed if len(dashed) <= most else dashed[:most].rsplit("-", 1)[0].strip("-")


def _word(word: str) -> str:
    if word.startswith("българия"):
        return "bulgaria" + _word(word[len("българия") :])
    if word.endswith("ия"):
        return _word(word[:-2]) + "ia"
    return "".join(_PAIRS.get(letter, letter) for letter in word)
