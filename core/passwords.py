"""Passwords: how they are kept, and which are too easy."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Invalid, TooManyTries

LEAST = 12
# Long enough for any sentence; more would only keep the server busy.
MOST = 200
# Each hash takes 19 MiB and 25 ms of a core: two at a time, the others wait their turn, and not for ever.
_TURNS = BoundedSemaphore(2)
_PATIENCE = 5

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)


def check_strength(password: str, *, names: tuple[str, ...] = ()) -> None:
    """Refuse a password that is short, common or the person's own name. Raises Invalid."""
    if len(password) < LEAST:
        raise Invalid("password", "too_short", limit=LEAST)
    if len(password) > MOST:
        raise Invalid("password", "too_long", limit=MOST)
    plain = password.casefold()
    if (
        len(set(plain)) < 5
        or _reduced(plain) in common()
        or any(name and plain == name.casefold() * 2 for name in names)
    ):
        raise Invalid("password", "weak")
    if any(len(name) > 2 and len(plain.replace(name.casefold(), "")) < LEAST // 2 for name in names):
        raise Invalid("password", "weak")


def hashed(password: str) -> str:
    """Return the argon2id hash of a password. Raises TooManyTries when the server is too busy."""
    with _turn():
        return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Return whether the password is the one kept. It takes as long where nothing is kept."""
    if len(password) > MOST:
        return False
    with _turn():
        try:
            return _hasher.verify(kept or _nobodys(), password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def common() -> frozenset[str]:
    """Return very common passwords of the permitted length, and the stems that others are made of."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _reduced(plain: str) -> str:
    """Return what is left of a password without the digits and signs that people put round a word."""
    stem = plain.strip("0123456789!?.*#@$_- ")
    if not stem:
        return plain
    half = stem[: len(stem) // 2]
    return half if half and half * 2 == stem else stem


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURNS.acquire(timeout=_PATIENCE):
        raise TooManyTries(seconds=_PATIENCE)
    try:
        yield
    finally:
        _TURNS.release()
