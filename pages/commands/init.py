"""`glas init`: make a real town and its first organiser, who signs in by a link that works once."""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from core import clock, municipalities, store
from core.errors import Invalid
from core.municipalities import Place
from core.names import clean_email
from core.permissions import OPERATOR
from core.texts import Texts
from pages.commands import invite
from pages.commands.talk import ask, can_ask, glas
from pages.parts.i18n import _, language


@dataclass(frozen=True, slots=True)
class Town:
    """What `glas init` has to know."""

    names: Texts
    timezone: str
    email: str
    imprint: Texts
    organiser: str


def add(commands: Any) -> None:
    """Add the command."""
    command = commands.add_parser(
        "init",
        help=_("set up your town and its first organiser"),
        description=_(
            "Sets up the town of this Glas and prints a sign-in link for its first organiser. "
            "Asks for what is not given."
        ),
    )
    command.add_argument("--town", metavar=_("NAME"), help=_("the town's name in Bulgarian"))
    command.add_argument("--town-en", metavar=_("NAME"), help=_("the town's name in English"))
    command.add_argument("--timezone", metavar=_("ZONE"), help=_("its time zone, for example Europe/Sofia"))
    command.add_argument("--email", metavar=_("ADDRESS"), help=_("where people can write to"))
    command.add_argument(
        "--imprint", metavar=_("TEXT"), help=_("who answers for Glas and at which address, in Bulgarian")
    )
    command.add_argument("--imprint-en", metavar=_("TEXT"), help=_("the same in English"))
    command.add_argument("--organiser", metavar=_("NICKNAME"), help=_("the first organiser's name in Glas"))
    command.add_argument(
        "--area",
        metavar=_("AREA"),
        action="append",
        default=[],
        help=_("a quarter or village; can be given many times"),
    )
    command.add_argument(
        "--category",
        metavar=_("TOPIC"),
        action="append",
        default=[],
        help=_("a topic of ideas; can be given many times"),
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Create town and organiser in one transaction and print the link."""
    store.upgrade()
    with store.reading() as session:
        known = municipalities.the_town(session)
    if known is not None and not known.demo:
        print(_("This Glas belongs to a town already: {town}.", town=known.names.in_(language())), file=sys.stderr)
        return 2
    given, at = answers(chosen), clock.now()
    with store.transaction() as session:
        town = municipalities.create(
            session,
            OPERATOR,
            slug=slug(given.names.in_("en")),
            names=given.names,
            contact_email=given.email,
            imprint=given.imprint,
            language=language(),
            timezone=given.timezone,
            areas=places(chosen.area),
            categories=places(chosen.category),
            at=at,
        )
        address = invite.link(session, town.id, given.organiser, ["organiser"], at=at)
    print(_("Your town is set up. The first organiser signs in here; the link works once:"))
    print(address)
    print(_("A second organiser is needed to publish a round: {glas} invite NICKNAME --role organiser", glas=glas()))
    return 0


def answers(chosen: argparse.Namespace) -> Town:
    """Return what was given and, where somebody can be asked, what was not. Raises Invalid."""
    town = wanted("town", chosen.town, _("Name of the town in Bulgarian"))
    found = Town(
        names=Texts(town, wanted("town-en", chosen.town_en, _("Name of the town in English"))),
        timezone=wanted("timezone", chosen.timezone, _("Time zone"), "Europe/Sofia"),
        email=wanted("email", chosen.email, _("E-mail that people can write to")),
        imprint=Texts(
            wanted(
                "imprint", chosen.imprint, _("Who answers for Glas, and at which address (foot of every page)"), town
            ),
            chosen.imprint_en or "",
        ),
        organiser=wanted("organiser", chosen.organiser, _("Name of the first organiser in Glas")),
    )
    if found.timezone not in available_timezones():
        raise Invalid("timezone", "choice")
    clean_email(found.email, field="contact_email")
    return found


def wanted(field: str, given: str | None, question: str, default: str = "") -> str:
    """Return the value given, else ask, else the default. Raises Invalid if nobody can be asked."""
    if given:
        return given.strip()
    if can_ask():
        return ask(question, default)
    if default:
        return default
    raise Invalid(field, "required")


def places(names: list[str]) -> tuple[Place, ...]:
    """Return areas or categories by their names: `Център` or `Център / Centre`."""
    parts = [[part.strip() for part in name.split("/", 1)] for name in names]
    return tuple(Place(f"p{number:02}", Texts(*part)) for number, part in enumerate(parts, start=1))


def slug(name: str) -> str:
    """Return a name fit for addresses: `Kyustendil Municipality` → `kyustendil-municipality`."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower())) or "town"
