"""A server of ballots in a process of its own, made to be killed: it casts what it is asked to and acknowledges it.

It listens on a socket, a line of JSON a request, and answers with the receipt – after the commit. Where a test wants to
see that a fault is found out, it answers before that (early), syncs less (normal), does not ask PostgreSQL to wait for
its disk (unasked), or now and then takes a voter for somebody else (forgetful).

Run: python -m tests.helpers.polling_station SOCKET [early] [normal] [unasked] [forgetful].
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import time
from contextlib import suppress
from threading import Thread, local

from sqlalchemy import event

from core import clock, voting
from core.errors import GlasError
from core.permissions import Actor, Role
from core.store import transaction
from core.trust import slots
from db import engine

# Where a forgetful server looks in this vote, from the first look to the last; None: at the voter's own.
_MISTAKEN = local()


def main() -> None:
    """Serve until killed."""
    address, *how = sys.argv[1:]
    if "unasked" in how:
        engine._set_up_postgresql = lambda *_: None
    if "normal" in how:
        event.listen(engine.engine(), "connect", _without_sync)
    if "forgetful" in how:
        known = slots.lookup
        slots.lookup = lambda *who: getattr(_MISTAKEN, "lookup", None) or known(*who)
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(64)
    print("ready", flush=True)
    while True:
        client, _ = server.accept()
        Thread(target=serve, args=(client, "early" in how), daemon=True).start()


def serve(client: socket.socket, early: bool) -> None:
    """Answer one client's requests in their order."""
    with client, client.makefile("rwb") as stream, suppress(BrokenPipeError, ConnectionResetError):
        for line in stream:
            asked = json.loads(line)
            try:
                told = cast(asked, stream if early else None)
            except GlasError as refusal:
                told = {"refused": type(refusal).__name__, "revision": getattr(refusal, "revision", None)}
            except Exception as trouble:  # noqa: BLE001 – a full disk or a lost database is no acknowledgement
                told = {"broken": type(trouble).__name__}
            if told:
                stream.write(json.dumps(told).encode() + b"\n")
                stream.flush()


def cast(asked: dict, early: object) -> dict | None:
    """Cast a ballot and return its acknowledgement; `early`: a stream on which it is given before the commit."""
    person = Actor(
        person_id=asked["person"], municipality_id=asked["town"], nickname="", roles=frozenset({Role.resident}),
        pseudonym="", birth_year=2006,
    )  # fmt: skip
    # Her first ballot is her own, so that a second one loses none.
    mistaken = asked["replaces"] > 0 and secrets.randbelow(6) == 0
    _MISTAKEN.lookup = secrets.token_bytes(32) if mistaken else None
    with transaction() as session:
        receipt = voting.cast_ballot(
            session, person, asked["round"], asked["choices"], at=clock.now(), request_id=asked["request"],
            replaces=asked["replaces"],
        )  # fmt: skip
        told = {"request": asked["request"], "number": receipt.number, "revision": receipt.revision}
        if early is not None:
            early.write(json.dumps(told).encode() + b"\n")  # type: ignore[attr-defined]
            early.flush()  # type: ignore[attr-defined]
            time.sleep(0.02)  # a slow disk, so that a kill meets this moment
    return None if early is not None else told


def _without_sync(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")  # type: ignore[attr-defined]


if __name__ == "__main__":
    os.umask(0o077)
    main()
