"""Letters for codes that people copy by hand: 31 symbols without look-alikes, and a check symbol."""

import re
import secrets
import unicodedata

# No 0 O, 1 I L: on paper they are one.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}

# Who types with a Bulgarian keyboard often means the Latin letter of the same shape.
_SHAPES = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")

# The same for words in small letters, both ways.
_LIKE_CYRILLIC, _LIKE_LATIN = "abcehkmoptxy", "авсенкмортху"


_LETTERS = "абвгдежзийклмнопрстуфхцчшщъьюя"

_LATIN = "a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya"

_PAIRS = dict(zip(_LETTERS, _LATIN.split(), strict=True))


def either(text: str) -> tuple[str, str, str]:
    """Return a text in small letters as it is, and with letters of the same shape taken from one alphabet only."""
    to_cyrillic, to_latin = str.maketrans(_LIKE_CYRILLIC, _LIKE_LATIN), str.maketrans(_LIKE_LATIN, _LIKE_CYRILLIC)
    return text, text.translate(to_cyrillic), text.translate(to_latin)


def random_text(length: int) -> str:
    """Return symbols drawn at random, 4.95 bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def check_symbol(text: str) -> str:
    """Return the symbol that shows any single wrong symbol and any two swapped neighbours."""
    # 31 is a prime and no weight repeats within 30 symbols, so neither kind of error can cancel out.
    return ALPHABET[sum(weight * _VALUE[symbol] for weight, symbol in enumerate(text, start=1)) % len(ALPHABET)]


def plain(text: str) -> str:
    """Return what was typed in capital letters, without spaces and dashes."""
    return "".join(symbol for symbol in text[:200].upper().translate(_SHAPES) if symbol.isalnum())


def well_formed(text: str) -> bool:
    """Return whether every symbol is one of ours."""
    return all(symbol in _VALUE for symbol in text)


def grouped(text: str, *sizes: int) -> str:
    """Return a code with dashes, in groups of the sizes given or of five."""
    lengths, parts, start = sizes or (5,) * -(-len(text) // 5), [], 0
    for length in lengths:
        parts.append(text[start : start + length])
        start += length
    return "-".join(parts)


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
