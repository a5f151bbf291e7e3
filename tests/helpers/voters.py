"""Voters who write down every acknowledgement they get, and a check that none of them was an empty promise."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

from sqlalchemy import Connection, text

from core.store import reading
from core.trust import slots, waiting
from tests.helpers import worlds
from tests.helpers.paths import ROOT


@dataclass
class Promises:
    """What the server has acknowledged: by person the newest number and revision, and every number ever given.

    `doubled`: acknowledgements that contradict an earlier one – one revision of a voter under two numbers, or one
    number for two ballots.
    """

    kept: dict[int, tuple[str, int]] = field(default_factory=dict)
    given: int = 0
    numbers: dict[tuple[int, int], str] = field(default_factory=dict)
    ballots: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubled: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def note(self, person: int, told: dict) -> None:
        number, ballot = told["number"], (person, told["revision"])
        with self.lock:
            self.given += 1
            self.kept[person] = (number, told["revision"])
            once = self.numbers.setdefault(ballot, number), self.ballots.setdefault(number, ballot)
            self.doubled += once != (number, ballot)

    def outcome(self, town: worlds.Town, people: Iterable[int] = ()) -> dict[str, int]:
        """Return how many promises the database does not keep, and how many ballots it holds too many.

        `people`: who has voted, or tried to; the ballot of nobody among them is somebody's second one.
        """
        with reading() as session:
            connection, round_id = session.connection(), town.round.id
            held = {person: waiting.find(connection, round_id, person) for person in {*self.kept, *people}}
            lost = sum(self._is_lost(connection, town, person, held[person]) for person in self.kept)
            box = waiting.opened(connection, round_id).entries
            found = {row.id: row for row in connection.execute(text("SELECT id, revision, withdrawn FROM slot"))}
            found |= {each.held.id: each.held for each in box}
            live = {name for name, row in found.items() if not row.withdrawn}
            revisions = sum(row.revision for row in found.values())
            leaves = (
                len(box)
                + connection.execute(
                    text("SELECT (SELECT count(*) FROM leaf) + (SELECT count(*) FROM pending_leaf)")
                ).scalar_one()
            )
        # A slot to which no voter leads is a second one of somebody; a leaf too many, a ballot that was logged twice.
        twice = len(live - {slot.id for slot in held.values() if slot}) + self.doubled + max(0, leaves - revisions)
        return {"acknowledged": self.given, "lost": lost + max(0, revisions - leaves), "twice": twice}

    def _is_lost(self, connection: Connection, town: worlds.Town, person: int, held: slots.Held | None) -> bool:
        """Return whether a voter's newest acknowledged ballot is not there.

        A later one may have come whose acknowledgement was cut off; an earlier state may not come back.
        """
        number, revision = self.kept[person]
        if held is None or held.revision < revision:
            return True
        return held.revision == revision and not _is_there(connection, town.round.id, number)


def _is_there(connection: Connection, round_id: int, number: str) -> bool:
    asked = text("SELECT 1 FROM receipt WHERE round_id = :id AND number = :number")
    found = connection.execute(asked, {"id": round_id, "number": number}).first() is not None
    return found or waiting.opened(connection, round_id).commitment_of(number) is not None


class Station:
    """The server that is killed: started, killed, started again."""

    def __init__(self, *how: str) -> None:
        self.how = how
        self.folder = Path(tempfile.mkdtemp(prefix="glas-st-"))
        self.address = self.folder / "s"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.address.unlink(missing_ok=True)
        words = [sys.executable, "-m", "tests.helpers.polling_station", str(self.address), *self.how]
        self.process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout and self.process.stdout.readline() == "ready\n"

    def kill(self, how: int = signal.SIGKILL) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.wait(20)

    @contextmanager
    def open(self) -> Iterator[Station]:
        self.start()
        try:
            yield self
        finally:
            self.kill()
            self.address.unlink(missing_ok=True)
            self.folder.rmdir()


@contextmanager
def crowd(station: Station, town: worlds.Town, people: Sequence[int], promises: Promises, threads: int = 4):
    """Have people vote again and again while the block runs, each thread for its own share of them."""
    stop = Event()
    shares = [people[number::threads] for number in range(threads)]
    working = [Thread(target=_vote, args=(station, town, share, promises, stop), daemon=True) for share in shares]
    for thread in working:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in working:
            thread.join(30)


def _vote(station: Station, town: worlds.Town, people: Sequence[int], promises: Promises, stop: Event) -> None:
    """Vote for each person in turn; what was not acknowledged is sent again, with the same request."""
    known = dict.fromkeys(people, 0)
    requests = {person: f"{os.urandom(6).hex()}-0" for person in people}
    while not stop.is_set():
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(60)
                client.connect(str(station.address))
                with client.makefile("rwb") as stream:
                    while not stop.is_set():
                        for person in people:
                            _one(stream, town, person, known, requests, promises)
                            if stop.is_set():
                                return
        except (OSError, EOFError, ValueError):
            time.sleep(0.01)


def _one(stream, town, person, known, requests, promises) -> None:
    choices = [f"p0{1 + known[person] % 5}"]
    asked = {
        "person": person, "town": town.municipality.id, "round": town.round.id, "choices": choices,
        "request": requests[person], "replaces": known[person],
    }  # fmt: skip
    stream.write(json.dumps(asked).encode() + b"\n")
    stream.flush()
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    told = json.loads(line)
    if "number" in told:
        promises.note(person, told)
        known[person] = told["revision"]
        requests[person] = f"{os.urandom(6).hex()}-{known[person]}"
    elif told.get("revision"):
        known[person] = told["revision"]
    else:
        promises.broken[told.get("broken") or told.get("refused") or "?"] += 1
        time.sleep(0.005)
