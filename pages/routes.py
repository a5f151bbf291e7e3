"""Every HTTP door of Glas. A module with ROUTES of its own is imported here, so that a misspelt one is an error."""

from __future__ import annotations

from starlette.routing import BaseRoute

from pages.endpoints import (
    again,
    ballot,
    bundles,
    checkpoints,
    log,
    open_ballots,
    open_data,
    own_data,
    protocol,
    receipt_code,
    session,
)
from pages.server import health_route, language_route, private_route, upload_route
from pages.tally import live_route

DOORS = (
    health_route, language_route, session, again, ballot, live_route, open_ballots, open_data, own_data, private_route, upload_route, log,
    bundles, checkpoints, protocol, receipt_code,
)  # fmt: skip


def routes() -> list[BaseRoute]:
    """Return all routes of Glas."""
    return [route for door in DOORS for route in door.ROUTES]
