"""`glas backup`: everything the database holds, in one file that can be checked; and links of open rounds, sealed."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from pathlib import Path
from typing import Any

from core import clock, rounds, store
from core.errors import NotFound
from core.letters import clean
from core.operations import backups
from core.operations.backups import Contents
from core.permissions import OPERATOR
from core.trust import escrow, keys, verifying
from pages.commands.talk import can_ask, say
from pages.parts import dates
from pages.parts.i18n import _, n_, number

BROKEN, THERE = 1, 2


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "backup",
        help=_("write everything the database holds into one file, while the server runs"),
        description=_(
            "Writes all rows of one moment into a file (.tar.gz) and reads it again to check it. The keys "
            "are not in it: "
            "copy the key folder separately, to another place. With --link the way from people to ballots of an open "
            "round is written beside it, sealed to two passphrases; either of them opens it. Without it a "
            "restored round "
            "is closed to voting. Destroy it after the objection window."
        ),
    )
    command.add_argument("file", metavar=_("FILE"), type=Path, help=_("where to, for example glas.tar.gz"))
    command.add_argument(
        "--link", metavar=_("ROUND"), nargs="+", default=[], help=_("also seal the links of these rounds")
    )
    command.add_argument("--check", action="store_true", help=_("write nothing, only check this backup"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Write or check a backup and print what it holds; return 1 if a board in it is broken, 2 if the file is there."""
    if chosen.check:
        say(told(backups.check(chosen.file)))
        return 0
    for path in (chosen.file, *(beside(chosen.file, slug) for slug in chosen.link)):
        # The one that is there may be the only good one.
        if path.exists():
            say(_("{file} is there already. Choose another name, or move it away first.", file=path), file=sys.stderr)
            return THERE
    sealed = [link(slug, chosen.file) for slug in chosen.link]
    with store.reading() as session:
        contents = backups.write(session, chosen.file, at=clock.now())
        broken = verifying.broken(session)
    if not broken:
        backups.note_made(contents.made_at)
    say(told(contents))
    for path, content in sealed:
        path.touch(mode=0o600)
        path.write_bytes(content)
        say(_("The sealed link is in {file}. Keep it apart from the backup.", file=path))
    for slug in broken:
        say(warning(slug), file=sys.stderr)
    return BROKEN if broken else 0


def warning(slug: str) -> str:
    """Return what is said of a board that does not verify."""
    return _(
        "ATTENTION: the board of “{round}” in this database is not the one that was signed. The backup holds it as it "
        "is. Keep the backups from before, and show both to the auditor.",
        round=slug,
    )


def beside(file: Path, slug: str) -> Path:
    """Return where the sealed link of a round goes."""
    return file.with_name(f"{file.name}.{slug}.link")


def link(slug: str, file: Path) -> tuple[Path, bytes]:
    """Return where the link of a round goes, and the link sealed to two passphrases that are asked for."""
    with store.reading() as session:
        found = rounds.round_by_slug(session, slug, OPERATOR)
    if not keys.has_link_key(found.id):
        raise NotFound(thing="link", key=slug)
    say(_("Two people each choose a passphrase for “{round}”, of 15 letters or more.", round=slug))
    both = (twice(_("First person")), twice(_("Second person")))
    return beside(file, slug), escrow.seal(slug, keys.link_key(found.id), both)


def twice(who: str) -> str:
    """Return a passphrase that was typed the same twice; from a pipe it is one line."""
    if not can_ask():
        return sys.stdin.readline().rstrip("\n")
    while True:
        first = clean(getpass(f"{who}: "))
        if first == clean(getpass(_("{who}, again: ", who=who))):
            return first
        say(_("These are not the same. Again, please."))


def told(contents: Contents) -> str:
    """Return what a backup holds."""
    lines = [
        _("Backup of {moment}, whole and unaltered.", moment=dates.moment(contents.made_at)),
        n_("{count} row", "{count} rows", sum(contents.rows.values())),
    ]
    for slug, leaves in sorted(contents.boards.items()):
        lines.append(_("Board of “{round}”: {leaves} lines", round=slug, leaves=number(leaves)))
    if contents.signed is None:
        lines.append(_("Whether this server made it cannot be told: the key that signs is not here."))
    return "\n".join(lines)
