"""`glas invite`: an account for somebody with a role, opened by a link that works once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import clock, municipalities, store
from core.people import accounts, recovery
from core.permissions import OPERATOR, Role
from core.settings import settings
from pages.commands.talk import glas, say
from pages.parts import dates, names
from pages.parts.i18n import _, language

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
        address = link(session, town.id, chosen.nickname, chosen.role, at=at)
    roles = ", ".join(names.role(Role(role)) for role in dict.fromkeys(chosen.role))
    until = dates.moment(at + recovery.LIFETIME, zone=town.timezone, year=True)
    say(_("For {name} ({roles}), works once, until {date}:", name=chosen.nickname, roles=roles, date=until))
    say(address)
    return 0


def link(session: Any, municipality_id: int, nickname: str, roles: Sequence[str], *, at: datetime) -> str:
    """Make an account with these roles and return the address of its one sign-in link."""
    wanted = [Role(role) for role in roles]
    person = accounts.create_person(
        session, OPERATOR, municipality_id=municipality_id, nickname=nickname, roles=wanted, language=language(), at=at
    )
    assert person.person_id is not None
    token = recovery.one_time_link(session, OPERATOR, person.person_id, at=at)
    return f"{settings().url}/sign-in?link={token}"
