"""The start of the server: load what the first visitor would otherwise wait for."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from core import clock, closing
from core.codes import slips
from core.errors import GlasError
from core.imports import elections
from core.people import sessions
from core.privacy import erasure, retention
from core.store import empty_journal, reading, transaction
from core.trust import journals, readiness, verifying, voted_on
from pages.parts import i18n, templates, visit
from pages.server import open_files, seat, upload_route

# Not pandas and pyarrow: only tables of staff pages need them, and bring them with the first one.
HEAVY = ("streamlit.elements.arrow", "core.counting.rules", "pages.header")


log = logging.getLogger("glas.housekeeping")

MINUTE, HOUR = 60.0, 3600.0
# Seconds after which a thread that computes lets another one go on; a vote asks for its turn a dozen times.
SWITCH = 0.001


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Take the seat, warm up, then serve."""
    await seat.take()
    sys.setswitchinterval(SWITCH)
    open_files.raise_limit()
    warm()
    seat.mark()
    packing = asyncio.create_task(asyncio.to_thread(pack_scripts))
    keeping = asyncio.create_task(keep_house())
    seated = asyncio.create_task(seat.keep())
    yield
    for task in (packing, keeping, seated):
        task.cancel()


def warm() -> None:
    """Import the heavy modules, compile the templates, open the database; then keep the collector off all of it."""
    for name in HEAVY:
        try:
            import_module(name)
        except ImportError:
            continue
    environment = templates.environment()
    for template in environment.list_templates():
        environment.get_template(template)
    for language in i18n.known():
        i18n.catalogue(language)
    with reading() as session:
        readiness.refuse_unsafe(session)
        visit.town_of(session)
    upload_route.clear()
    gc.collect()
    gc.freeze()


def pack_scripts() -> None:
    """Compress the scripts that every first visit loads."""
    from pages.server import STREAMLIT, static

    source = (STREAMLIT / "index.html").read_text("utf-8")
    for name in re.findall(r"\./(static/(?:js|css)/[\w.-]+)", source):
        (static.load_style if name.endswith(".css") else static.load)(STREAMLIT / name)


async def keep_house() -> None:
    """Work until it is cancelled: once a minute, and once an hour."""
    hourly = 0.0
    while True:
        if time.monotonic() >= hourly:
            hourly = time.monotonic() + HOUR
            await _try("retention", carry_out)
            await _try("what was removed", erasure.settle)
            await _try("checkpoints", keep_checkpoints)
        await _try("files that were sent", upload_route.sweep)
        await _try("slips that waited", forget_slips)
        await _try("what waits after a commit", finish)
        await _try("the journal's head", keep_journals)
        await _try("what is voted on", fix_voted_on)
        await asyncio.sleep(MINUTE)
        await _try("sign-ins", keep_seen)


def carry_out() -> None:
    """Let go of everything whose time is over."""
    at = clock.now()
    carried = retention.carry_out(transaction, at=at)
    elections.sweep(transaction, at=at)
    retention.forget_copies(at=at)
    if carried:
        log.info("Retention: %s", carried)


def forget_slips() -> None:
    """Remove slips that nobody may print any more."""
    with reading() as session:
        slips.sweep(session, at=clock.now())


def keep_checkpoints() -> None:
    """Keep beside the keys what a crash has kept from there."""
    with reading() as session:
        if found := verifying.catch_up(session):
            log.info("Checkpoints: %s", found)
        voted_on.catch_up(session)


def keep_journals() -> None:
    """Keep the head of every journal beside the keys."""
    with reading() as session:
        journals.keep(session)


def finish() -> None:
    """Do once more what somebody who was reading, or a crash, has prevented after a commit."""
    empty_journal()
    closing.finish(reading)


def fix_voted_on() -> None:
    """Sign what is voted on in each round whose voting has begun, also before anybody votes."""
    with reading() as session:
        waiting = voted_on.to_fix(session)
    for round_id in waiting:
        try:
            with transaction() as session:
                readiness.prepare(session, round_id)
                voted_on.fix(session, round_id)
        except GlasError:
            # Its first ballot will be refused as well; the other rounds go on.
            log.exception("What is voted on in round %s could not be fixed", round_id)


def keep_seen() -> None:
    """Write down when sign-ins were last used."""
    with transaction() as session:
        sessions.keep_seen(session)


async def _try(what: str, work: object) -> None:
    try:
        await asyncio.to_thread(work)  # type: ignore[arg-type]
    except Exception:
        log.exception("Housekeeping failed: %s", what)
