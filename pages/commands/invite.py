"""`glas invite`: an account for somebody with a role, opened by a link that works once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core import clock, municipalities, store
from core.municipalities import Municipality
from core.people import accounts, recovery
from core.permissions import OPERATOR, Role
from core.settings import settings
from pages.commands import serve
from pages.commands.talk import glas, say
from pages.parts import dates, i18n, names
from pages.parts.i18n import _
from pages.parts.links import link_address

ROLES = (Role.organiser, Role.reviewer, Role.council, Role.auditor)


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "invite",
        help=_("make an account for an organiser, reviewer, council member or auditor"),
        description=_("Makes an account and prints a sign-in link that works once; pass it on to that person only."),
    )
    command.add_argument("nickname", metavar=_("NICKNAME"), help=_("the person's name in Glas"))
    command.add_argument(
        "--role",
        choices=[str(role) for role in ROLES],
        action="append",
        required=True,
        help=_("can be given many times"),
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Make the account and print its link."""
    store.upgrade()
    with store.transaction() as session:
        town = municipalities.the_town(session)
        if town is None:
            say(_("There is no town yet. Set it up: {glas} init", glas=glas()), file=sys.stderr)
            return 2
        at = clock.now()
        address = link(session, town, chosen.nickname, chosen.role, at=at)
    show(town, chosen.nickname, chosen.role, address, at=at)
    return 0


def show(town: Municipality, nickname: str, roles: Iterable[str], address: str, *, at: datetime) -> None:
    """Print a link that was made at the moment `at`: whose it is, which roles they have, until when it works."""
    told = ", ".join(names.role(role) for role in dict.fromkeys(roles))
    until = dates.moment(at + recovery.LIFETIME, zone=town.timezone, year=True)
    say(_("For {name} ({roles}), works once, until {date}:", name=nickname, roles=told, date=until))
    say(address)
    if not serve.taken(settings().port):
        say(_("Glas does not run yet: start it before the link is opened, with {glas} serve.", glas=glas()))


def link(session: Any, town: Municipality, nickname: str, roles: Sequence[str], *, at: datetime) -> str:
    """Make an account with these roles and return the address of its one sign-in link.

    It speaks the terminal's language, the town's own where the terminal has none that the town has.
    """
    terminal = i18n.said_by_terminal(os.environ)
    person = accounts.create_person(
        session, OPERATOR, municipality_id=town.id, nickname=nickname, roles=[Role(role) for role in roles],
        language=terminal if terminal in town.languages else town.language, at=at,
    )  # fmt: skip
    assert person.person_id is not None
    return link_address(recovery.one_time_link(session, OPERATOR, person.person_id, at=at))
