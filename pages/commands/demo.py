"""`glas demo`: create, renew or remove the demo town."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from core import clock, store
from core.demo import town
from core.errors import Invalid
from pages.commands.talk import glas, say, table
from pages.parts import names as words
from pages.parts.i18n import _


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser("demo", help=_("create the demo town, renew its dates or remove it"))
    choice = command.add_mutually_exclusive_group()
    choice.add_argument("--renew", action="store_true", help=_("start its voting now, for 60 days; other data stay"))
    choice.add_argument("--remove", action="store_true", help=_("delete what belongs to the demo, nothing else"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Do what was chosen; without a choice create the town."""
    store.upgrade()
    if chosen.remove:
        with store.transaction() as session:
            town.remove(session)
        say(_("The demo town is gone."))
    elif chosen.renew:
        with store.transaction() as session:
            town.renew(session, at=clock.now())
        say(_("The demo town is new again: voting is open for {days} days.", days=town.DAYS))
    else:
        return create()
    return 0


def create() -> int:
    """Create the demo town and print how to sign in to it; return 2 if there is one already."""
    try:
        with store.transaction() as session:
            made = town.create(session, at=clock.now())
    except Invalid as refusal:
        if refusal.field != "demo":
            raise
        say(_("There is a demo town already. Renew it: {glas} demo --renew", glas=glas()), file=sys.stderr)
        return 2
    show(made)
    return 0


def show(made: town.DemoSignIns) -> None:
    """Print the sign-ins, a line each, and the participation codes if there are any."""
    say(_("Sign in to the demo town, on this computer only (password for all: {password}):", password=town.PASSWORD))
    names: dict[str, list[str]] = {}
    for person in made.people:
        names.setdefault(person.role, []).append(person.nickname)
    say(table([["", words.role(role), ", ".join(those)] for role, those in names.items()]))
    if made.codes:
        say(_("Participation codes for people who join by themselves, shown this once:"))
        say("\n".join("  " + "  ".join(made.codes[start : start + 4]) for start in range(0, len(made.codes), 4)))
