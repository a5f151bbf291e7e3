"""Reading a file that is to be imported: in a process of its own, with less memory, time and urgency than voters have.

Whoever sends a file decides how long it takes to read and how much memory that needs. In a thread of the server it
would stop every vote meanwhile, for one thread of Python runs at a time; in a process of its own it is bounded, and
gives way to everything else. Its answer comes in pieces through a pipe, read as fast as they can be written down: the
server never holds all the ballots at once. However small it is: a few bytes can ask for much.

Bounds, of which the largest real elections use a twentieth: 256 MiB, 20,000 lines before the votes, two million after,
1.5 GiB of memory, ten minutes of a processor – less for what is smaller: half a minute, and two seconds for each MiB.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, Any

import numpy as np

import core
from core.ballots.forms import to_text
from core.counting import pabulib
from core.counting.election import POINTED, Profile, canonical
from core.counting.pabulib import VOTES_LINE, PabulibFile
from core.errors import FileWrong

ROOT = Path(core.__file__).resolve().parent.parent

MOST_BYTES, MOST_HEAD_BYTES = 256 * 1024**2, 8 * 1024**2
MOST_HEAD_LINES, MOST_VOTES_LINES = 20_000, 2_000_000
MEMORY = 1536 * 1024**2  # bytes
PATIENCE, LEAST_PATIENCE = 600, 30  # seconds of a processor: for the largest file, and for any
PIECE = 500  # ballots

# What the process says: how far it is, that the file is wrong, the election without its ballots, some of the ballots.
SHARE, WRONG, HEAD, BALLOTS, END = b"s", b"w", b"h", b"b", b"e"
_SIZE = struct.Struct(">cI")

_turn = Lock()  # one process at a time: the computer has other things to do


@dataclass(frozen=True, slots=True)
class Reading:
    """A file while it is read: the election without its ballots, and these, as they are written, piece by piece."""

    election: PabulibFile
    number: int
    ballots: Iterator[list[str]]


@contextmanager
def reading(source: str | Path | bytes, tell: Callable[[float], None]) -> Iterator[Reading]:
    """Read a file – its path or bytes – inside the block. Raises FileWrong. `tell` is told the share done, 0 to 1."""
    with _file(source) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size > MOST_BYTES:
            raise FileWrong(reason="too_large", value=f"{size // 1024**2} MB")
        patience = min(PATIENCE, LEAST_PATIENCE + PATIENCE * size // MOST_BYTES)
        with _turn, _process(file, patience) as answer:
            head, number = _head(answer, tell)
            yield Reading(head, number, _ballots(answer))


def _file(source: str | Path | bytes) -> IO[bytes]:
    if not isinstance(source, bytes):
        return Path(source).open("rb")
    file = TemporaryFile()  # noqa: SIM115 – closed by who asked for it
    file.write(source)
    file.seek(0)
    return file


@contextmanager
def _process(file: IO[bytes], patience: int) -> Iterator[IO[bytes]]:
    """Give what a process says that reads this file; whatever ends the block ends the process."""
    command = [sys.executable, "-m", "core.imports._reading", str(MEMORY), str(patience)]
    # Libraries of numbers reserve memory for every thread that they might use.
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    child = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, cwd=ROOT, env=alone)
    assert child.stdout is not None
    try:
        yield child.stdout
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _head(answer: IO[bytes], tell: Callable[[float], object]) -> tuple[PabulibFile, int]:
    """Return the election and the number of its ballots, as soon as the process has read them."""
    while True:
        kind, content = _said(answer)
        if kind == HEAD:
            head, number = pickle.loads(content)
            return head, number
        if kind == WRONG:
            raise FileWrong(**json.loads(content))
        tell(json.loads(content))


def _ballots(answer: IO[bytes]) -> Iterator[list[str]]:
    while True:
        kind, content = _said(answer)
        if kind == WRONG:
            raise FileWrong(**json.loads(content))
        if kind == END:
            return
        yield json.loads(content)


def _said(answer: IO[bytes]) -> tuple[bytes, bytes]:
    """Return the next thing that the process says. Raises FileWrong where a bound, or the system, has ended it."""
    start = answer.read(_SIZE.size)
    if len(start) < _SIZE.size:
        raise FileWrong(reason="too_much")
    kind, size = _SIZE.unpack(start)
    content = answer.read(size)
    if len(content) < size:
        raise FileWrong(reason="too_much")
    return kind, content


def _read(data: bytes, tell: Callable[[float], None]) -> PabulibFile:
    """Return the election in these bytes. Raises FileWrong, also where it is larger than anything that was voted on."""
    return pabulib.read(data, tell, _within_bounds)


def _within_bounds(data: bytes) -> None:
    """Refuse an election larger than anything that was voted on; `data`: its file in plain lines."""
    found = VOTES_LINE.search(data)
    end = found.start() if found else len(data)
    before, after = data.count(b"\n", 0, end), data.count(b"\n", end)
    if end > MOST_HEAD_BYTES or before > MOST_HEAD_LINES:
        raise FileWrong(reason="too_many_projects", value=before)
    if after > MOST_VOTES_LINES:
        raise FileWrong(reason="too_many_ballots", value=after)


def _without_ballots(file: PabulibFile) -> PabulibFile:
    return replace(file, profile=Profile.of(file.profile.kind, ()), ballot_classes=np.zeros(0, np.int32))


def _pieces(file: PabulibFile) -> Iterator[list[str]]:
    """Yield the ballots as they are written, in the order of the file."""
    profile = file.profile
    texts: list[str] = []
    for number in range(profile.classes):
        form = canonical(profile.kind, profile.choices(number))
        texts.append(to_text(dict(form) if profile.kind in POINTED else form))
    for start in range(0, len(file.ballot_classes), PIECE):
        yield [texts[each] for each in file.ballot_classes[start : start + PIECE].tolist()]


def main(memory: int, patience: int) -> None:
    """Read a file from standard input and say what is in it; end when nobody waits for it any more."""
    parent, out = os.getppid(), sys.stdout.buffer
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))

    def say(kind: bytes, content: bytes = b"") -> None:
        if os.getppid() != parent:
            sys.exit(1)
        out.write(_SIZE.pack(kind, len(content)) + content)
        out.flush()

    try:
        file = _read(sys.stdin.buffer.read(), lambda share: say(SHARE, json.dumps(share).encode()))
        # Both ends are this program, one started by the other.
        say(HEAD, pickle.dumps((_without_ballots(file), len(file.ballot_classes))))
        for piece in _pieces(file):
            say(BALLOTS, json.dumps(piece).encode())
        say(END)
    except FileWrong as wrong:
        facts: dict[str, Any] = {**wrong.facts, "value": None if wrong.value is None else str(wrong.value)}
        say(WRONG, json.dumps(facts).encode())
    except MemoryError:
        say(WRONG, json.dumps({"reason": "too_much"}).encode())


if __name__ == "__main__":
    # Under its own name, so that what is handed over can be found by it.
    from core.imports import _reading as itself

    itself.main(*map(int, sys.argv[1:]))
