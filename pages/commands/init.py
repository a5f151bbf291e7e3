"""`glas init`: make a real town and its first organiser, who signs in by a link that works once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from core import clock, letters, municipalities, places, settings, store
from core.errors import GlasError, Invalid
from core.municipalities import Place
from core.people.persons import clean_email, clean_nickname
from core.permissions import OPERATOR
from core.places import Wanted
from core.texts import ENGLISH, LANGUAGES, Texts
from pages.commands import invite, town_options
from pages.commands.talk import ask, ask_line, can_ask, glas, say
from pages.parts import i18n, place_names, refusals
from pages.parts.i18n import _, told

READY, NONE = "ready", "none"


@dataclass(frozen=True, slots=True)
class Town:
    """What `glas init` has to know."""

    languages: tuple[str, ...]
    names: Texts
    timezone: str
    email: str
    imprint: Texts
    organiser: str
    topics: tuple[Place, ...]
    areas: tuple[Place, ...]


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
        "--topics",
        choices=(READY, NONE),
        help=_("ready: the ready topics with their icons; none: no topics, or those given by --category only"),
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
            slug=letters.slug(given.names.in_(ENGLISH)) or "town",
            names=given.names,
            contact_email=given.email,
            imprint=given.imprint,
            languages=given.languages,
            timezone=given.timezone,
            areas=given.areas,
            categories=given.topics,
            at=at,
        )
        address = invite.link(session, town, given.organiser, ["organiser"], at=at)
    say(_("Your town is set up."))
    keep_settings()
    say(_("The first organiser logs in here."))
    invite.show(town, given.organiser, ["organiser"], address, at=at)
    say(_("A second organiser is needed to publish a round: {glas} invite NICKNAME --role organiser", glas=glas()))
    return 0


def keep_settings() -> None:
    """Say which database the town is in, and write the settings file where there is none."""
    here = settings.settings()
    say(_("It is kept in {folder}, its keys in {keys}.", folder=here.data_dir, keys=here.key_dir))
    folders = {"PORT": str(here.port), "GLAS_DATA_DIR": str(here.data_dir), "GLAS_KEY_DIR": str(here.key_dir)}
    # In which language somebody sits at this terminal is no setting of the town.
    given = {name: value for name, value in settings.environment().items() if name != "GLAS_LANG"}
    written = settings.write_file({**folders, **given, "DEMO": "0"})
    if written:
        say(_("Server and commands find it by {file}, as long as they are started in this folder.", file=written))


def answers(chosen: argparse.Namespace) -> Town:
    """Return what was given and, where somebody can be asked, what was not; each answer is checked at once.

    Raises what is wrong with an option, and Missing for all that is not given where nobody can be asked.
    """
    languages = town_options.languages(chosen) or LANGUAGES
    municipalities.check_languages(languages)
    names, imprint, own = Texts(town_options.names(chosen)), Texts(town_options.imprint(chosen)), languages[0]
    # In a language that there are no texts in yet, the town may get a name later.
    spoken = (own, *(each for each in languages if each in i18n.known() and each != own))
    if not can_ask():
        told = {town_options.option("town", one): names.exactly(one) for one in spoken}
        told |= {"email": chosen.email, "organiser": chosen.organiser}
        if missing := [f"--{name}" for name, value in told.items() if value is None or value == ""]:
            raise Invalid("options", "missing", options=", ".join(missing))
    for one in spoken:
        question = _("Name of the town in {language}", language=i18n.name_of(one))
        names |= {one: wanted(names.exactly(one), question)}
    timezone = wanted(chosen.timezone, _("Time zone"), "Europe/Sofia", check=_zone)
    email = wanted(chosen.email, _("E-mail that people can write to"), check=_email)
    question = _("Who answers for Glas, and at which address (foot of every page)")
    imprint |= {own: wanted(imprint.exactly(own), question, names.exactly(own))}
    organiser = wanted(chosen.organiser, _("Name of the first organiser in Glas"), check=_nickname)
    return Town(
        languages, names, timezone, email, imprint, organiser, topics(chosen, languages), areas(chosen, languages)
    )


def wanted(given: str | None, question: str, default: str = "", *, check: Callable[[str], object] = str) -> str:
    """Return the value given, else ask until `check` refuses nothing, else the default.

    Raises what is wrong with the value given.
    """
    if given is not None and given.strip():
        check(given.strip())
        return given.strip()
    if not can_ask():
        return default
    while True:
        answer = ask(question, default)
        try:
            check(answer)
        except GlasError as refusal:
            say(refusals.sentence(refusal))
        else:
            return answer


def topics(chosen: argparse.Namespace, languages: Sequence[str]) -> tuple[Place, ...]:
    """Return the topics: those given, or the ready ones unless they are not wanted."""
    own = listed(chosen.category, languages)
    wish = chosen.topics or (NONE if chosen.category else READY)
    ready = tuple(
        Place(code, Texts({one: names.in_(one) for one in languages})) for code, names in place_names.ready().items()
    )
    if chosen.topics is None and not chosen.category and can_ask():
        say(
            _(
                "Topics that stand ready, each with its icon: {topics}.",
                topics=", ".join(told(one.names) for one in ready),
            )
        )
        yes, no = _("yes"), _("no")

        def check(answer: str) -> None:
            if answer.casefold() not in (yes, no):
                raise Invalid("answer", "yes_or_no", yes=yes, no=no)

        wish = (
            READY
            if wanted(None, _("Take them? {yes} or {no}", yes=yes, no=no), yes, check=check).casefold() == yes
            else NONE
        )
    return (*ready, *own) if wish == READY else own


def areas(chosen: argparse.Namespace, languages: Sequence[str]) -> tuple[Place, ...]:
    """Return the areas: those given, else those that are typed, one a line."""
    if chosen.area or not can_ask():
        return listed(chosen.area, languages)
    lines: list[str] = []
    say(
        _(
            "Quarters and villages, one a line; in more languages with a slash between them. "
            "An empty line ends the list."
        )
    )
    while line := ask_line(_("Area {number}", number=len(lines) + 1)):
        try:
            listed([*lines, line], languages)
        except GlasError as refusal:
            say(refusals.sentence(refusal))
        else:
            lines.append(line)
    return listed(lines, languages)


def listed(lines: Sequence[str], languages: Sequence[str]) -> tuple[Place, ...]:
    """Return areas or topics by their names in the town's languages, as they are typed. Raises Invalid."""
    texts = place_names.typed(lines, languages)
    for fault in places.faults([Wanted(each) for each in texts], languages[0]):
        raise fault
    return tuple(Place(f"p{number:02}", text) for number, text in enumerate(texts, start=1))


def _zone(name: str) -> None:
    if name not in available_timezones():
        raise Invalid("timezone", "unknown_zone")


def _email(address: str) -> None:
    clean_email(address, field="contact_email")


def _nickname(name: str) -> None:
    clean_nickname(name)
