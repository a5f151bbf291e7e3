"""`glas restore`: fill an empty database from a backup, and say plainly if it is older than what was signed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from core import clock, rounds, store
from core.errors import LogBroken, LogRolledBack
from core.operations import backups
from core.permissions import OPERATOR
from core.trust import escrow, serving, slots, verifying
from pages.commands.backup import told
from pages.commands.talk import ask_secret, bar, say
from pages.parts import refusals
from pages.parts.i18n import _

STALE, UNNAMED = 1, 2


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "restore",
        help=_("fill an empty database from a backup"),
        description=_(
            "Checks a backup and fills the database that GLAS_DATABASE_URL names, which must be empty; "
            "SQLite and PostgreSQL "
            "may change places. Ends with code 1 if the backup is older than the last checkpoint in the key "
            "folder: Glas "
            "will then not start with it, for ballots that were acknowledged are missing."
        ),
    )
    command.add_argument("file", metavar=_("FILE"), type=Path, nargs="?", help=_("the backup"))
    command.add_argument(
        "--link", metavar=_("LINK"), type=Path, nargs="+", default=[],
        help=_("sealed links of its rounds; without FILE they are put back into the database that is here"),
    )  # fmt: skip
    command.set_defaults(run=run, usage=command.format_usage())


def run(chosen: argparse.Namespace) -> int:
    """Restore, put links back, and print what there is now; return 1 for a backup that is too old to start with."""
    if chosen.file is None and not chosen.link:
        say(chosen.usage + _("Name a backup, a sealed link (--link), or both."), file=sys.stderr)
        return UNNAMED
    if chosen.file is not None:
        with serving.alone(clock.now()):
            contents = backups.restore(chosen.file, progress=bar(_("Restoring")))
        say(told(contents))
    for path in chosen.link:
        say(_("The link of “{round}” is back: its voters are known again.", round=put_back(path)))
    try:
        with store.reading() as session:
            verifying.refuse_stale(session)
    except (LogRolledBack, LogBroken) as stale:
        say(refusals.sentence(stale))
        return STALE
    if chosen.file is not None:
        say(_("The database is restored."))
    return 0


def put_back(path: Path) -> str:
    """Open a sealed link, put it back and return its round's name. Raises LinkRefused, NotFound."""
    slug, key = escrow.open_seal(path.read_bytes(), ask_secret(_("Passphrase for {file}", file=path)))
    with store.reading() as session:
        slots.put_back(session, rounds.round_by_slug(session, slug, OPERATOR).id, key)
    return slug
