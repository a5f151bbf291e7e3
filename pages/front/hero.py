"""The hero of a round's home page: what it is about and the one thing to do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.phases import Phase
from core.rounds import Round
from pages.parts import dates, money, names
from pages.parts.i18n import _, n_
from pages.parts.links import Link, here
from pages.rounds import advisory, voided


@dataclass(frozen=True, slots=True)
class Facts:
    """What the hero must know beside the round."""

    projects: int
    funded: int | None = None  # projects, once the result is published
    spent: int | None = None  # minor units
    ballots: int | None = None  # likewise
    voted: bool = False


def hero(round_: Round, facts: Facts, *, at: datetime) -> dict[str, object]:
    """Return the values of `home_hero.html`."""
    phase = round_.phase(at)
    first, second = _links(round_, phase, facts)
    told = _nothing(facts)
    return {
        "headline": _headline(round_, facts) if told is None or round_.voided_at else told[0],
        "call": _call(round_, phase, facts),
        "lead": _lead(round_, phase) if told is None or round_.voided_at else told[1],
        "done": _("Your vote is in the ballot box") if facts.voted and phase is Phase.voting else "",
        "first": first,
        "second": second,
        "hint": _hint(phase, facts),
        "code": _code(round_, phase, facts),
    }


def _nothing(facts: Facts) -> tuple[str, str] | None:
    """Return headline and lead of a result without a project; None of any other."""
    if facts.funded is None:
        return None
    if facts.ballots == 0:
        return _("Nobody voted."), _("No ballot was cast, so no project was funded.")
    if facts.funded == 0:
        return _("No project was funded."), _("See how we counted, and why each project was left out.")
    return None


def _headline(round_: Round, facts: Facts) -> str:
    if round_.voided_at:
        return _("This round is void.")
    if facts.funded is not None:
        amount = money.text(facts.spent or 0, round_.currency)
        return n_("{count} project for {amount}.", "{count} projects for {amount}.", facts.funded, amount=amount)
    amount = money.text(round_.budget, round_.currency)
    return _("{amount} in all.", amount=amount) if round_.imported else _("{amount} for the town.", amount=amount)


def _call(round_: Round, phase: Phase, facts: Facts) -> str:
    if round_.voided_at:
        return ""
    if facts.funded is not None and _nothing(facts):
        return ""
    if facts.funded is not None:
        return _("This is what we advise.") if round_.advisory else _("This is what we chose.")
    return {
        Phase.preparation: _("Coming soon."),
        Phase.ideas: _("What is missing?"),
        Phase.review: _("We are checking the ideas."),
        Phase.voting: _("Say what you want.") if round_.advisory else _("You decide."),
        Phase.counting: _("We are counting."),
    }.get(phase, _("You have advised.") if round_.advisory else _("You decided."))


def _lead(round_: Round, phase: Phase) -> str:
    if round_.voided_at:
        return voided.text(round_)
    if round_.imported:
        return _("An election held elsewhere and imported here, so that its count can be followed.")
    zone = round_.timezone
    match phase:
        case Phase.preparation:
            day = dates.day(round_.dates.ideas_from or round_.dates.voting_from, zone=zone)
            return _(
                "We start on {date}. Voting is for {who}.", date=day, who=names.people(round_.age_min, round_.age_max)
            )
        case Phase.ideas:
            day = dates.until(round_.dates.ideas_until or round_.dates.voting_from, zone=zone)
            return _("What should change where you live, study or work? Submit your idea by {date}.", date=day)
        case Phase.review:
            day = dates.day(round_.dates.voting_from, zone=zone)
            return _(
                "Experts check what is legal, where it can stand and what it costs. Voting starts on {date}.", date=day
            )
        case Phase.voting:
            return _invitation(round_)
        case Phase.counting:
            day = dates.day(round_.dates.results_on, zone=zone)
            return _("Voting is over. The results are planned for {date}.", date=day)
        case _ if round_.advisory:
            return advisory.text(round_) + " " + _("See what was chosen, why, and how we counted.")
        case _:
            return _("Decided by the votes of young people. See what was chosen, why, and how we counted.")


def _invitation(round_: Round) -> str:
    """Return who is called, and to what."""
    least, most = round_.age_min, round_.age_max
    if round_.advisory:
        who = names.people(least, most)
        called = _("Voting is for {who} who live, study or work in the municipality.", who=who)
        return f"{called} {advisory.text(round_)}"
    if least is not None and most is not None:
        return _(
            "If you are {min} to {max} years old and live, study or work in the municipality, choose what gets done.",
            min=least,
            max=most,
        )
    if least is not None:
        return _(
            "If you are {min} or older and live, study or work in the municipality, choose what gets done.", min=least
        )
    if most is not None:
        return _(
            "If you are {max} or younger and live, study or work in the municipality, choose what gets done.", max=most
        )
    return _("If you live, study or work in the municipality, choose what gets done.")


def _links(round_: Round, phase: Phase, facts: Facts) -> tuple[Link, Link | None]:
    projects = n_("See the {count} project", "See all {count} projects", facts.projects)
    listed = Link(here("/projects"), projects) if facts.projects else None
    rules = Link(here("/rules"), _("See the rules"), "gavel")
    ideas = Link(here("/ideas"), _("See the ideas"), "lightbulb")
    results = Link(here("/results"), _("See the results"), "bar_chart")
    if round_.voided_at:
        return rules, None
    match phase:
        case Phase.ideas:
            return Link(here("/propose"), _("Submit an idea"), "add"), ideas
        case Phase.voting if facts.voted:
            return Link("/board", _("Check your ballot"), "verified"), Link(here("/vote"), _("Change your vote"))
        case Phase.voting if not round_.imported:
            return Link(here("/vote"), _("Vote now"), "how_to_vote"), listed
        case Phase.review:
            return ideas, rules
        case Phase.counting:
            return Link(here("/results"), _("See what happens next"), "schedule"), listed
        case Phase.preparation:
            return rules, None
        case _:
            return results, listed


def _hint(phase: Phase, facts: Facts) -> str:
    if phase is not Phase.voting or facts.voted or not facts.projects:
        return ""
    return n_(
        "{count} project, about 3 minutes. Stop and go on whenever you like.",
        "{count} projects, about 3 minutes. Stop and go on whenever you like.",
        facts.projects,
    )


def _code(round_: Round, phase: Phase, facts: Facts) -> str:
    """Return that a participation code is needed and where it is got, as long as that can still matter."""
    if phase not in (Phase.review, Phase.voting) or facts.voted or round_.imported or not round_.code_required:
        return ""
    return _("You vote with a participation code: you get it at school, the Youth Centre or the library.")
