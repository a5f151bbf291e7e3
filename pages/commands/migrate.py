"""`glas migrate`: bring the database to the schema of this version."""

from __future__ import annotations

import argparse
from typing import Any

from core import clock, store
from core.trust import serving
from pages.commands.talk import say
from pages.parts.i18n import _


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "migrate", help=_("bring the database up to date; a copy of a SQLite file is kept for 14 days at most")
    )
    command.set_defaults(run=run)


def run(_chosen: argparse.Namespace) -> int:
    """Migrate and say so. Raises ServerRuns while somebody serves the database."""
    with serving.alone(clock.now()):
        store.upgrade()
    say(_("The database is up to date."))
    return 0
