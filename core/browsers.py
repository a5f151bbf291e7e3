"""Browsers: where somebody has signed in before, she gets in even while others try her password.

A browser keeps a note a person, in a cookie: a random number, and an HMAC(pepper) over it and her pseudonym. The server
keeps none of them. A note opens nothing; wrong tries beside it are counted apart from everybody else's.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from core.trust import keys

# A computer at school has seen many; whom it has not seen for longest it forgets.
MOST = 12
_NUMBER, _MARK = 9, 15
_LENGTH = (_NUMBER + _MARK) * 4 // 3
LONGEST = MOST * (_LENGTH + 1)


def noted(kept: str, pseudonym: str) -> str:
    """Return what a browser keeps from now on that has kept this: a note about the person comes first."""
    number = known(kept, pseudonym) or _text(secrets.token_bytes(_NUMBER))
    own = number + _mark(number, pseudonym)
    return ".".join([own, *(note for note in _notes(kept) if note != own)][:MOST])


def known(kept: str, pseudonym: str) -> str | None:
    """Return the number on the person's note in what a browser keeps, None if there is none of ours."""
    for note in _notes(kept):
        number, mark = note[: -_MARK * 4 // 3], note[-_MARK * 4 // 3 :]
        if hmac.compare_digest(mark.encode(), _mark(number, pseudonym).encode()):
            return number
    return None


def _notes(kept: str) -> list[str]:
    if len(kept) > LONGEST or not kept.isascii():
        return []
    return [note for note in kept.split(".") if len(note) == _LENGTH]


def _mark(number: str, pseudonym: str) -> str:
    found = hmac.digest(keys.pepper(), f"browser‖{number}‖{pseudonym}".encode(), hashlib.sha256)
    return _text(found[:_MARK])


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).decode()
