"""`glas rounds`: which rounds there are, by the names the other commands know them by."""

from __future__ import annotations

import argparse
from typing import Any

from core import clock, rounds, store
from core.permissions import OPERATOR
from pages.commands.talk import say, table
from pages.parts import money, names
from pages.parts.i18n import _, told


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("rounds", help=_("list all rounds with their names for other commands"))
    command.set_defaults(run=run)


def run(_chosen: argparse.Namespace) -> int:
    """Print one line a round, newest first."""
    store.upgrade()
    at = clock.now()
    with store.reading() as session:
        found = rounds.rounds(session, OPERATOR) + rounds.rounds(session, OPERATOR, imported=True)
    if not found:
        say(_("There is no round yet."))
        return 0
    head = (_("NAME"), _("PHASE"), _("BUDGET"), _("TITLE"))
    rows = [
        (
            each.slug,
            _("Void") if each.voided_at else names.phase(each.phase(at)),
            money.text(each.budget, each.currency),
            told(each.titles),
        )
        for each in found
    ]
    say(table([head, *rows]))
    return 0
