"""Passwords: how they are kept, and which are too easy."""

from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import zxcvbn
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import Invalid, TooManyTries

LEAST, LEAST_OF_STAFF = 12, 15

# Long enough for any sentence; more would only keep the server busy.
MOST = 200

# Of five marks, the least that withstands a guesser with the whole hash. The estimate's time grows much faster than the
# length: 72 symbols took up to 3 s of a core, of which no vote had any.
_SCORE, _JUDGED = 3, 32


T = TypeVar("T")


class Turns:
    """Works on few things at a time, always on the same threads; lanes take turns, and in a lane who came first."""

    def __init__(self, name: str, *, at_once: int, most: int, most_of_one: int, patience: float) -> None:
        """Work on `at_once` things; at most `most` wait, `most_of_one` in a lane, and nobody longer than `patience`."""
        self._most, self._most_of_one, self._patience = most, most_of_one, patience
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._lanes: OrderedDict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()
        self._waiting, self._lock = 0, Lock()

    def take(self, lane: str, work: Callable[[], T]) -> T:
        """Return what `work` gives once it is its turn. Raises TooManyTries where too many wait, or for too long."""
        future: Future[T] = Future()
        with self._lock:
            line = self._lanes.get(lane, deque())
            if self._waiting >= self._most or len(line) >= self._most_of_one:
                raise self._busy()
            line.append((future, work))
            self._lanes[lane] = line
            self._waiting += 1
        self._workers.submit(self._next)
        try:
            return future.result(self._patience)
        except TimeoutError:
            if future.cancel():
                raise self._busy() from None
            return future.result()

    def _busy(self) -> TooManyTries:
        return TooManyTries(seconds=max(1, round(self._patience)), busy=True)

    def _next(self) -> None:
        """Do the first thing of the lane whose turn it is."""
        with self._lock:
            lane, line = self._lanes.popitem(last=False)
            future, work = line.popleft()
            self._waiting -= 1
            if line:
                self._lanes[lane] = line
        # Whoever has lost patience has taken it back.
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as trouble:  # noqa: BLE001 – handed on to whoever waits for it
            future.set_exception(trouble)


# Each hash takes 19 MiB and 25 ms of a core: two at a time, on two threads that are always the same, for each thread
# that has hashed keeps its 19 MiB. A class may wait its turn, a crowd is asked to come again.
_TURNS = Turns("passwords", at_once=2, most=200, most_of_one=100, patience=5)


_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)


def check_strength(password: str, *, names: tuple[str, ...] = (), staff: bool = False, lane: str = "") -> None:
    """Refuse a password that is short, common, easily guessed or the person's own name. Raises Invalid or TooManyTries.

    Whoever asks over the net asks in two steps, and has her try counted between them.
    """
    check_form(password, names=names, staff=staff)
    check_guessable(password, names=names, lane=lane)


def check_form(password: str, *, names: tuple[str, ...] = (), staff: bool = False) -> None:
    """Refuse a password that is short, long, common or the person's own name: what costs next to nothing to see.

    Raises Invalid.
    """
    least = LEAST_OF_STAFF if staff else LEAST
    if len(password) < least:
        raise Invalid("password", "too_short", limit=least)
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


def check_guessable(password: str, *, names: tuple[str, ...] = (), lane: str = "") -> None:
    """Refuse a password that is easily guessed, by the beginning of it. Raises Invalid or TooManyTries.

    It takes up to 0.4 s of a core, so it waits its turn like hashing, in the same `lane`; count the try before.
    """
    if _TURNS.take(lane, lambda: _score(password, names)) < _SCORE:
        raise Invalid("password", "weak")


def _score(password: str, names: tuple[str, ...]) -> int:
    known = [name[:_JUDGED] for name in names if name]
    return int(zxcvbn.zxcvbn(password[:_JUDGED], user_inputs=known, max_length=_JUDGED)["score"])


def hashed(password: str, lane: str = "") -> str:
    """Return the argon2id hash of a password. Raises TooManyTries when the server is too busy.

    `lane`: who wants it, for lanes take turns: a crowd from one network makes nobody wait but itself.
    """
    return _TURNS.take(lane, lambda: _hasher.hash(password))


def fits(password: str, kept: str | None, lane: str = "") -> bool:
    """Return whether the password is the one kept. It takes as long where nothing is kept. `lane`: as in `hashed`."""
    if len(password) > MOST:
        return False
    return _TURNS.take(lane, lambda: _verified(password, kept))


def _verified(password: str, kept: str | None) -> bool:
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
