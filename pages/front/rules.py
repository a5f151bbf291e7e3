"""The rules of a round in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import codes, rounds
from core.codes import Made
from core.ideas import projects
from core.municipalities import Municipality
from core.rounds import Change, Round
from pages.codes import told
from pages.parts import dates, money, names, templates, visit
from pages.parts.i18n import _, n_
from pages.parts.links import Link, here
from pages.rounds import changes, rule_words, voided
from pages.rounds.stages import stages
from pages.trust import guarantees
from pages.voting import ballot_types


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the rules: a title, its icon and its sentences."""

    title: str
    icon: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A name and what belongs to it."""

    name: str
    text: str


def show(round_: Round) -> None:
    """Draw the rules of a round."""
    over, text = templates.told(round_.titles), templates.told(round_.intro)
    templates.draw("parts/page_head.html", over=over, title=_("Rules"), text=text, link=None)
    voided.note(round_)
    with visit.reading() as session:
        since = rounds.changes(session, visit.visitor(), round_.id)
        listed = projects.projects(session, visit.visitor(), round_.id) if since else ()
        made = codes.made(session, visit.visitor(), round_.id)
        log = None if round_.imported else guarantees.view(session, round_)
    templates.draw(
        "front/rules.html",
        key=log["key"] if log else "",
        parts=parts(round_),
        dates=calendar(round_, at=visit.at()),
        amounts=amounts(round_),
        relaxed=relaxed(round_),
        changed=changed(round_, since, visit.town(), {one.code: templates.told(one.title) for one in listed}),
        batches=batches(round_, made),
        links=[Link(here("/projects"), _("See the projects")), Link(here("/board"), _("Check your receipt"))],
    )


def parts(round_: Round) -> list[Part]:
    """Return the rules: who, what, how it is counted, and what nobody can see."""
    settings = rule_words.settings_of(round_)
    return [
        Part(_("Who may vote"), "group", _who(round_)),
        *(
            []
            if round_.imported or not round_.dates.ideas_from
            else [Part(_("Who may submit ideas"), "lightbulb", _proposing(round_))]
        ),
        Part(_("The ballot"), "how_to_vote", _ballot(round_)),
        Part(
            _("How we count"),
            "balance",
            [
                rule_words.name(round_.rule, settings) + ".",
                *rule_words.lines(round_.rule, settings),
            ],
        ),
        Part(_("When projects are equal"), "drag_handle", rule_words.ties(round_.rule_settings, round_.rule)),
        *([] if round_.imported else [Part(_("Who can see what"), "visibility", _secrecy(round_))]),
        *([] if round_.imported else [Part(_("What Glas guarantees"), "verified", guarantees.guaranteed())]),
        *([] if round_.imported else [Part(_("What it cannot guarantee"), "info", guarantees.open_risks(round_))]),
        *([] if round_.imported else [Part(_("What can change"), "lock", _changes(round_))]),
    ]


def _who(round_: Round) -> list[str]:
    if round_.imported:
        return [_("This election was held elsewhere. Its ballots were imported, not cast here.")]
    found = []
    least, most = round_.age_min, round_.age_max
    who = names.people(least, most)
    found.append(_("Voting is for {who} who live, study or work in the municipality.", who=who))
    if least is not None or most is not None:
        found.append(_("Your age is {year} minus your year of birth.", year=round_.age_on.year))
    if round_.code_required:
        found.append(
            _(
                "To vote you need a participation code. "
                "You get it at school, in the Youth Centre or in the library. One person, one code."
            )
        )
    else:
        found.append(
            _(
                "Anyone can join with a year of birth that fits. "
                "This vote is advisory: nobody can rule out a second account."
            )
        )
    return found


def _proposing(round_: Round) -> list[str]:
    found = [_("Anyone with an account can submit an idea; no code is needed for it.")]
    least, most = money.limits(round_.min_cost, round_.max_cost, round_.currency)
    if least and most:
        found.append(_("An idea may cost from {min} to {max}.", min=least, max=most))
    elif least or most:
        found.append(
            _("An idea costs at least {min}.", min=least) if least else _("An idea may cost up to {max}.", max=most)
        )
    found.append(n_("One person sends {count} idea.", "One person sends at most {count} ideas.", round_.ideas_each))
    found.append(
        _(
            "Experts check that it is legal, on municipal land and within the money. "
            "They don't judge whether it is good – you do."
        )
    )
    return found


def _ballot(round_: Round) -> list[str]:
    found = [ballot_types.of(round_).task, ballot_types.limits(round_.ballot)]
    if not (round_.imported or round_.voided_at):
        until = dates.until(round_.dates.voting_until, zone=round_.timezone)
        found.append(_("You can change your ballot until {date}. Only the last one counts.", date=until))
        found.append(_("Projects are shuffled – everyone sees a different order."))
    return found


def _secrecy(round_: Round) -> list[str]:
    tally = {
        "live": n_(
            "While voting goes on, everyone sees a provisional tally. It moves with every ballot.",
            "While voting goes on, everyone sees a provisional tally. It moves in steps of {count} ballots.",
            round_.tally_step,
        ),
        "turnout": _("Until closing we only show how many voted, so as not to influence anyone."),
        "sealed": _("Until the count nobody sees which projects lead, not even the organisers."),
    }[round_.visibility]
    return [tally, _("Your vote is secret: ballots are kept apart from names, and the pages show sums only.")]


def _changes(round_: Round) -> list[str]:
    found = [
        _("From the first ballot on, the rule, the limits, the projects and their costs are fixed."),
        _("Before it two organisers together can change them, with a public reason: nobody can alone."),
        _(
            "After it two organisers can only withdraw a project until the count – ballots that name it count for the "
            "others – or correct a typing error, with a public reason."
        ),
    ]
    if round_.extended_at is not None:
        day = dates.day(round_.extended_at, zone=round_.timezone, year=True)
        found.append(_("The dates were extended on {date}. Reason: {reason}", date=day, reason=round_.extended_reason))
    else:
        found.append(_("Dates can only be extended, by two organisers and with a public reason."))
    found.append(_("Voting can be prolonged after its end, too, as long as nobody can know what the projects have."))
    found.append(
        _(
            "Two organisers together publish the round and its result, close it, draw, count or declare it void. "
            "All of it is in the journal."
        )
    )
    return found


def changed(
    round_: Round, found: Sequence[Change], town: Municipality, titles: Mapping[str, str]
) -> list[changes.Told]:
    """Return what two people have changed since the round is public, the newest first; `titles` of projects by code."""
    speaker = changes.Speaker(round_.currency, round_.timezone, town, titles)
    return [speaker.told(one) for one in reversed(found)]


def batches(round_: Round, made: Sequence[Made]) -> list[tuple[str, str]]:
    """Return the batches of codes, each with what everyone may know of it."""
    return [(one.label, told.of_batch(round_, one)) for one in made]


def calendar(round_: Round, *, at: datetime) -> list[Line]:
    """Return the stages with their dates; voting with its hours."""
    rows = [Line(stage.name, stage.when) for stage in stages(round_, at=at) if stage.when]
    if round_.voided_at:
        return rows
    zone = round_.timezone
    hours = Line(
        _("Voting opens and closes"),
        _(
            "{start} – {end}",
            start=dates.moment(round_.dates.voting_from, zone=zone),
            end=dates.until(round_.dates.voting_until, zone=zone),
        ),
    )
    return [*rows, hours]


def amounts(round_: Round) -> list[Line]:
    """Return the amounts of the round."""
    found = [Line(_("Budget"), money.text(round_.budget, round_.currency))]
    if round_.min_cost is not None:
        found.append(Line(_("One project, at least"), money.text(round_.min_cost, round_.currency)))
    if round_.max_cost is not None:
        found.append(Line(_("One project, at most"), money.text(round_.max_cost, round_.currency)))
    return found


def relaxed(round_: Round) -> list[str]:
    """Return what a demo round does less strictly than a real one; nothing for a real one."""
    if not round_.demo:
        return []
    found = (
        [_("The tally moves with every ballot, so single votes could be guessed.")] if round_.tally_step == 1 else []
    )
    found.append(_("The sign-ins of the demo are known to everyone, and most ballots are simulated."))
    return [*found, _("One person can play two organisers here.")]
