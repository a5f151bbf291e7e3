"""`glas init`: make a real town and its first organiser, who signs in by a link that works once."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from core import clock, municipalities, store
from core.errors import Invalid
from core.municipalities import Place
from core.people.persons import clean_email
from core.permissions import OPERATOR
from core.texts import ENGLISH, LANGUAGES, Texts
from pages.commands import invite, town_options
from pages.commands.talk import ask, can_ask, glas, say
from pages.parts import i18n
from pages.parts.i18n import _, told


@dataclass(frozen=True, slots=True)
class Town:
    """What `glas init` has to know."""

    languages: tuple[str, ...]
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
    town_options.add(command)
    command.add_argument("--timezone", metavar=_("ZONE"), help=_("its time zone, for example Europe/Sofia"))
    command.add_argument("--email", metavar=_("ADDRESS"), help=_("where people can write to"))
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
        say(_("This Glas belongs to a town already: {town}.", town=told(known.names)), file=sys.stderr)
        return 2
    given, at = answers(chosen), clock.now()
    with store.transaction() as session:
        town = municipalities.create(
            session,
            OPERATOR,
            slug=slug(given.names.in_(ENGLISH)),
            names=given.names,
            contact_email=given.email,
            imprint=given.imprint,
            languages=given.languages,
            timezone=given.timezone,
            areas=places(chosen.area, given.languages),
            categories=places(chosen.category, given.languages),
            at=at,
        )
        address = invite.link(session, town.id, given.organiser, ["organiser"], at=at)
    say(_("Your town is set up. The first organiser signs in here; the link works once:"))
    say(address)
    say(_("A second organiser is needed to publish a round: {glas} invite NICKNAME --role organiser", glas=glas()))
    return 0


def answers(chosen: argparse.Namespace) -> Town:
    """Return what was given and, where somebody can be asked, what was not. Raises Invalid."""
    languages = town_options.languages(chosen) or LANGUAGES
    names, imprint = Texts(town_options.names(chosen)), Texts(town_options.imprint(chosen))
    own = languages[0]
    # In a language that there are no texts in yet, the town may get a name later.
    for one in (own, *(each for each in languages if each in i18n.known() and each != own)):
        question = _("Name of the town in {language}", language=i18n.name_of(one))
        names |= {one: wanted(town_options.option("town", one), names.exactly(one), question)}
    found = Town(
        languages=languages,
        names=names,
        timezone=wanted("timezone", chosen.timezone, _("Time zone"), "Europe/Sofia"),
        email=wanted("email", chosen.email, _("E-mail that people can write to")),
        imprint=imprint
        | {
            own: wanted(
                "imprint",
                imprint.exactly(own),
                _("Who answers for Glas, and at which address (foot of every page)"),
                names.exactly(own),
            )
        },
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


def places(names: list[str], languages: Sequence[str]) -> tuple[Place, ...]:
    """Return areas or categories by their names in the town's languages: `Център` or `Център / Centre`."""
    parts = [[part.strip() for part in name.split("/", len(languages) - 1)] for name in names]
    texts = [Texts(dict(zip(languages, part, strict=False))) for part in parts]
    return tuple(Place(f"p{number:02}", text) for number, text in enumerate(texts, start=1))


def slug(name: str) -> str:
    """Return a name fit for addresses: `Kyustendil Municipality` → `kyustendil-municipality`."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower())) or "town"
