"""`glas sign-in`: a new way in for somebody who has lost hers, staff above all."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from core import clock, municipalities, store
from core.codes import desk
from core.permissions import OPERATOR
from pages.commands import invite
from pages.commands.talk import glas, say
from pages.parts.i18n import _
from pages.parts.links import link_address


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "sign-in",
        help=_("a link that works once, for somebody who has lost the password or the second step"),
        description=_(
            "Prints a sign-in link that works once, within a day; hand it over in person. The old password and "
            "recovery code stop working when it is opened. It is written in the journal as done at the server."
        ),
    )
    command.add_argument("nickname", metavar=_("NICKNAME"), help=_("the person's name in Glas"))
    command.add_argument(
        "--forget-second-step",
        action="store_true",
        help=_("also take away the second step, when phone and spare codes are lost; a new one is set up at once"),
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Make the link and print it."""
    store.upgrade()
    at = clock.now()
    with store.transaction() as session:
        town = municipalities.the_town(session)
        if town is None:
            say(_("There is no town yet. Set it up: {glas} init", glas=glas()), file=sys.stderr)
            return 2
        slip = desk.way_in(
            session, OPERATOR, town.id, chosen.nickname, forget_second_step=chosen.forget_second_step, at=at
        )
    invite.show(town, slip.nickname, slip.roles, link_address(slip.token), at=at)
    return 0
