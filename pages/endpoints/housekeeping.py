"""What the server does by itself: note when sign-ins were used, let go of what has had its time."""

from __future__ import annotations

import asyncio
import logging
import time

from core import clock, closing, retention, sessions
from core.store import transaction

log = logging.getLogger("glas.housekeeping")
MINUTE, DAY = 60.0, 24 * 3600.0


async def keep_house() -> None:
    """Work until it is cancelled: once a minute, and once a day."""
    daily = 0.0
    while True:
        if time.monotonic() >= daily:
            daily = time.monotonic() + DAY
            await _try("retention", carry_out)
        await asyncio.sleep(MINUTE)
        await _try("sign-ins", keep_seen)


def carry_out() -> None:
    """Let go of everything whose time is over."""
    with transaction() as session:
        carried = retention.carry_out(session, at=clock.now())
    if carried.rounds:
        closing.scrub()
    if carried:
        log.info("Retention: %s", carried)


def keep_seen() -> None:
    """Write down when sign-ins were last used."""
    with transaction() as session:
        sessions.keep_seen(session)


async def _try(what: str, work: object) -> None:
    try:
        await asyncio.to_thread(work)  # type: ignore[arg-type]
    except Exception:
        log.exception("Housekeeping failed: %s", what)
