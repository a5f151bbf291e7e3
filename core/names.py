"""Names: what people call themselves and where mail finds them, made fit to be kept."""

import re
import unicodedata

from core.errors import Invalid

NICKNAME = (2, 30)
_EMAIL = re.compile(r"[^@\s<>\"(),;:]+@[^@\s<>\"(),;:.]+(\.[^@\s<>\"(),;:.]+)+")


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: NFKC, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def clean_nickname(nickname: str) -> str:
    """Return a nickname fit to be shown. Raises Invalid."""
    shown = " ".join(unicodedata.normalize("NFKC", nickname).split())
    least, most = NICKNAME
    if not shown:
        raise Invalid("nickname", "required")
    if len(shown) < least:
        raise Invalid("nickname", "too_short", limit=least)
    if len(shown) > most:
        raise Invalid("nickname", "too_long", limit=most)
    # An @ would make it an e-mail; signs without a shape of their own would make two names look alike.
    if "@" in shown or not any(map(str.isalpha, shown)) or not all(map(str.isprintable, shown)):
        raise Invalid("nickname", "format")
    return shown


def clean_email(email: str | None, *, field: str = "email") -> str | None:
    """Return an e-mail address, or None if there is none. Raises Invalid."""
    if email is None or not email.strip():
        return None
    address = email.strip()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise Invalid(field, "format")
    return address
