"""`glas town`: what the town says of itself in the foot of every page, and how it is changed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from core import clock, municipalities, store
from core.municipalities import Municipality
from core.names import clean_email
from core.permissions import OPERATOR
from core.texts import Texts
from pages.commands.talk import glas, table
from pages.parts.i18n import _


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "town",
        help=_("show or change the town's name, contact and imprint"),
        description=_("Without options it shows what stands in the foot of every page; with them it changes that."),
    )
    command.add_argument("--town", metavar=_("NAME"), help=_("the town's name in Bulgarian"))
    command.add_argument("--town-en", metavar=_("NAME"), help=_("the town's name in English"))
    command.add_argument("--email", metavar=_("ADDRESS"), help=_("where people can write to"))
    command.add_argument(
        "--imprint", metavar=_("TEXT"), help=_("who answers for Glas and at which address, in Bulgarian")
    )
    command.add_argument("--imprint-en", metavar=_("TEXT"), help=_("the same in English"))
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Change what is given, and print how things stand."""
    store.upgrade()
    with store.transaction() as session:
        town = municipalities.the_town(session)
        if town is None:
            print(_("There is no town yet. Set it up: {glas} init", glas=glas()), file=sys.stderr)
            return 2
        given = (chosen.town, chosen.town_en, chosen.email, chosen.imprint, chosen.imprint_en)
        if any(value is not None for value in given):
            town = changed(session, town, chosen)
    print(table(lines(town)))
    return 0


def changed(session: Any, town: Municipality, chosen: argparse.Namespace) -> Municipality:
    """Return the town with what was given in place of what was there. Raises Invalid."""

    def either(given: str | None, kept: str) -> str:
        return kept if given is None else " ".join(given.split())

    email = either(chosen.email, town.contact_email)
    clean_email(email, field="contact_email")
    return municipalities.edit(
        session,
        OPERATOR,
        town.id,
        names=Texts(either(chosen.town, town.names.bg), either(chosen.town_en, town.names.en)),
        contact_email=email,
        imprint=Texts(either(chosen.imprint, town.imprint.bg), either(chosen.imprint_en, town.imprint.en)),
        at=clock.now(),
    )


def lines(town: Municipality) -> list[tuple[str, str]]:
    """Return what the town says of itself, by what it is called."""
    return [
        (_("Name"), f"{town.names.bg} / {town.names.en}"),
        (_("Contact"), town.contact_email),
        (_("Imprint"), f"{town.imprint.bg} / {town.imprint.en}"),
    ]
