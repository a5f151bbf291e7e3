"""The seat of the server: one process serves a town, another waits a moment for it and then says who is there.

Of several workers that one command has started the first one serves; the others stand by without taking a request, and
one of them takes over if the first dies. Whoever was started by itself gives up, with a sentence that names the first.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core import clock
from core.errors import DatabaseReplaced, ServerRuns
from core.store import reading, transaction
from core.trust import serving
from pages.parts import i18n, refusals
from pages.parts.i18n import _

WAIT = 10.0  # seconds that a restart gives the old server to end
AGAIN, LOOK = 0.2, 5.0  # seconds between two tries, and between two looks at the locks
MARK_EVERY = 12  # looks
# What uvicorn calls a failed start: whoever started several workers gives up then.
NOT_STARTED = 3

log = logging.getLogger("glas.seat")


@contextmanager
def waited_for() -> Iterator[None]:
    """Be alone with database and keys in the block, after a wait for a server that just ends. Raises ServerRuns."""
    until, said = time.monotonic() + WAIT, False
    while True:
        try:
            holding = serving.alone(clock.now())
            holding.__enter__()
            break
        except ServerRuns:
            if time.monotonic() >= until:
                raise
            if not said:
                _say(_("Another Glas still runs here. Waiting {seconds} seconds for it to end …", seconds=int(WAIT)))
                said = True
            time.sleep(AGAIN)
    try:
        yield
    finally:
        holding.__exit__(None, None, None)


async def take() -> None:
    """Take the seat, for as long as this process lives; leave the process if somebody else keeps it."""
    i18n.use(i18n.of_terminal(os.environ))
    until = time.monotonic() + WAIT
    while (first := _tried()) is not None:
        if _is_sibling(first):
            _say(
                _(
                    "Process {pid} already serves this town, and Glas runs in one process. This worker ({own}) serves "
                    "nothing: leave --workers out.",
                    pid=first.pid, own=os.getpid(),
                )
            )  # fmt: skip
            await _stand_by()
            return
        if time.monotonic() >= until:
            _say(refusals.sentence(first))
            os._exit(NOT_STARTED)
        await asyncio.sleep(AGAIN)


def mark() -> None:
    """Write into the database which server it is served by."""
    with transaction() as session:
        serving.mark(session)


def look() -> None:
    """See whether the database is still the one that this server began with. Raises DatabaseReplaced."""
    with reading() as session:
        serving.refuse_replaced(session.connection())


async def keep() -> None:
    """Look after the locks until it is cancelled; end the process once another one serves the town."""
    i18n.use(i18n.of_terminal(os.environ))
    looks, said = 0, False
    while True:
        await asyncio.sleep(LOOK)
        looks += 1
        try:
            await asyncio.to_thread(serving.watch, clock.now())
            await asyncio.to_thread(mark if looks % MARK_EVERY == 0 else look)
        except ServerRuns as first:
            log.critical("%s", refusals.sentence(first))
            os.kill(os.getpid(), signal.SIGTERM)
            return
        except DatabaseReplaced as replaced:
            if looks % MARK_EVERY == 1 or not said:
                log.critical("%s", refusals.sentence(replaced))
            said = True
        except Exception:
            log.exception("The locks could not be looked after.")


def _tried() -> ServerRuns | None:
    try:
        serving.begin(clock.now())
    except ServerRuns as first:
        return first
    return None


def _is_sibling(first: ServerRuns) -> bool:
    """Return whether the one who serves was started by the same command as this worker."""
    worker = multiprocessing.parent_process() is not None or "gunicorn" in sys.modules
    return worker and first.parent == os.getppid()


async def _stand_by() -> None:
    """Wait until the seat is free; end at once when told to, for there is nothing to finish."""
    before = {}
    for sign in (signal.SIGTERM, signal.SIGINT):
        with suppress(ValueError):  # outside the main thread nobody may listen
            before[sign] = signal.signal(sign, lambda *_: os._exit(0))
    while _tried() is not None:
        await asyncio.sleep(1)
    for sign, handler in before.items():
        signal.signal(sign, handler)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
