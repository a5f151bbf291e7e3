"""`glas import`: a real election from a Pabulib file, as a round; with --replay its ballots arrive over time."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from core import clock, store
from core.imports import elections
from core.permissions import OPERATOR
from core.settings import settings
from pages.commands.count import say_notes
from pages.commands.talk import bar, glas, say
from pages.parts import i18n
from pages.parts.i18n import _


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "import",
        help=_("make a round of a real election in Pabulib's format (.pb)"),
        description=_(
            "Makes a round of an election file: projects, ballots, dates, rule – ready to count and to show. "
            "A file with a mistake is refused with its line and changes nothing."
        ),
    )
    command.add_argument("file", metavar=_("FILE.pb"), type=Path, help=_("an election file"))
    command.add_argument(
        "--replay",
        metavar=_("SECONDS"),
        type=seconds,
        help=_("open voting now and let the ballots arrive over this time"),
    )
    command.add_argument("--again", action="store_true", help=_("import the same file once more"))
    command.set_defaults(run=run)


def seconds(text: str) -> int:
    """Return a number of seconds, at least one."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def run(chosen: argparse.Namespace) -> int:
    """Import the file in short transactions and, if asked for, replay it in one transaction a second."""
    # A file that is not there is told before anything else is done.
    chosen.file.open("rb").close()
    store.upgrade()
    made = elections.import_election(
        store.transaction,
        OPERATOR,
        chosen.file,
        home=i18n.in_all(lambda: _("Imported elections")),
        at=clock.now(),
        again=chosen.again,
        progress=bar(_("Importing")),
        replay=chosen.replay is not None,
    )
    if chosen.replay is not None:
        address = f"{settings().url}/results?round={made.slug}"
        say(_("Voting in the round {slug} is open. Watch it: {url}", slug=made.slug, url=address), flush=True)
        replay(made.id, chosen.replay)
        say(_("All ballots have arrived and voting is closed."))
    else:
        say(_("Imported as the round {slug}.", slug=made.slug))
    say_notes(elections.notes(made))
    say(_("Count it: {glas} count {slug}", glas=glas(), slug=made.slug))
    return 0


def replay(round_id: int, seconds: int) -> None:
    """Let the ballots of a replay arrive, a batch a second, and close its voting; also when it is broken off."""
    show, began = bar(_("Ballots arriving")), time.monotonic()
    try:
        for second, batch in enumerate(elections.replay(round_id, seconds), start=1):
            with store.transaction() as session:
                elections.append(session, OPERATOR, round_id, batch, at=clock.now())
            show(second / seconds)
            time.sleep(max(0.0, began + second - time.monotonic()))
    finally:
        # Ballots that have not arrived wait in this process only, so nothing can follow.
        with store.transaction() as session:
            elections.close_replay(session, OPERATOR, round_id, at=clock.now())
