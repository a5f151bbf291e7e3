"""Shares: a key split among three people so that any two can put it together and one alone knows nothing of it.

Source: A. Shamir, "How to Share a Secret", 1979: byte by byte over GF(2⁸), the line key + slope · x at x = 1, 2, 3. A
share is typed in from paper, so it carries a check and is written in letters that are hard to mistake.
"""

import base64
import hashlib
import secrets

PEOPLE = 3
NEEDED = 2
CHECK = 4  # bytes


class ShareWrong(ValueError):
    """This is not a share: something is missing or mistyped."""


class SharesDiffer(ValueError):
    """These are two copies of one share, or shares of two different keys."""


def split(key: bytes) -> tuple[str, str, str]:
    """Return three shares of the key, as text in groups of five letters and digits."""
    slope = secrets.token_bytes(len(key))
    # Shares of one splitting carry one random mark; a hash of the key would tell something of it.
    mark = secrets.token_bytes(CHECK)
    first, second, third = (
        _write(bytes([x]) + mark + bytes(k ^ _times(s, x) for k, s in zip(key, slope, strict=True)))
        for x in range(1, PEOPLE + 1)
    )
    return first, second, third


def join(one: str, other: str) -> bytes:
    """Return the key that two shares were made of; its public half tells whether it is the right one.

    Raises ShareWrong, SharesDiffer.
    """
    (x, mark, a), (y, other_mark, b) = _read(one), _read(other)
    if x == y or mark != other_mark or len(a) != len(b):
        raise SharesDiffer
    # The line through (x, a) and (y, b) meets 0 at (a·y + b·x) / (x + y); adding is XOR.
    inverse = _inverse(x ^ y)
    return bytes(_times(_times(p, y) ^ _times(q, x), inverse) for p, q in zip(a, b, strict=True))


def seat(share: str) -> int:
    """Return which of the three shares this is, from 1. Raises ShareWrong."""
    return _read(share)[0]


def _write(raw: bytes) -> str:
    text = base64.b32encode(raw + hashlib.sha256(raw).digest()[:CHECK]).decode().rstrip("=")
    return "-".join(text[at : at + 5] for at in range(0, len(text), 5))


def _read(share: str) -> tuple[int, bytes, bytes]:
    # 0, 1 and 8 do not occur in base 32; whoever types them meant the letters.
    text = "".join(share.upper().split()).replace("-", "").translate(str.maketrans("018", "OIB"))
    try:
        whole = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError as error:
        raise ShareWrong from error
    raw, check = whole[:-CHECK], whole[-CHECK:]
    if len(raw) <= 1 + CHECK or hashlib.sha256(raw).digest()[:CHECK] != check or raw[0] not in range(1, PEOPLE + 1):
        raise ShareWrong
    return raw[0], raw[1 : 1 + CHECK], raw[1 + CHECK :]


def _times(a: int, b: int) -> int:
    """Multiply in GF(2⁸) with the polynomial x⁸ + x⁴ + x³ + x + 1."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = (a << 1) ^ (0x11B if a & 0x80 else 0), b >> 1
    return product


def _inverse(a: int) -> int:
    return next(b for b in range(1, 256) if _times(a, b) == 1)
