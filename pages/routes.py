"""Every HTTP door of Glas. A module with ROUTES of its own is imported here, so that a misspelt one is an error."""

from __future__ import annotations

from starlette.routing import BaseRoute

from pages.endpoints import (
    again,
    ballot,
    bundles,
    checkpoints,
    health,
    language,
    live,
    log,
    open_ballots,
    open_data,
    own_data,
    private_files,
    protocol,
    receipt_code,
    session,
    upload,
)

DOORS = (
    health, language, session, again, ballot, live, open_ballots, open_data, own_data, private_files, upload, log,
    bundles, checkpoints, protocol, receipt_code,
)  # fmt: skip


def routes() -> list[BaseRoute]:
    """Return all routes of Glas."""
    return [route for door in DOORS for route in door.ROUTES]
