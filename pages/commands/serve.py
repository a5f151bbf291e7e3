"""`glas serve`: check the settings, bring the database up to date, fill an empty one, serve."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from typing import Any

from core import municipalities, store
from core.demo import town as demo
from core.settings import Settings, file, settings
from core.trust import readiness
from pages.assets import ASSETS
from pages.commands import demo as demo_command
from pages.commands.talk import elsewhere, say
from pages.parts.i18n import _
from pages.server import seat

ROOT = ASSETS.parent
ADDRESS = "127.0.0.1"


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("serve", help=_("start Glas in the browser; this is what `make run` does"))
    command.set_defaults(run=run)


def run(_chosen: argparse.Namespace) -> int:
    """Serve until interrupted. Raises ServerRuns if another one serves the same town and does not end."""
    chosen = settings()
    with seat.waited_for():
        code = prepare(chosen)
    if code == 0:
        become_server(chosen)
    return code


def prepare(chosen: Settings) -> int:
    """Bring the database up to date and say what there is; return 2 if the port is taken."""
    if taken(chosen.port):
        # Streamlit would take another port, where nobody looks for it.
        say(
            _("Something else listens on port {port}. Stop it, or choose: PORT=8502", port=chosen.port), file=sys.stderr
        )
        return 2
    store.upgrade()
    with store.reading() as session:
        readiness.refuse_unsafe(session)
        resting = readiness.resting(session)
    greet(chosen)
    if (few := few_files()) is not None:
        say(
            _(
                "This system lets Glas open {files} files only, so about {pages} pages can be open at once. Allow "
                "more: `ulimit -n 16384` before the start, LimitNOFILE=16384 in a systemd unit, "
                "--ulimit nofile=16384 for a container.",
                files=few[0], pages=few[1],
            ),
            file=sys.stderr,
        )  # fmt: skip
    for slug in resting:
        say(
            _(
                "Nobody can vote in “{round}”: a key of it is missing in {folder}. Put your copy of the key folder "
                "there. If only the link is lost, run: {glas} restore --link FILE",
                round=slug, folder=chosen.key_dir, glas=elsewhere(),
            ),
            file=sys.stderr,
        )  # fmt: skip
    say()
    say(_("Glas starts on {address} – stop it with Ctrl+C.", address=chosen.url), flush=True)
    return 0


def greet(chosen: Settings) -> None:
    """Print what this Glas holds; on an empty database create the demo town first, unless that is switched off."""
    with store.reading() as session:
        town = municipalities.the_town(session)
    if town is None and chosen.demo and chosen.loopback:
        say(_("The database is empty: creating the demo town …"), flush=True)
        demo_command.create()
    elif town is None:
        say(_("The database is empty. Set up your town in a second terminal: {glas} init", glas=elsewhere()))
    elif town.demo and chosen.loopback:
        demo_command.show(demo.sign_ins())
    elif town.demo:
        say(
            _(
                "This database holds the demo town. Everybody knows its passwords, so under {address} nobody can use "
                "its accounts. Remove it ({glas} demo --remove) and set up your own town: {glas} init",
                address=chosen.url, glas=elsewhere(),
            ),
            file=sys.stderr,
        )  # fmt: skip


def few_files() -> tuple[int, int] | None:
    """Raise the limit of open files, and return it with the open pages that fit; None where those are plenty."""
    # Here only: no other command waits for what serving needs.
    from pages.server import open_files

    open_files.raise_limit()
    room = open_files.pages()
    return None if room >= open_files.ENOUGH else (open_files.most(), room)


def taken(port: int) -> bool:
    """Return whether something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return True
    return False


def become_server(chosen: Settings) -> None:
    """Replace this process by Streamlit's server, which reads .streamlit/config.toml where it is started."""
    # Relative folders were meant from where the command was given, not from the root.
    os.environ["GLAS_DATA_DIR"], os.environ["GLAS_KEY_DIR"] = str(chosen.data_dir), str(chosen.key_dir)
    os.environ["GLAS_DATABASE_URL"], os.environ["GLAS_SETTINGS"] = chosen.database_url, os.path.abspath(file())
    os.chdir(ROOT)
    options = [f"--server.port={chosen.port}", f"--server.address={ADDRESS}", "--server.headless=true"]
    os.execv(sys.executable, [sys.executable, "-m", "pages.commands.server", *options])
