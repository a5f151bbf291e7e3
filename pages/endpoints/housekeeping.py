"""What the server does by itself: note when sign-ins were used, let go of what has had its time."""

from __future__ import annotations

import asyncio
import logging
import time

from core import clock, closing
from core.people import sessions
from core.privacy import retention
from core.store import empty_journal
from core.trust import verifying
from db.engine import reading, transaction

log = logging.getLogger("glas.housekeeping")
MINUTE, HOUR = 60.0, 3600.0


async def keep_house() -> None:
    """Work until it is cancelled: once a minute, and once an hour."""
    hourly = 0.0
    while True:
        if time.monotonic() >= hourly:
            hourly = time.monotonic() + HOUR
            await _try("retention", carry_out)
            await _try("checkpoints", keep_checkpoints)
        await _try("what waits after a commit", finish)
        await asyncio.sleep(MINUTE)
        await _try("sign-ins", keep_seen)


def carry_out() -> None:
    """Let go of everything whose time is over."""
    at = clock.now()
    carried = retention.carry_out(transaction, at=at)
    retention.forget_copies(at=at)
    if carried:
        log.info("Retention: %s", carried)


def keep_checkpoints() -> None:
    """Keep beside the keys what a crash has kept from there."""
    with reading() as session:
        if found := verifying.catch_up(session):
            log.info("Checkpoints: %s", found)


def finish() -> None:
    """Do once more what somebody who was reading, or a crash, has prevented after a commit."""
    empty_journal()
    closing.finish(reading)


def keep_seen() -> None:
    """Write down when sign-ins were last used."""
    with transaction() as session:
        sessions.keep_seen(session)


async def _try(what: str, work: object) -> None:
    try:
        await asyncio.to_thread(work)  # type: ignore[arg-type]
    except Exception:
        log.exception("Housekeeping failed: %s", what)
