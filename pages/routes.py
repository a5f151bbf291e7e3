"""Every HTTP door of Glas. A module with ROUTES of its own is imported here, so that a misspelt one is an error."""

from __future__ import annotations

from starlette.routing import BaseRoute

from pages.codes import slips_route
from pages.council import protocol_route
from pages.open_data import ballots_route, bundles_route, files_route
from pages.people import again_route, own_data_route, session_route
from pages.plain import plain_route, signs_route
from pages.server import health_route, language_route, private_route, upload_route
from pages.tally import live_route
from pages.trust import checkpoints_route, log_route
from pages.voting import ballot_route, receipt_route

DOORS = (
    health_route, language_route, session_route, again_route, ballot_route, live_route,
    ballots_route, files_route, own_data_route, private_route, upload_route, log_route,
    bundles_route, checkpoints_route, protocol_route, receipt_route, slips_route,
    plain_route, signs_route,
)  # fmt: skip


def routes() -> list[BaseRoute]:
    """Return all routes of Glas."""
    return [route for door in DOORS for route in door.ROUTES]
