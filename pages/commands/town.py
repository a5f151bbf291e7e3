"""`glas town`: what the town says of itself in the foot of every page, and how it is changed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from core import clock, municipalities, store
from core.municipalities import Municipality
from core.people.persons import clean_email
from core.permissions import OPERATOR
from pages.commands import town_options
from pages.commands.talk import glas, say, table
from pages.parts import i18n
from pages.parts.i18n import _


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "town",
        help=_("show or change the town's name, contact and imprint"),
        description=_("Without options it shows what stands in the foot of every page; with them it changes that."),
    )
    town_options.add(command)
    command.add_argument("--email", metavar=_("ADDRESS"), help=_("where people can write to"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Change what is given, and print how things stand."""
    store.upgrade()
    with store.transaction() as session:
        town = municipalities.the_town(session)
        if town is None:
            say(_("There is no town yet. Set it up: {glas} init", glas=glas()), file=sys.stderr)
            return 2
        if chosen.email is not None or town_options.given(chosen):
            town = changed(session, town, chosen)
    say(table(lines(town)))
    return 0


def changed(session: Any, town: Municipality, chosen: argparse.Namespace) -> Municipality:
    """Return the town with what was given in place of what was there. Raises Invalid."""
    email = town.contact_email if chosen.email is None else chosen.email.strip()
    clean_email(email, field="contact_email")
    return municipalities.edit(
        session,
        OPERATOR,
        town.id,
        names=town.names | town_options.names(chosen),
        contact_email=email,
        imprint=town.imprint | town_options.imprint(chosen),
        languages=town_options.languages(chosen) or town.languages,
        at=clock.now(),
    )


def lines(town: Municipality) -> list[tuple[str, str]]:
    """Return what the town says of itself, by what it is called."""
    return [
        (_("Name"), " / ".join(map(town.names.exactly, town.languages))),
        (_("Contact"), town.contact_email),
        (_("Imprint"), " / ".join(map(town.imprint.exactly, town.languages))),
        (_("Languages"), ", ".join(map(i18n.name_of, town.languages))),
    ]
