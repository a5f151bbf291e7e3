"""Letters: codes that people copy by hand, texts in Latin letters, and what looks alike or cannot be seen.

Codes are of 31 symbols without look-alikes, and a check symbol. A name is compared by how it looks (`look`), and what
people write is nothing if nothing of it can be seen (`trimmed`).
"""

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

_COUNTRY = "българия"


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
    text = text[: 20 * most]
    # Letters with accents lose them, those of other alphabets go.
    bare = unicodedata.normalize("NFKD", latin(unicodedata.normalize("NFKC", text))).encode("ascii", "ignore").decode()
    dashed = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    return dashed if len(dashed) <= most else dashed[:most].rsplit("-", 1)[0].strip("-")


def _word(word: str) -> str:
    begin, end = 0, len(word)
    while word.startswith(_COUNTRY, begin):
        begin += len(_COUNTRY)
    while word.endswith("ия", begin, end):
        end -= 2
    middle = "".join(_PAIRS.get(letter, letter) for letter in word[begin:end])
    return "bulgaria" * (begin // len(_COUNTRY)) + middle + "ia" * ((len(word) - end) // 2)


# Signs that leave a place empty, or none at all, though Unicode calls them letters, marks or symbols.
_EMPTY = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0\U00016fe4\U0001d159")
_EMPTY_RANGES = ((0xFE00, 0xFE0F), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))
# Written after a symbol these only say that it has colours.
_COLOURS = re.compile("(?<=[^\\w\\s])[\ufe0e\ufe0f]")

# No database and no file takes these: the zero character, and halves of a pair that stand alone.
_NOWHERE = re.compile("[\x00\ud800-\udfff]")

# Alphabets that people write today; of the others some look like these letter by letter.
_IN_USE = frozenset(
    "ARABIC ARMENIAN BENGALI BOPOMOFO CJK CYRILLIC DEVANAGARI ETHIOPIC GEORGIAN GREEK GUJARATI GURMUKHI HANGUL HEBREW"
    " HIRAGANA KANNADA KATAKANA KHMER LAO LATIN MALAYALAM MYANMAR ORIYA SINHALA TAMIL TELUGU THAANA THAI"
    " TIBETAN".split()
)
# Japanese and Korean mix these within a word.
_TOGETHER = frozenset({"BOPOMOFO", "CJK", "HANGUL", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})

# Letters of other alphabets and digits, each above the Latin letter or the digit that it looks like. Large and small
# stand apart: a Greek Η is an H, and its small η an n.
_LOOKS = str.maketrans(
    "АВГЕЗІЈКМНОПРСТУХЅҮԚԜҺӀЬ" "авгезіјкмнопрстухѕүԛԝһӏьбԁԍ"
    "ΑΒΓΕΖΗΙΚΜΝΟΡΤΥΧϹ" "αβγεηικνορςτυχωϲϳ" "ՏՍՕԼ" "օոսհցզյլ" "סוןהاه" "I|01" "ıɩɑɡʏɪʟʀɴʙʜᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜱ",
    "ABrE3lJKMHOnPCTYXSYQWhlb" "abre3ijkmhonpctyxsyqwhlb6dg"
    "ABrEZHlKMNOPTYXC" "abyenikvopctuxwcj" "SUOL" "onuhgqjl" "ollnlo" "llol" "iiagyilrnbhacdejkmoptuvwzs",
)  # fmt: skip


def clean(text: str) -> str:
    """Return a text without the characters that can be kept nowhere; what comes from outside passes here first."""
    return _NOWHERE.sub("", text)


def unseen(text: str) -> bool:
    """Return whether a text holds a sign that nobody can see: without a width, of a direction, or an empty place."""
    return any(map(_is_unseen, text))


def without_unseen(text: str) -> str:
    """Return a text without the signs that nobody can see."""
    return "".join(symbol for symbol in text if not _is_unseen(symbol))


def shows(text: str) -> bool:
    """Return whether anything of a text can be seen."""
    return any(not (symbol.isspace() or _is_unseen(symbol)) for symbol in text)


def visible(text: str) -> int:
    """Return how many signs of a text can be seen, with the spaces between them."""
    return sum(not _is_unseen(symbol) for symbol in trimmed(text))


def trimmed(text: str) -> str:
    """Return a text without spaces and unseen signs round it, and clean; "" if it shows nothing.

    Inside a text unseen signs stay: they hold pictures of several signs together, and some languages need them.
    """
    bare = clean(text)
    seen = [place for place, symbol in enumerate(bare) if not (symbol.isspace() or _is_unseen(symbol))]
    return bare[seen[0] : _end(bare, seen[-1] + 1)] if seen else ""


def without_colours(text: str) -> str:
    """Return a text whose symbols no longer say that they are shown in colours: so that a heart may stand in a name."""
    return _COLOURS.sub("", text)


def apart(first: str, second: str) -> tuple[int, ...]:
    """Return where two words of one length differ, from 1; nothing for others."""
    if len(first) != len(second):
        return ()
    return tuple(place for place, (one, two) in enumerate(zip(first, second, strict=True), 1) if one != two)


def mixed_word(text: str) -> str:
    """Return the first word that holds letters of two alphabets, "" if there is none."""
    return next((word for word in re.findall(r"[^\W_]+", text) if len(_alphabets(word)) > 1), "")


def in_use(text: str) -> bool:
    """Return whether every letter is of an alphabet that people write today."""
    return all(alphabet in _IN_USE or alphabet == "CJK" for alphabet in _alphabets(text))


def piled(text: str) -> bool:
    """Return whether a text begins with a mark that belongs on a letter, or piles more than two on one."""
    kinds = "".join(unicodedata.category(symbol)[0] for symbol in unicodedata.normalize("NFC", text))
    return kinds.startswith("M") or "MMM" in kinds


def look(text: str) -> str:
    """Return what all texts have in common that look the same: „Мария“ and "Mapия", "Ivo" and "lvo", "Zoë" and "Zoe".

    After the skeletons of Unicode's report 39, with its tables cut down to alphabets that are in use.
    """
    bare = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    shown = "".join(_plain_sign(symbol) for symbol in bare if unicodedata.category(symbol) not in ("Mn", "Me"))
    return " ".join(shown.translate(_LOOKS).casefold().split())


def _plain_sign(symbol: str) -> str:
    kind = unicodedata.category(symbol)
    if kind == "Nd":
        return str(unicodedata.digit(symbol))
    if kind == "Pd" or symbol == "\u2212":
        return "-"
    return "'" if symbol in "`´ʹʻʼʽʾʿˈ‘’‚‛′‵" else "" if _is_unseen(symbol) else symbol


def _alphabets(text: str) -> set[str]:
    found = set()
    for symbol in text:
        if symbol.isalpha():
            first = unicodedata.name(symbol, "?").split()[0]
            # Signs that change a letter belong to whatever alphabet it is of.
            found |= set() if first in ("MODIFIER", "FEMININE", "MASCULINE") else {first}
    return found - _TOGETHER | ({"CJK"} if found & _TOGETHER else set())


def _is_unseen(symbol: str) -> bool:
    if symbol in _EMPTY or unicodedata.category(symbol) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return symbol not in "\t\n\r"
    return any(first <= ord(symbol) <= last for first, last in _EMPTY_RANGES)


def _end(text: str, end: int) -> int:
    """Return where a text ends: what gives its last sign its colours, or makes a flag of it, belongs to it."""
    more = re.match("[\ufe0e\ufe0f\U000e0020-\U000e007f]*", text[end:])
    return end + (more.end() if more else 0)
